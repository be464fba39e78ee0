"""Words of danger arrive while a case is being given away: both are done, neither is undone."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import Team, User
from cases import locking, services, triage
from cases.models import Case, CaseConversation, ClosingReason
from intake.models import Conversation, Risk
from intake.writing import lock, raise_risk
from privacy.access import acting
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_arrival_of_danger_and_an_assignment_do_not_wait_for_each_other(
    amina: User, ben: User, sofia: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    both(case, lambda: hand(case, ben, sofia))
    assert now(case) == (ben.pk, Risk.DANGER)


@pytest.mark.parametrize("change", ["set_risk", "close"])
def test_an_arrival_of_danger_and_a_change_of_the_case_do_not_wait_for_each_other(
    amina: User, team: Team, change: str
) -> None:
    case = people.case_of(amina, team=team)

    def write() -> None:
        with acting(user=amina):
            if change == "close":
                services.close(case, reason=ClosingReason.values[0], by=amina)
            else:
                services.set_risk(case, risk="urgent", by=amina)

    both(case, write)
    assert now(case)[1] == (Risk.DANGER if change == "close" else Risk.URGENT)  # the last word


def hand(case: Case, to: User, by: User) -> None:
    with acting(user=by):
        services.assign(case, to=to, by=by)


def both(case: Case, change: Callable[[], object]) -> None:
    """Let an arrival hold its conversation, wait until `change` waits for it, and then go on to
    the case. What either of them raises, a deadlock above all, passes through."""
    with ThreadPoolExecutor(2) as threads:
        changing: list[Any] = []

        def arrive() -> None:
            with acting(part="intake"):
                link = CaseConversation.objects.select_related("conversation").get(case=case)
                conversation = lock(link.conversation)
                changing.append(threads.submit(alone(change)))
                wait_until_somebody_waits()
                raised(conversation)

        arriving = threads.submit(alone(arrive))
        arriving.result(20)
        changing[0].result(20)


def raised(conversation: Conversation) -> None:
    """What an arrival with words of danger does to its conversation and its case."""
    raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "heard"})
    triage.raise_cases(conversation)


def alone(deed: Callable[[], object]) -> Callable[[], None]:
    """The deed for a thread of its own, whose connections end with it."""

    def do() -> None:
        try:
            deed()
        finally:
            connections.close_all()

    return do


def wait_until_somebody_waits() -> None:
    """Until a connection stands before a lock."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    pytest.fail("nobody waited: the test proves nothing")


def now(case: Case) -> tuple[object, str]:
    """The case's holder and risk."""
    with acting(part="assignment"):
        row = Case.objects.get(pk=case.pk)
        return row.holder_id, row.risk


def test_a_new_reporter_does_not_wait_for_an_assignment_in_the_same_team(
    amina: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    with ThreadPoolExecutor(1) as threads, acting(part="assignment"):
        locking.hold(case, loads=True)

        def arrive() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            people.arrive("hello", team=team, sender="+919900000777")

        threads.submit(alone(arrive)).result(20)  # raises when it had to wait
