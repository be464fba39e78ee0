"""What is asked when help is arranged, and what a partner is asked."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from reference.reading import labels
from reference.vocabulary import Kind
from referrals import handover
from referrals.models import Service, SupportReferral
from referrals.reading import language_name

State = SupportReferral.State
ANY = ("", _("any"))


class FinderForm(forms.Form):
    """Which services to show; codes only, so that the address gives nothing away."""

    kind = forms.ChoiceField(label=_("Kind of help"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(Service.objects.filter(retired_on__isnull=True))
        regions = sorted({row.region for row in offered if row.region})
        tongues = sorted({tag for row in offered for tag in row.languages})
        kinds = labels(Kind.REFERRAL_KIND, get_language() or "en")
        _choices(self, "kind", [ANY, *kinds])
        _choices(self, "region", [ANY, *((code, code) for code in regions)])
        _choices(self, "language", [ANY, *((tag, language_name(tag)) for tag in tongues)])


class FilterForm(forms.Form):
    """Which referrals to list."""

    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind of help"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "state", [ANY, *State.choices])
        _choices(self, "kind", [ANY, *labels(Kind.REFERRAL_KIND, get_language() or "en")])


class DraftForm(forms.Form):
    """What of the case the service would be told, ticked one by one."""

    fields_picked = forms.MultipleChoiceField(
        label=_("What they ask for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what they need. Nothing is ticked for you."),
    )
    words = forms.CharField(
        label=_("What happened, in short"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "dir": "auto",
                "autocomplete": "off",
                "spellcheck": "false",
                "data-minimise": "",
            }
        ),
        help_text=_("Written for them. It leaves only if it is ticked above."),
    )

    def __init__(self, *args: Any, service: Service, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = handover.pickable(service.asks_for)
        known = handover.known(case, asked)
        _choices(self, "fields_picked", [(code, _named(code, code in known)) for code in asked])
        if "summary" not in asked:
            del self.fields["words"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "summary" in found.get("fields_picked", []) and not found.get("words", "").strip():
            self.add_error("words", _("Write in a few words what happened, or do not tick it."))
        return found


class AgreementForm(forms.Form):
    """Who agreed, and how we know."""

    given_by = forms.ChoiceField(label=_("Who agreed"))
    how = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("message", _("in a message")),
            ("call", _("on the phone")),
            ("in_person", _("in person")),
        ],
    )
    language = forms.ChoiceField(label=_("In which language"))
    read_out = forms.BooleanField(
        label=_("I told them exactly what leaves, and to whom."),
        error_messages={"required": _("Tell them first, line by line.")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = [("child", _("the person it is about"))]
        if case.guardian_safe == "yes":
            who.append(("guardian", _("a parent or carer")))
        _choices(self, "given_by", who)
        tongues = dict.fromkeys([case.language, "en", "hi", "ar", "fr"])
        _choices(self, "language", [(tag, language_name(tag)) for tag in tongues])
        self.fields["language"].initial = case.language


class OutcomeForm(forms.Form):
    """What a partner told us by phone or letter."""

    state = forms.ChoiceField(label=_("What they told us"))
    decline_reason = forms.ChoiceField(label=_("If declined, why"), required=False)

    def __init__(self, *args: Any, referral: SupportReferral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "state", outcomes_from(referral.state))
        reasons = labels(Kind.DECLINE_REASON, get_language() or "en")
        _choices(self, "decline_reason", [("", "—"), *reasons])
        if referral.state not in (State.SENT, State.VIEWED):
            del self.fields["decline_reason"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("state") == State.DECLINED and not found.get("decline_reason"):
            self.add_error("decline_reason", _("Choose a reason."))
        return found


class CodeForm(forms.Form):
    """The code that was said to the partner."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=20,
        help_text=_("Eight digits that we told you by phone."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class DeclineForm(forms.Form):
    """Why a partner cannot help."""

    reason = forms.ChoiceField(label=_("Why not"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "reason", labels(Kind.DECLINE_REASON, get_language() or "en"))


class ReportForm(forms.Form):
    """What came of it, told by the partner."""

    state = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, referral: SupportReferral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "state", outcomes_from(referral.state))


def _named(code: str, known: bool) -> str:
    name = str(handover.FIELDS[code].label)
    return name if known else gettext("%(field)s (nothing recorded yet)") % {"field": name}


def outcomes_from(state: str) -> list[tuple[str, str]]:
    """What may be told of a referral in this state, in the order in which it happens."""
    reachable = set(SupportReferral.MOVES[state])
    if state == State.SENT:
        reachable |= SupportReferral.MOVES[State.VIEWED]
    reachable -= {State.WITHDRAWN, State.VIEWED, State.SENT}
    named = dict(labels(Kind.REFERRAL_OUTCOME, get_language() or "en"))
    return [(code, named.get(code, str(name))) for code, name in State.choices if code in reachable]


def _choices(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices
