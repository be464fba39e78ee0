"""The forms of getting it down. Lists come from the codes of reference."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from intake.models import Conversation
from reference.services import labels
from reference.vocabulary import Evidence, Kind
from takedowns.models import ChildLink, Platform, ReportedContent, Route
from takedowns.services import OUTCOME_EVIDENCE


def _choices(kind: Kind, *, empty: str = "") -> list[tuple[str, str]]:
    found = labels(kind, get_language() or "en")
    return [("", empty), *found] if empty else found


class PlaceForm(forms.Form):
    """One place where content stands."""

    kind = forms.ChoiceField(
        label=_("What do you have?"),
        choices=ReportedContent.Locator.choices,
        widget=forms.RadioSelect,
        initial=ReportedContent.Locator.URL,
    )
    locator = forms.CharField(
        label=_("Address, account or fingerprint"),
        max_length=2100,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "spellcheck": "false",
                "dir": "ltr",
                "inputmode": "url",
                "data-takes": "url handle",
                "data-takes-as": _("Takedowns"),
            }
        ),
        help_text=_("Never a picture. We do not open the address."),
    )
    platform = forms.ModelChoiceField(
        label=_("Platform"),
        queryset=Platform.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("recognise it from the address"),
    )
    medium = forms.ChoiceField(label=_("What it is"))
    origin = forms.ChoiceField(label=_("How it was made"))
    place = forms.ChoiceField(label=_("Where it stands"))
    age_in_content = forms.ChoiceField(label=_("Age of the person in it, then"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = Platform.objects.all()  # type: ignore[attr-defined]
        lists = {
            "medium": (Kind.MEDIUM, "image"),
            "origin": (Kind.ORIGIN, "unknown"),
            "place": (Kind.PLACE, "public"),
            "age_in_content": (Kind.AGE_BAND, "unknown"),
        }
        for name, (kind, first) in lists.items():
            self.fields[name].choices = _choices(kind)  # type: ignore[attr-defined]
            self.fields[name].initial = first

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        named = found.get("platform") or "/" in found.get("locator", "")
        if found.get("kind") == "account" and not named:
            self.add_error("platform", _("Name the platform this account is on."))
        return found


class RouteForm(forms.Form):
    """Which way to ask."""

    route = forms.ModelChoiceField(
        queryset=Route.objects.none(), to_field_name="code", label=_("Route")
    )

    def __init__(self, *args: Any, routes: Iterable[Route], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [route.pk for route in routes]
        self.fields["route"].queryset = Route.objects.filter(pk__in=keys)  # type: ignore[attr-defined]


class SentForm(forms.Form):
    """What a person who sent it by hand knows."""

    reference = forms.CharField(
        label=_("Their number"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The number or name of the receipt, if they gave one."),
    )
    at = forms.DateTimeField(
        label=_("When it was sent"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now. The clock of the law starts then."),
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at and at > timezone.now() + timedelta(minutes=1):
            raise forms.ValidationError(_("This lies in the future."))
        return at


class ReferenceForm(forms.Form):
    """The number the other side gave."""

    reference = forms.CharField(
        label=_("Their number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class OutcomeForm(forms.Form):
    """What came of it, and how we know."""

    outcome = forms.ChoiceField(label=_("What came of it"))
    evidence = forms.ChoiceField(
        label=_("How we know"),
        choices=[(code.value, code.label) for code in OUTCOME_EVIDENCE],
        initial=Evidence.PLATFORM_ANSWER,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = _choices(Kind.OUTCOME, empty="—")  # type: ignore[attr-defined]


class LinkOutcomeForm(forms.Form):
    """What came of a child's link."""

    outcome = forms.ChoiceField(label=_("What came of it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = _choices(Kind.OUTCOME, empty="—")  # type: ignore[attr-defined]


class ChildLinkForm(forms.Form):
    """The counsellor confirms the age band; the link goes to one conversation."""

    age_band = forms.ChoiceField(
        label=_("Confirm their age now"),
        choices=ChildLink.AgeBand.choices,
        widget=forms.RadioSelect,
        help_text=_("As they told you. The foundation asks that a counsellor confirms it."),
    )
    conversation = forms.ModelChoiceField(
        label=_("Conversation it is sent in"), queryset=Conversation.objects.none()
    )

    def __init__(self, *args: Any, conversations: Iterable[Conversation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(conversations)
        field = self.fields["conversation"]
        field.queryset = Conversation.objects.filter(pk__in=[row.pk for row in found])  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: row.get_channel_display()  # type: ignore[attr-defined]
        if len(found) == 1:
            field.initial, field.widget = found[0].pk, forms.HiddenInput()


class DeskFilter(forms.Form):
    """Filters of the desk, as codes in the address."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("open")),
            ("late", _("late")),
            ("prepared", _("to be sent")),
            ("sent", _("sent, waiting for an answer")),
            ("unknown", _("not known whether sent")),
            ("failed", _("not sent")),
            ("closed", _("answered")),
            ("cancelled", _("withdrawn")),
            ("all", _("all")),
        ],
    )
    platform = forms.ModelChoiceField(
        label=_("Platform"),
        queryset=Platform.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("all"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].queryset = Platform.objects.all()  # type: ignore[attr-defined]
