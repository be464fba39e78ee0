"""What the pages of this stage ask."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class MonthForm(forms.Form):
    """Which month; whole months that are over."""

    month = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, *args: Any, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = {f"{month:%Y-%m}": month for month in months}
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [
            (code, date_format(month, "YEAR_MONTH_FORMAT")) for code, month in self.months.items()
        ]

    def chosen(self) -> date | None:
        """The month asked for, else the newest."""
        code = self.cleaned_data.get("month") if self.is_valid() else ""
        return self.months.get(code or "") or next(iter(self.months.values()), None)


class CodeForm(forms.Form):
    """A case by its code; posted, so that it is in no address."""

    code = forms.CharField(
        label=_("Code of a case"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "type": "search"}),
    )


class PersonForm(forms.Form):
    """Whose deeds to show, since when; or those of one case."""

    days = forms.ChoiceField(
        label=_("Since"),
        required=False,
        choices=[
            ("", _("ever")),
            ("1", _("the last day")),
            ("7", _("the last 7 days")),
            ("31", _("the last 31 days")),
        ],
    )
    person = forms.ChoiceField(label=_("Colleague"), required=False)
    folder = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[UUID, User] = {person.pk: person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("everybody")), *((one.pk, one.name) for one in people)]
