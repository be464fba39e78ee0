"""The week plan: hours are the team's own, also when the clocks change; holidays close the desk."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import planning
from accounts.models import Holiday, Role, Shift, Team, User
from accounts.week import week_of
from privacy.access import NotAllowed
from privacy.clock import database_now
from privacy.models import AuditEvent
from privacy.services import NotPossible
from tests import people

NINE, FIVE = time(9), time(17)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def team(team: Team) -> Team:
    """A team in Paris."""
    team.timezone = PARIS.key
    team.save(update_fields=["timezone"])
    return team


@pytest.fixture
def amina(amina: User) -> User:
    Shift.objects.filter(user=amina).delete()
    return amina


def monday(weeks: int = 2) -> date:
    """A Monday some weeks from now."""
    today = database_now().date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def last_sunday(month: int) -> date:
    """The last Sunday of a month, of this year or the next: when clocks change in Paris."""
    year = database_now().year + (database_now().month >= month)
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def hours(shift: Shift) -> tuple[str, str]:
    there = (at.astimezone(PARIS) for at in (shift.starts_at, shift.ends_at))
    begin, end = (f"{at:%F %R}" for at in there)
    return begin, end


def test_a_supervisor_plans_the_same_hours_for_several_days(
    sofia: User, amina: User, team: Team
) -> None:
    days = [monday(), monday() + timedelta(days=2)]
    made = planning.add_shifts(amina, team=team, days=days, start=NINE, end=FIVE, by=sofia)
    assert [hours(one) for one in made] == [(f"{day} 09:00", f"{day} 17:00") for day in days]
    assert AuditEvent.objects.filter(verb="shift_planned", subject_id=amina.pk).count() >= 2


@pytest.mark.parametrize(("month", "long"), [(3, 7), (10, 9)])
def test_a_night_in_which_the_clocks_change_is_an_hour_shorter_or_longer(
    adil: User, amina: User, team: Team, month: int, long: int
) -> None:
    eve = last_sunday(month) - timedelta(days=1)
    (made,) = planning.add_shifts(
        amina, team=team, days=[eve], start=time(22), end=time(6), by=adil
    )
    assert hours(made) == (f"{eve} 22:00", f"{eve + timedelta(days=1)} 06:00")
    assert made.ends_at - made.starts_at == timedelta(hours=long)


def test_a_copied_week_keeps_the_hours_of_the_clock_over_a_change(
    adil: User, amina: User, team: Team
) -> None:
    sunday = last_sunday(10)
    before = sunday - timedelta(days=6)
    planning.add_shifts(amina, team=team, days=[before], start=NINE, end=FIVE, by=adil)
    week = before + timedelta(days=7)
    assert planning.copy_week(team, into=week, by=adil) == (1, 0)
    copied = Shift.objects.filter(user=amina).latest("starts_at")
    assert hours(copied) == (f"{week} 09:00", f"{week} 17:00")
    assert copied.starts_at.astimezone(UTC).hour == 8, "winter: one hour from UTC, not two"


def test_copying_twice_changes_nothing_and_leaves_out_who_has_gone(
    adil: User, amina: User, ben: User, team: Team
) -> None:
    week = monday()
    for person in (amina, ben):
        planning.add_shifts(person, team=team, days=[week], start=NINE, end=FIVE, by=adil)
    ben.is_active = False
    ben.save(update_fields=["is_active"])
    after = week + timedelta(days=7)
    assert planning.copy_week(team, into=after, by=adil) == (1, 1)
    assert planning.copy_week(team, into=after, by=adil) == (0, 2)
    assert Shift.objects.filter(user=ben, starts_at__date__gte=after).count() == 0


def test_the_rota_is_copied_with_its_order(adil: User, sofia: User, team: Team) -> None:
    week = monday()
    planning.add_shifts(
        sofia, team=team, days=[week], start=FIVE, end=NINE, on_call=True, turn=2, by=adil
    )
    planning.copy_week(team, into=week + timedelta(days=7), by=adil)
    copied = Shift.objects.filter(user=sofia).latest("starts_at")
    assert (copied.on_call, copied.turn) == (True, 2)


def test_nobody_is_planned_twice_at_one_time(adil: User, amina: User, team: Team) -> None:
    planning.add_shifts(amina, team=team, days=[monday()], start=NINE, end=FIVE, by=adil)
    with pytest.raises(NotPossible):
        planning.add_shifts(
            amina,
            team=team,
            days=[monday() + timedelta(days=1), monday()],
            start=time(16),
            end=time(20),
            by=adil,
        )
    assert Shift.objects.filter(user=amina).count() == 1, "all days or none"
    planning.add_shifts(amina, team=team, days=[monday()], start=FIVE, end=time(20), by=adil)


def test_what_is_over_is_neither_planned_nor_removed(adil: User, amina: User, team: Team) -> None:
    yesterday = database_now() - timedelta(days=1)
    with pytest.raises(NotPossible):
        planning.add_shifts(
            amina, team=team, days=[yesterday.date()], start=time(1), end=time(2), by=adil
        )
    over = Shift.objects.create(
        user=amina, team=team, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1)
    )
    with pytest.raises(NotPossible):
        planning.remove_shift(over, by=adil)


def test_a_removed_shift_can_be_put_back_as_it_was(adil: User, sofia: User, team: Team) -> None:
    (made,) = planning.add_shifts(
        sofia, team=team, days=[monday()], start=FIVE, end=NINE, on_call=True, turn=2, by=adil
    )
    facts = {
        "starts_at": made.starts_at,
        "ends_at": made.ends_at,
        "on_call": made.on_call,
        "turn": made.turn,
    }
    planning.remove_shift(made, by=adil)
    assert not Shift.objects.filter(user=sofia, on_call=True).exists()
    planning.put_back(sofia, team=team, by=adil, **facts)  # type: ignore[arg-type]
    back = Shift.objects.get(user=sofia, on_call=True)
    assert (back.starts_at, back.ends_at, back.turn) == (made.starts_at, made.ends_at, 2)


def test_on_call_is_only_who_could_open_what_they_are_called_for(
    adil: User, amina: User, team: Team
) -> None:
    with pytest.raises(NotPossible):
        planning.add_shifts(
            amina, team=team, days=[monday()], start=FIVE, end=NINE, on_call=True, by=adil
        )
    omar = people.make_person("omar", team, role=Role.ON_CALL)
    planning.add_shifts(
        omar, team=team, days=[monday()], start=FIVE, end=NINE, on_call=True, by=adil
    )


def test_a_counsellor_plans_nothing_and_a_supervisor_only_their_own_team(
    amina: User, sofia: User, team: Team
) -> None:
    south = people.make_team("South")
    for by, where in ((amina, team), (sofia, south)):
        with pytest.raises(NotAllowed):
            planning.add_shifts(amina, team=where, days=[monday()], start=NINE, end=FIVE, by=by)
        with pytest.raises(NotAllowed):
            planning.add_holiday(where, on=monday(), name="a feast", by=by)
    assert planning.teams_of_planner(amina) == []
    assert planning.teams_of_planner(sofia) == [team]


def test_a_pasted_list_of_days_closes_the_desk_and_says_which_line_is_none(
    adil: User, team: Team
) -> None:
    text = "2027-01-01 New Year\n\n2027-05-01,Labour Day\n2027-07-14\tBastille Day\n"
    assert planning.add_pasted_holidays(team, text=text, by=adil) == planning.Pasted(3, 0, ())
    names = dict(Holiday.objects.values_list("on", "name"))
    assert names[date(2027, 5, 1)] == "Labour Day"
    again = planning.add_pasted_holidays(team, text=text + "2027-12-25", by=adil)
    assert (again.added, again.known) == (1, 3)
    wrong = "2027-11-01 All Saints\n31.12.2027 Eve\n2027-02-30 never"
    assert planning.add_pasted_holidays(team, text=wrong, by=adil).unread == (2, 3)
    assert not Holiday.objects.filter(on=date(2027, 11, 1)).exists(), "all lines or none"


def test_a_day_is_a_holiday_once(adil: User, team: Team) -> None:
    made = planning.add_holiday(team, on=monday(), name="a feast", by=adil)
    with pytest.raises(NotPossible):
        planning.add_holiday(team, on=monday(), name="again", by=adil)
    planning.remove_holiday(made, by=adil)
    assert not Holiday.objects.exists()


def test_the_week_shows_when_the_desk_is_open_over_midnight_and_on_holidays(
    adil: User, amina: User, ben: User, team: Team
) -> None:
    week = monday()
    planning.add_shifts(amina, team=team, days=[week], start=NINE, end=FIVE, by=adil)
    planning.add_shifts(ben, team=team, days=[week], start=time(16), end=time(2), by=adil)
    planning.add_shifts(
        amina, team=team, days=[week + timedelta(days=2)], start=NINE, end=FIVE, by=adil
    )
    planning.add_holiday(team, on=week + timedelta(days=2), name="a feast", by=adil)
    shown = week_of(team, week + timedelta(days=3), people=[amina, ben])
    assert shown.monday == week
    told = [
        [f"{a.astimezone(PARIS):%R}-{b.astimezone(PARIS):%R}" for a, b in day.open]
        for day in shown.days[:3]
    ]
    assert told == [["09:00-00:00"], ["00:00-02:00"], []]
    assert shown.days[2].holiday == "a feast"
    assert [len(shifts) for _on, shifts in shown.lines[1].days][:2] == [1, 0], "where it begins"


def test_a_supervisor_alone_on_shift_opens_no_desk(adil: User, sofia: User, team: Team) -> None:
    planning.add_shifts(sofia, team=team, days=[monday()], start=NINE, end=FIVE, by=adil)
    assert week_of(team, monday(), people=[]).days[0].open == []


def test_midnight_shifts_of_sunday_belong_to_both_weeks(
    adil: User, amina: User, team: Team
) -> None:
    sunday = monday() + timedelta(days=6)
    planning.add_shifts(amina, team=team, days=[sunday], start=time(22), end=time(6), by=adil)
    (begin, end) = week_of(team, sunday + timedelta(days=1), people=[]).days[0].open[0]
    assert (begin, end) == (
        datetime.combine(sunday + timedelta(days=1), time(), PARIS).astimezone(UTC),
        datetime.combine(sunday + timedelta(days=1), time(6), PARIS).astimezone(UTC),
    )
