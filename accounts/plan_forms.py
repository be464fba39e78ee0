"""Forms of the week plan: shifts and the days on which the desk is closed."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import planning
from accounts.models import Team, User
from accounts.week import Week

# How a shift is meant: on call or not, and whose turn it is to be called.
KINDS: Final = {"shift": (False, 1), "call_1": (True, 1), "call_2": (True, 2)}


class TeamForm(forms.Form):
    """Which team a page is about, of those a person plans."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["team"]
        chosen.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])


class ShiftForm(forms.Form):
    """The same hours for one colleague on one or more days of a week."""

    user = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())
    days = forms.TypedMultipleChoiceField(
        label=_("Days"), coerce=date.fromisoformat, widget=forms.CheckboxSelectMultiple
    )
    start = forms.TimeField(
        label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    end = forms.TimeField(
        label=_("Until"),
        help_text=_("Earlier than the beginning: until the next morning."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    kind = forms.ChoiceField(
        label=_("As"),
        choices=[
            ("shift", _("shift")),
            ("call_1", _("on call, called first")),
            ("call_2", _("on call, called second")),
        ],
        initial="shift",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, week: Week, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = planning.colleagues_of(week.team)
        chosen: Any = self.fields["user"]
        chosen.queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by("name")
        days: Any = self.fields["days"]
        days.choices = [(day.on.isoformat(), date_format(day.on, "D j M")) for day in week.days]

    def hours(self) -> dict[str, Any]:
        """What `planning.add_shifts` is told."""
        told = self.cleaned_data
        on_call, turn = KINDS[told["kind"]]
        return {
            "days": told["days"],
            "start": told["start"],
            "end": told["end"],
            "on_call": on_call,
            "turn": turn,
        }


class HolidayForm(forms.Form):
    """One day on which the desk is closed."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class HolidayListForm(forms.Form):
    """Many days at once, pasted from a calendar."""

    text = forms.CharField(
        label=_("Days, one in each line"),
        help_text=_("Such as: 2027-01-26 Republic Day"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "dir": "ltr"}),
    )

    def refuse(self, unread: tuple[int, ...]) -> None:
        """Say which lines are no day."""
        lines = ", ".join(str(number) for number in unread[:10])
        self.add_error(
            "text",
            _now("Nothing was added. No day could be read in line %(lines)s.") % {"lines": lines},
        )
