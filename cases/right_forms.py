"""Forms of wider sight: breaking glass and saying why, asking a colleague, keeping one out."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms import NARRATIVE
from privacy import glass
from privacy.models import Consent, Glass, Needed


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **NARRATIVE})


class GlassForm(forms.Form):
    """The code of one case, and why by one tap: each reason is a button."""

    code = forms.CharField(
        label=_("Code of the case"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr", "autofocus": True}
        ),
        help_text=_("As a colleague told it to you, such as KA-7F3Q."),
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=list(glass.REASONS[Glass.Kind.LOOK].items()),
        error_messages={"required": _("Say why: one tap is enough.")},
    )


class WhyForm(forms.Form):
    """Why somebody looked or acted, in their own words."""

    words = forms.CharField(
        label=_("Why it was needed"),
        min_length=glass.LEAST_WORDS,
        max_length=1000,
        widget=_area(3),
        help_text=_("At least 20 characters. Your reviewer reads it. No names, please."),
    )


class ConsultForm(forms.Form):
    """One question to one colleague, and what they may see for an hour."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("Whom do you ask?"), empty_label=None)
    question = forms.CharField(label=_("Your question"), max_length=1000, widget=_area(2))
    summary = forms.CharField(
        label=_("What happened, in short"),
        max_length=4000,
        widget=_area(5),
        help_text=_("They read this and your question. Leave out names and places."),
    )
    with_talk = forms.BooleanField(
        label=_("They may also read the conversation and what is written in the case"),
        required=False,
    )

    def __init__(self, *args: Any, colleagues: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "consult-%s"} | kwargs)
        keys = [user.pk for user in colleagues]
        field = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=keys).order_by("name")  # type: ignore[attr-defined]


class AdviceForm(forms.Form):
    """The answer of who was asked."""

    advice = forms.CharField(label=_("Your advice"), max_length=4000, widget=_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "advice-%s"} | kwargs)


class NeededForm(forms.Form):
    """A document number, for one filing and no longer."""

    document = forms.CharField(
        label=_("Number of their document"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, needed_for: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "needed-%s"} | kwargs)
        self.fields["document"].help_text = _(
            "Needed for: %(filing)s. Forgotten as soon as you say that it was sent."
        ) % {"filing": FILINGS[Needed.For(needed_for)]}


class PersonForm(forms.Form):
    """A colleague of the case's team."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"), empty_label="—")

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "person-%s"} | kwargs)
        keys = [user.pk for user in people]
        field = self.fields["person"]
        field.queryset = User.objects.filter(pk__in=keys).order_by("name")  # type: ignore[attr-defined]


# The filings that need a document number, in words.
FILINGS = {
    Needed.For.POLICE: _("a report to the police"),
    Needed.For.CYBER_PORTAL: _("a report on the cyber crime portal"),
}

# What cannot be taken back, said to the young person before they agree.
IRREVOCABLE = {
    Consent.Purpose.POLICE: _(
        "Police: once reported, nobody can take it back. The police may ask them and their family"
        " questions, and may go on even if they no longer want it."
    ),
    Consent.Purpose.CYBER_PORTAL: _(
        "Cyber crime portal: once filed, it cannot be deleted. The police of their place get their"
        " name and number and may call at home."
    ),
    Consent.Purpose.TAKEDOWN: _(
        "Takedown in their name: the platform keeps that they asked, and may tell whoever posted"
        " it that somebody complained. What was sent cannot be called back."
    ),
}
