"""What nothing could be made of waits a month for a person; then its words are forgotten."""

from datetime import timedelta

import pytest

from intake import arrival, services, tasks
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy.clock import database_now
from privacy.models import AuditEvent
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk

LONG_AGO = arrival.DEAD_KEPT + timedelta(hours=1)


def dead(key: str, *, ago: timedelta) -> InboundEvent:
    """An arrival from nobody that can be answered, some time ago."""
    problem = Inbound("smtp", "message", key, "email", text=MARK, problem="no_sender")
    services.receive(problem)
    InboundEvent.objects.filter(key=key).update(received_at=database_now() - ago)
    return InboundEvent.objects.get(key=key)


@pytest.mark.usefixtures("desk")
def test_the_words_of_an_old_dead_letter_are_forgotten_and_that_it_came_is_not() -> None:
    old, young = dead("a", ago=LONG_AGO), dead("b", ago=arrival.DEAD_KEPT - timedelta(hours=1))
    assert services.dead_letters() == 2
    assert tasks.forget_dead_letters() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.problem, old.sealed) == ("dead", "no_sender", None)
    assert young.sealed is not None
    assert services.dead_letters() == 1
    assert AuditEvent.objects.filter(verb="forgotten", subject_id=old.pk).count() == 1


@pytest.mark.usefixtures("desk")
def test_a_night_that_runs_twice_forgets_once() -> None:
    old = dead("a", ago=LONG_AGO)
    assert [tasks.forget_dead_letters() for _ in range(2)] == [1, 0]
    assert AuditEvent.objects.filter(subject_id=old.pk).count() == 1


def test_what_still_waits_is_never_forgotten_however_old(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    InboundEvent.objects.update(received_at=database_now() - 2 * LONG_AGO)
    assert tasks.forget_dead_letters() == 0
    desk.work()
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
