"""A clock that ran out is written down once, and stands first on the desk."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Team, User
from privacy.access import acting
from privacy.models import Consent
from reference.models import DailyFact
from takedowns import reading, services
from takedowns.models import ReportedContent, TakedownRequest
from takedowns.tasks import check_clocks
from tests import people
from tests.takedowns.conftest import prepared


def late(complaint: TakedownRequest, tariq: User) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, at=timezone.now() - timedelta(hours=3), by=tariq)


def test_a_late_clock_is_noted_once(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    late(complaint, tariq)
    assert check_clocks() == 1
    assert check_clocks() == 0
    with acting(part="takedowns"):
        assert complaint.steps.filter(verb="late").count() == 1
    assert DailyFact.objects.get(measure="takedowns_late").count == 1


def test_one_that_still_runs_is_left_alone(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, by=tariq)
    assert check_clocks() == 0


def test_what_is_late_stands_first(
    place: ReportedContent, complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    other = prepared(place, tariq, "instagram-grievance")
    unsent = prepared(place, tariq, "iwf-url")
    with acting(user=tariq):
        services.mark_sent(other, by=tariq)
    late(complaint, tariq)
    with acting(user=tariq):
        rows = reading.as_rows(reading.requests_of(tariq), tariq)
    assert [row.pk for row in rows] == [complaint.pk, other.pk, unsent.pk]
    assert [row.late for row in rows] == [True, False, False]


def test_without_an_answer_it_is_no_longer_late_once_that_is_recorded(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    late(complaint, tariq)
    with acting(user=tariq):
        services.record_outcome(
            complaint, outcome="no_answer", evidence="recorded_by_staff", by=tariq
        )
        assert not reading.filtered(reading.requests_of(tariq), state="late", platform="").exists()
    assert check_clocks() == 0


def test_an_officer_who_comes_later_gets_the_open_work_and_no_other_teams(
    place: ReportedContent, team: Team
) -> None:
    south = people.make_team("South")
    new = people.make_person("noor", team, role="takedown_officer")
    other = people.make_person("zoe", south, role="takedown_officer")
    check_clocks()
    for officer, seen in ((new, 1), (other, 0)):
        with acting(user=officer):
            assert ReportedContent.objects.visible_to(officer).count() == seen
    assert services.bring_officers() == 0
