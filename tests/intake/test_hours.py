"""When the desk is open: shifts, holidays and the clocks of the team's own place."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import services
from accounts.models import Holiday, Role, Shift, Team, User
from intake import hours
from tests import people

PARIS = ZoneInfo("Europe/Paris")
KOLKATA = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def amina(amina: User) -> User:
    """Amina, with no shift but those of the test."""
    Shift.objects.filter(user=amina).delete()
    return amina


def in_zone(team: Team, zone: ZoneInfo) -> Team:
    team.timezone = zone.key
    team.save(update_fields=["timezone"])
    return team


def shift(person: User, team: Team, start: datetime, hours_long: float, **more: object) -> None:
    """A shift that starts then (an aware moment) and lasts so many real hours."""
    begin = start.astimezone(UTC)
    end = begin + timedelta(hours=hours_long)
    Shift.objects.create(user=person, team=team, starts_at=begin, ends_at=end, **more)


def holiday(team: Team, on: date) -> None:
    Holiday.objects.create(team=team, on=on, name="a feast")


def test_a_desk_is_open_while_a_counsellor_is_on_shift(amina: User, team: Team) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8)
    assert not hours.is_open(team, start - timedelta(seconds=1))
    assert hours.is_open(team, start)
    assert hours.is_open(team, start + timedelta(hours=7, minutes=59))
    assert not hours.is_open(team, start + timedelta(hours=8)), "the end is not part of a shift"


def test_nobody_answers_for_who_is_on_call_or_gone_or_takes_content_down(
    amina: User, tariq: User, ben: User, team: Team
) -> None:
    Shift.objects.all().delete()
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8, on_call=True)
    shift(tariq, team, start, 8)
    shift(ben, team, start, 8)
    services.switch_person(ben, active=False, by=None)
    assert not hours.is_open(team, start)
    assert hours.next_opening(team, start) is None


def test_a_holiday_closes_the_desk_from_midnight_to_midnight_of_its_own_zone(
    amina: User, team: Team
) -> None:
    in_zone(team, NEW_YORK)
    eve = datetime(2026, 7, 3, 20, tzinfo=NEW_YORK)
    shift(amina, team, eve, 8)  # over midnight into the fourth of July
    holiday(team, date(2026, 7, 4))
    midnight = datetime(2026, 7, 4, 0, tzinfo=NEW_YORK)
    assert hours.is_open(team, midnight - timedelta(seconds=1))
    assert not hours.is_open(team, midnight), "it is the fourth there, whatever the day in UTC"
    assert hours.is_open(team, datetime(2026, 7, 4, 1, tzinfo=UTC)), "still the third there"


def test_a_shift_over_midnight_is_open_on_both_days(amina: User, team: Team) -> None:
    in_zone(team, PARIS)
    shift(amina, team, datetime(2026, 5, 5, 22, tzinfo=PARIS), 8)
    assert hours.is_open(team, datetime(2026, 5, 5, 23, 59, tzinfo=PARIS))
    assert hours.is_open(team, datetime(2026, 5, 6, 5, 59, tzinfo=PARIS))
    assert not hours.is_open(team, datetime(2026, 5, 6, 6, 0, tzinfo=PARIS))


def test_the_next_opening_is_now_when_open_and_else_the_next_shift(amina: User, team: Team) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8)
    shift(amina, team, start + timedelta(days=1), 8)
    assert hours.next_opening(team, start + timedelta(hours=1)) == start + timedelta(hours=1)
    assert hours.next_opening(team, start - timedelta(hours=5)) == start
    assert hours.next_opening(team, start + timedelta(hours=8)) == start + timedelta(days=1)
    assert hours.next_opening(team, start + timedelta(days=1, hours=8)) is None


def test_the_next_opening_passes_over_holidays(amina: User, team: Team) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    for day in range(4):
        shift(amina, team, start + timedelta(days=day), 8)
    for day in (2, 3, 4):
        holiday(team, date(2026, 3, day))
    assert hours.next_opening(team, start) == start + timedelta(days=3)


@pytest.mark.parametrize(
    ("zone", "eve", "opens"),
    [
        (PARIS, datetime(2026, 3, 28, 20), datetime(2026, 3, 28, 23, 0)),  # 23 hours follow
        (PARIS, datetime(2026, 10, 24, 20), datetime(2026, 10, 24, 22, 0)),  # 25 hours follow
        (NEW_YORK, datetime(2026, 3, 7, 20), datetime(2026, 3, 8, 5, 0)),
        (NEW_YORK, datetime(2026, 10, 31, 20), datetime(2026, 11, 1, 4, 0)),
        (KOLKATA, datetime(2026, 3, 28, 20), datetime(2026, 3, 28, 18, 30)),
    ],
)
def test_a_shift_into_the_day_after_a_holiday_opens_at_that_midnight(
    amina: User, team: Team, zone: ZoneInfo, eve: datetime, opens: datetime
) -> None:
    """Also in the nights in which the clocks change: the moments are reckoned in UTC."""
    in_zone(team, zone)
    start = eve.replace(tzinfo=zone)
    shift(amina, team, start, 30)
    holiday(team, start.date())
    assert hours.next_opening(team, start.astimezone(UTC)) == opens.replace(tzinfo=UTC)


def test_a_long_holiday_ends_with_its_last_day_where_clocks_change_at_midnight(
    amina: User, team: Team
) -> None:
    """In Cairo the clocks go from 24:00 back to 23:00: the day has two elevens, and one end."""
    cairo = in_zone(team, ZoneInfo("Africa/Cairo"))
    holiday(team, date(2026, 10, 29))
    begin = datetime(2026, 10, 29, 12, tzinfo=UTC)
    shift(amina, team, begin, 24)
    opens = hours.next_opening(team, begin)
    assert opens is not None
    assert hours.local(cairo, opens).strftime("%F %T") == "2026-10-30 00:00:00"
    assert not hours.is_open(team, opens - timedelta(seconds=1))
    assert hours.is_open(team, opens)


def test_speakers_are_counted_by_language_and_romanised_words_are_the_same_language(
    amina: User, team: Team
) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8)
    services.set_languages(amina, languages=["hi", "mr"], by=None)
    assert hours.speakers(team, "mr", start)
    assert hours.speakers(team, "hi-Latn", start), "who speaks Hindi reads it in Latin letters"
    assert not hours.speakers(team, "ar", start)
    assert hours.next_speaker(team, "mr", start - timedelta(hours=2)) == start
    assert hours.next_speaker(team, "ar", start) is None


def test_nobody_speaks_on_a_holiday(amina: User, team: Team) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8)
    shift(amina, team, start + timedelta(days=1), 8)
    services.set_languages(amina, languages=["mr"], by=None)
    holiday(team, date(2026, 3, 2))
    assert not hours.speakers(team, "mr", start)
    assert hours.next_speaker(team, "mr", start) == start + timedelta(days=1)


def test_the_rota_is_in_its_order_also_on_holidays_and_empty_when_nobody_is(
    sofia: User, amina: User, team: Team
) -> None:
    omar = people.make_person("omar", team, role=Role.ON_CALL)
    night = datetime(2026, 3, 2, 20, tzinfo=KOLKATA)
    shift(sofia, team, night, 12, on_call=True, turn=2)
    shift(omar, team, night, 12, on_call=True, turn=1)
    shift(amina, team, night, 12, on_call=True)
    holiday(team, date(2026, 3, 2))
    assert hours.on_call(team, night) == [omar, sofia], "amina's duty would open nothing to her"
    assert hours.on_call(team, night + timedelta(hours=12)) == []


def test_another_teams_shifts_open_nothing_here(amina: User, team: Team) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=KOLKATA)
    shift(amina, team, start, 8)
    assert not hours.is_open(people.make_team("South"), start)
