"""What a person can write down on the case page; a field they may not write is not offered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import RISKS, ClosingReason, Task
from intake.models import Channel
from privacy.minimise import Minimised
from privacy.models import Consent, Reveal
from reference.services import labels
from reference.vocabulary import Kind

UNKNOWN: Final = ("unknown", _("not known"))

# Looked over in the browser before it is saved (static/minimiser): what identifies a person has
# fields of its own, which say with `data-takes` what they take.
NARRATIVE: Final = {"data-minimise": ""}


# What something masked is opened for.
PURPOSES: Final[dict[str, Any]] = {
    Reveal.Purpose.CALL_BACK: _("to call them back"),
    Reveal.Purpose.VERIFY_PERSON: _("to be sure who it is"),
    Reveal.Purpose.REFERRAL: _("for help outside that they want"),
    Reveal.Purpose.REPORT: _("for a report they want"),
    Reveal.Purpose.DANGER: _("danger to life"),
}
# What may be worth writing against a rule of safe contact.
_ASIDE_FOR: Final = (Reveal.Purpose.DANGER, Reveal.Purpose.CALL_BACK, Reveal.Purpose.REFERRAL)


def choices(kind: Kind) -> list[tuple[str, str]]:
    """The codes of a kind for a form, with "not known" first."""
    offered = labels(kind, get_language() or "en")
    return [(UNKNOWN[0], str(UNKNOWN[1])), *(one for one in offered if one[0] != UNKNOWN[0])]


class CaseForm(forms.Form):
    """Some fields of a case: offers those the person may write, starts from what they may read."""

    def __init__(self, *args: Any, mine: Minimised, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if not mine.may_write(name):
                del self.fields[name]
            elif mine.may_read(name) and not mine.is_masked(name):
                self.initial.setdefault(name, getattr(mine, name))
            elif not self.is_bound and mine.may_read(name) and getattr(mine, name):
                self.fields[name].widget.attrs["data-held"] = ""  # known already, if not shown

    def changes(self) -> dict[str, Any]:
        """What the person changed; a field not sent, or masked and left empty, stays as it is."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.data}


def _text(label: Any, *, rows: int = 4, required: bool = False, help_text: Any = "") -> Any:
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto", **NARRATIVE})
    return forms.CharField(label=label, required=required, widget=widget, help_text=help_text)


class SummaryForm(CaseForm):
    summary = _text(_("Summary"), rows=6, help_text=_("What a colleague must know at once."))


class PlanForm(CaseForm):
    safety_plan = _text(
        _("Safety plan"),
        rows=6,
        help_text=_("Who they can go to, what they do if it starts again, whom to call."),
    )


class PeopleForm(CaseForm):
    call_me = forms.CharField(
        label=_("Call me"), required=False, max_length=80, help_text=_("A name they chose.")
    )
    name = forms.CharField(
        label=_("Real name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"data-takes": "person"}),
        help_text=_("Only if it is needed. Left empty, it stays as it is."),
    )
    school = forms.CharField(
        label=_("School"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"data-takes": "school"}),
        help_text=_("Only if it is needed. Left empty, it stays as it is."),
    )
    age_band = forms.ChoiceField(label=_("Age"), required=False)
    gender = forms.ChoiceField(label=_("Gender"), required=False)
    region = forms.RegexField(
        r"^([A-Za-z]{2}(-[A-Za-z0-9]{1,3})?)?$",
        label=_("Region"),
        required=False,
        help_text=_("Country and first level only, such as IN-MH."),
    )
    relation = forms.ChoiceField(label=_("Who writes to us"), required=False)
    adult_knows = forms.ChoiceField(label=_("Does an adult know?"), required=False)
    guardian_safe = forms.ChoiceField(
        label=_("Is it safe if parents hear of it?"),
        required=False,
        help_text=_("With “no”, parents are in no letter, packet or notice."),
    )
    language = forms.CharField(label=_("Language"), required=False, max_length=12)

    def __init__(self, *args: Any, anonymous: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "school") if anonymous else ():
            self.fields.pop(name, None)
        offered = {
            "age_band": choices(Kind.AGE_BAND),
            "gender": choices(Kind.GENDER),
            "relation": choices(Kind.RELATION),
            "adult_knows": choices(Kind.ADULT_KNOWS),
            "guardian_safe": [UNKNOWN, ("yes", _("yes")), ("no", _("no"))],
        }
        for name, values in offered.items():
            if name in self.fields:
                self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).upper()


class SafeContactForm(CaseForm):
    safe_channel = forms.ChoiceField(
        label=_("Safe channel"),
        required=False,
        choices=[("", _("any they write from")), *Channel.choices],
    )
    safe_from = forms.TimeField(
        label=_("Safe from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    safe_until = forms.TimeField(
        label=_("Safe until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Both empty: at any hour."),
    )
    do_not_contact = forms.TypedChoiceField(
        label=_("May we write to them?"),
        required=False,
        choices=[("False", _("yes, within these rules")), ("True", _("no, not at all"))],
        coerce=lambda told: told == "True",
        empty_value="",
        help_text=_("With “no” nothing of ours reaches them; what they write still reaches us."),
    )
    safe_words = forms.CharField(
        label=_("Code word, and what to say"),
        required=False,
        max_length=300,
        help_text=_("Left empty, it stays as it is."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "do_not_contact" in self.initial:
            self.initial["do_not_contact"] = str(self.initial["do_not_contact"])


class HarmsForm(forms.Form):
    codes = forms.MultipleChoiceField(
        label=_("What this is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    primary = forms.ChoiceField(label=_("Above all"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "harms-%s"} | kwargs)
        offered = labels(Kind.HARM, get_language() or "en")
        self.fields["codes"].choices = offered  # type: ignore[attr-defined]
        self.fields["primary"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("primary") and cleaned["primary"] not in cleaned.get("codes", []):
            cleaned["codes"] = [cleaned["primary"], *cleaned.get("codes", [])]
        return cleaned


class RiskForm(forms.Form):
    risk = forms.ChoiceField(
        label=_("Risk"),
        choices=[(risk, risk.label) for risk in RISKS],
        widget=forms.RadioSelect,
    )
    flags = forms.MultipleChoiceField(
        label=_("Flags that stand"), required=False, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", **NARRATIVE}),
        help_text=_("For the flags you add."),
    )

    def __init__(self, *args: Any, narrative: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "risk-%s"} | kwargs)
        offered = labels(Kind.RISK_FLAG, get_language() or "en")
        self.fields["flags"].choices = offered  # type: ignore[attr-defined]
        if not narrative:
            del self.fields["flags"], self.fields["why"]


class NoteForm(forms.Form):
    body = forms.CharField(
        label=_("New note"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-key": "n", **NARRATIVE}),
        help_text=_("Stays here; it never goes out."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "note-%s"} | kwargs)


class TaskForm(forms.Form):
    what = forms.CharField(
        label=_("What"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", "data-key": "t", **NARRATIVE}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Task.Kind.choices)
    due_at = forms.DateTimeField(
        label=_("By when"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "task-%s"} | kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        due: datetime | None = cleaned.get("due_at")
        if cleaned.get("kind") == Task.Kind.PROMISE and due is None and "due_at" not in self.errors:
            self.add_error("due_at", _("Say by when it was promised."))
        return cleaned


class ReplyForm(forms.Form):
    conversation = forms.UUIDField(widget=forms.HiddenInput)
    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Reply"), strip=True, required=False)
    template = forms.SlugField(max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not told.get("text") and not told.get("template"):
            raise forms.ValidationError(_("Write something first."))
        return told


class DraftForm(forms.Form):
    conversation = forms.UUIDField()
    text = forms.CharField(required=False, strip=False, max_length=20_000)


class AsideForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What for"))
    words = forms.CharField(
        label=_("Why this cannot wait"),
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto", **NARRATIVE}),
        help_text=_("You can write for ten minutes. Who did, when and why stays on the record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "aside-%s"} | kwargs)
        offered = [(code, words) for code, words in PURPOSES.items() if code in _ASIDE_FOR]
        self.fields["purpose"].choices = offered  # type: ignore[attr-defined]


class RevealForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What for"))
    words = forms.CharField(
        label=_("In a few words"),
        max_length=300,
        help_text=_("It is shown for ten minutes; who looked, when and why stays on the record."),
    )

    def __init__(self, *args: Any, fresh: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fresh = fresh
        offered = [
            (code, words)
            for code, words in PURPOSES.items()
            if fresh or code == Reveal.Purpose.DANGER
        ]
        self.fields["purpose"].choices = offered  # type: ignore[attr-defined]


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What they agreed to"))
    given_by = forms.ChoiceField(
        label=_("Who agreed"),
        choices=[("child", _("the person it is about")), ("guardian", _("a parent or carer"))],
    )
    how = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("message", _("in writing")),
            ("call", _("in a call")),
            ("in_person", _("in person")),
        ],
    )
    language = forms.CharField(label=_("In which language"), max_length=12)
    told = forms.BooleanField(
        label=_("I told them first what cannot be taken back"),
        required=False,
        help_text=_("Needed for a takedown in their name, the police and the cyber crime portal."),
    )

    def __init__(self, *args: Any, guardian_safe: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "consent-%s"} | kwargs)
        names = consent_names()
        self.fields["purpose"].choices = list(names.items())  # type: ignore[attr-defined]
        if not guardian_safe:
            self.fields["given_by"].choices = self.fields["given_by"].choices[:1]  # type: ignore[attr-defined]


def consent_names() -> dict[str, Any]:
    """What each consent is for, in words. A referral's own is recorded with the referral."""
    return {
        Consent.Purpose.FOLLOW_UP: _("being contacted again later"),
        Consent.Purpose.TAKEDOWN: _("asking in their name for content to be taken down"),
        Consent.Purpose.POLICE: _("a report to the police"),
        Consent.Purpose.CYBER_PORTAL: _("a report on the cyber crime portal"),
        Consent.Purpose.RESEARCH: _("research without names"),
    }


class HandOverForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label=_("To whom"), empty_label=None)
    summary = _text(_("What happened, in short"), required=True)
    promised = _text(_("What was promised"), rows=2)
    do_not_ask = _text(_("What not to ask again"), rows=2)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "handover-%s"} | kwargs)
        keys = [user.pk for user in colleagues]
        field = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=keys).order_by("name")  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why the work ends"),
        choices=ClosingReason.choices,
        widget=forms.RadioSelect,
    )
    child_view = _text(
        _("What they say about it"),
        rows=3,
        help_text=_("In their words, if they want to say something."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "close-%s"} | kwargs)


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), empty_label=None)

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [user.pk for user in colleagues]
        self.fields["to"].queryset = User.objects.filter(pk__in=keys)  # type: ignore[attr-defined]
