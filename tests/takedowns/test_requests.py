"""A request is prepared, sent once, runs against its clock, and ends with an outcome."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from cases.models import Case
from intake.models import OutboundMessage
from privacy.access import NotAllowed, acting
from privacy.fields import unseal
from privacy.models import Consent
from privacy.services import NotPossible, withdraw_consent
from reference.models import Clock, DailyFact
from takedowns import services
from takedowns.models import ReportedContent, RequestStep, TakedownRequest
from tests.takedowns.conftest import fresh, prepared

State = TakedownRequest.State


def clock_on(request: TakedownRequest) -> Clock:
    with acting(part="takedowns"):
        clock: Clock = Clock.objects.select_related("rule").get(subject_id=request.pk)
    return clock


def verbs(request: TakedownRequest) -> list[str]:
    with acting(part="takedowns"):
        return [str(verb) for verb in request.steps.values_list("verb", flat=True)]


def test_asked_twice_a_request_is_one(
    report: TakedownRequest, place: ReportedContent, tariq: User
) -> None:
    assert prepared(place, tariq, "iwf-url").pk == report.pk
    assert verbs(report) == ["prepared"]


def test_a_route_of_another_platform_does_not_fit(place: ReportedContent, tariq: User) -> None:
    with pytest.raises(NotPossible):
        prepared(place, tariq, "telegram-in-app")


def test_an_adults_route_does_not_fit_a_childs_picture(place: ReportedContent, tariq: User) -> None:
    with pytest.raises(NotPossible):
        prepared(place, tariq, "stopncii")


def test_an_adults_picture_goes_to_stopncii_and_not_to_the_foundation(
    case: Case, amina: User
) -> None:
    with acting(user=amina):
        place = services.report_content(
            case, kind="url", locator="https://x.com/a/1", age_in_content="18_24", by=amina
        )
    prepared(place, amina, "stopncii")
    with pytest.raises(NotPossible):
        prepared(place, amina, "iwf-url")


def test_the_foundation_takes_links_only(case: Case, amina: User) -> None:
    with acting(user=amina):
        place = services.report_content(case, kind="hash", locator="ab" * 32, by=amina)
    with pytest.raises(NotPossible):
        prepared(place, amina, "iwf-url")


def test_a_report_without_names_needs_no_consent_and_waits_in_the_outbox(
    report: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
    assert fresh(report).state == State.SENDING
    with acting(part="delivery"):
        (outbound,) = OutboundMessage.objects.filter(subject_id=report.pk)
    assert outbound.carrier == "iwf_report"
    assert outbound.state == OutboundMessage.State.APPROVED


def test_pressing_send_twice_sends_once(report: TakedownRequest, tariq: User) -> None:
    with acting(user=tariq):
        services.send_request(report, by=tariq)
        with pytest.raises(NotPossible):
            services.send_request(report, by=tariq)
    with acting(part="delivery"):
        assert OutboundMessage.objects.filter(subject_id=report.pk).count() == 1


def test_a_complaint_in_their_name_waits_for_consent(
    complaint: TakedownRequest, tariq: User
) -> None:
    with acting(user=tariq), pytest.raises(NotPossible):
        services.mark_sent(complaint, by=tariq)
    assert fresh(complaint).state == State.PREPARED


def test_a_complaint_sent_today_is_due_in_two_hours(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, reference="IG-77-canary", by=tariq)
    clock = clock_on(complaint)
    assert clock.rule.code == "IN-NCII"
    assert clock.due_at - clock.started_at == timedelta(hours=2)
    assert clock.start_evidence == "platform_receipt"
    sent = fresh(complaint)
    assert sent.sent_at == clock.started_at
    assert len(sent.notice_sha256) == 64
    with acting(part="takedowns"):
        assert unseal(sent, "reference") == "IG-77-canary"
        assert "IG-77-canary" not in str(TakedownRequest.objects.values().get(pk=sent.pk))


@pytest.mark.parametrize(
    ("sent", "hours"),
    [
        (datetime(2026, 2, 19, 12, 0, tzinfo=UTC), 24),
        (datetime(2026, 2, 19, 19, 0, tzinfo=UTC), 2),  # already the 20th in India
        (datetime(2026, 2, 20, 12, 0, tzinfo=UTC), 2),
    ],
)
def test_the_law_of_the_day_of_sending_decides(
    complaint: TakedownRequest, agreed: Consent, tariq: User, sent: datetime, hours: int
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, at=sent, by=tariq)
    clock = clock_on(complaint)
    assert clock.due_at == sent + timedelta(hours=hours)
    assert clock.start_evidence == "our_sending"


def test_anything_else_is_decided_in_seven_days(
    place: ReportedContent, agreed: Consent, tariq: User
) -> None:
    other = prepared(place, tariq, "instagram-grievance")
    with acting(user=tariq):
        services.mark_sent(other, by=tariq)
    clock = clock_on(other)
    assert clock.due_at - clock.started_at == timedelta(days=7)


def test_a_sending_never_lies_in_the_future(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    with acting(user=tariq):
        services.mark_sent(complaint, at=tomorrow, by=tariq)
    assert clock_on(complaint).started_at < tomorrow


def test_an_outcome_stops_the_clock_and_is_counted(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, by=tariq)
        services.record_outcome(complaint, outcome="removed", evidence="platform_answer", by=tariq)
    clock = clock_on(complaint)
    assert (clock.stop_evidence, fresh(complaint).state) == ("platform_answer", State.CLOSED)
    assert fresh(complaint).outcome == "removed"
    assert verbs(complaint) == ["prepared", "sent", "closed"]
    fact = DailyFact.objects.get(measure="takedowns_answered")
    assert fact.dimensions == {
        "outcome": "removed",
        "platform": "instagram",
        "route": "instagram-grievance-ncii",
        "rule": "IN-NCII",
    }


def test_what_was_not_sent_has_no_outcome(complaint: TakedownRequest, tariq: User) -> None:
    with acting(user=tariq), pytest.raises(NotPossible):
        services.record_outcome(complaint, outcome="removed", evidence="platform_answer", by=tariq)


@pytest.mark.parametrize(
    ("outcome", "evidence"), [("vanished", "platform_answer"), ("removed", "rumour")]
)
def test_an_outcome_is_a_code_with_evidence(
    complaint: TakedownRequest, agreed: Consent, tariq: User, outcome: str, evidence: str
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, by=tariq)
        with pytest.raises(NotPossible):
            services.record_outcome(complaint, outcome=outcome, evidence=evidence, by=tariq)


def test_their_number_can_be_noted_later(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    with acting(user=tariq):
        with pytest.raises(NotPossible):
            services.note_reference(complaint, reference="77", by=tariq)
        services.mark_sent(complaint, by=tariq)
        sent = fresh(complaint)
        services.note_reference(sent, reference=" 77 ", by=tariq)
    with acting(part="takedowns"):
        assert unseal(fresh(complaint), "reference") == "77"


def test_withdrawn_consent_cancels_what_was_not_sent_and_leaves_the_rest(
    place: ReportedContent,
    complaint: TakedownRequest,
    agreed: Consent,
    amina: User,
    tariq: User,
) -> None:
    report = prepared(place, tariq, "iwf-url")
    in_app = prepared(place, tariq, "instagram-in-app")
    with acting(user=tariq):
        services.mark_sent(in_app, by=tariq)
    with acting(user=amina):
        withdraw_consent(agreed, by=amina)
    assert (agreed.stopped, agreed.already_sent) == (1, 1), "one had left already"
    assert fresh(complaint).state == State.CANCELLED
    assert fresh(in_app).state == State.SENT
    assert fresh(report).state == State.PREPARED  # asks in nobody's name


def test_after_a_new_consent_the_request_comes_back(
    complaint: TakedownRequest, place: ReportedContent, agreed: Consent, amina: User, tariq: User
) -> None:
    with acting(user=amina):
        withdraw_consent(agreed, by=amina)
    with acting(user=tariq), pytest.raises(NotPossible):
        services.mark_sent(fresh(complaint), by=tariq)
    again = prepared(place, tariq, "instagram-grievance-ncii")
    assert (again.pk, again.state) == (complaint.pk, State.PREPARED)


@pytest.mark.usefixtures("agreed")
def test_a_case_ends_only_when_nothing_is_on_its_way(
    case: Case,
    report: TakedownRequest,
    complaint: TakedownRequest,
    amina: User,
    tariq: User,
) -> None:
    with acting(user=tariq):
        services.mark_sent(complaint, by=tariq)
    with acting(user=amina), pytest.raises(NotPossible):
        services.on_close(case, amina)
    with acting(user=tariq):
        services.record_outcome(
            fresh(complaint), outcome="no_answer", evidence="recorded_by_staff", by=tariq
        )
    with acting(user=amina):
        services.on_close(case, amina)
    assert fresh(report).state == State.CANCELLED


def test_sofia_reads_states_and_moves_nothing(
    report: TakedownRequest, place: ReportedContent, sofia: User
) -> None:
    with acting(user=sofia):
        assert TakedownRequest.objects.visible_to(sofia).count() == 1
        assert ReportedContent.objects.visible_to(sofia).count() == 0
        for verb, told in (
            (services.send_request, {}),
            (services.mark_sent, {}),
            (services.mark_not_sent, {}),
            (services.note_reference, {"reference": "1"}),
            (services.record_outcome, {"outcome": "removed", "evidence": "platform_answer"}),
        ):
            act: Callable[..., object] = verb
            with pytest.raises(NotAllowed):
                act(report, **told, by=sofia)


def test_the_database_itself_shows_ben_and_anil_nothing(
    report: TakedownRequest, ben: User, anil: User
) -> None:
    for person in (ben, anil):
        with acting(user=person):
            assert TakedownRequest.objects.count() == 0
            assert RequestStep.objects.count() == 0
            assert ReportedContent.objects.count() == 0
