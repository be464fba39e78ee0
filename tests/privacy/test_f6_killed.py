"""F6: erasure killed at any point ends complete when it is run again; never half, never readable.

A real process does it (a fork of this one, with connections of its own) and kills itself with -9
before a statement it sends to one of the two databases. A handful of points here; `EVERY_POINT=1`
tries all of them.
"""

import os
import random
import signal
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case
from intake import deleting
from intake.models import Conversation
from privacy import custody, retention, tasks
from privacy.access import acting
from privacy.fields import unseal
from privacy.keys import DataKey
from privacy.models import Due, Folder, LegalHold, Seal
from privacy.wall import case_models
from tests import people
from tests.privacy.matters import put_on_hold, two_custodians

pytestmark = pytest.mark.django_db(transaction=True)

SOME = 4  # points in CI
FEW = 40  # within as many statements
MOST = 400  # more than any of it sends


def in_a_process(work: Callable[[], object], *, dies_before: int) -> bool:
    """Run it in a process of its own that dies before a statement; whether it came so far.

    Statements to the databases are the points: nothing else of erasure leaves a trace.
    """
    for connection in connections.all():
        connection.close()
    pid = os.fork()
    if pid == 0:
        _die_before(work, dies_before)
    _pid, status = os.waitpid(pid, 0)
    died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert died or os.waitstatus_to_exitcode(status) == 0
    return died


def _die_before(work: Callable[[], object], point: int) -> None:
    """The child's life; it never comes back."""
    sent = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    code = 1
    try:
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(count))
            work()
        code = 0
    finally:
        os._exit(code)


def points() -> list[int]:
    """Before which statements to die: all of them, or the first and some after it."""
    if os.environ.get("EVERY_POINT") == "1":
        return list(range(1, MOST))
    return [1, *sorted(random.sample(range(2, FEW), SOME))]


def values_of(folder: UUID, klass: str) -> int:
    """How many values of a class lie in a folder."""
    with acting(part="forgetting"):
        return sum(
            model.objects.filter(folder=folder, **{f"{field.attname}__isnull": False}).count()
            for model in case_models()
            for field in retention.personal_fields(model)
            if retention.forgotten_with(field) == klass
        )


def has_key(folder: UUID, klass: str) -> bool:
    """Whether the master key opens the folder's key of a class."""
    rows = DataKey.objects.filter(folder=folder, data_class=klass, custody__isnull=True)
    return bool(rows.filter(wrapped__isnull=False).exists())


def die_and_look(work: Callable[[], object], look: Callable[[], None]) -> None:
    """Kill it at some points, one after the other, and look after each; then let it end."""
    for point in points():
        died = in_a_process(work, dies_before=point)
        look()
        if not died:
            return  # it came to its end before this point
    work()
    look()


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Closed long ago: every class but the rows is due tonight."""
    made = people.case_of(amina, team=team, text="words", name="A Name", summary="short")
    with acting(part="forgetting"):
        for due in retention.set_forget_after(Folder.objects.get(pk=made.folder_id)):
            due.on = timezone.now().date()
            due.save(update_fields=["on"])
        Due.objects.filter(data_class="operational").delete()
    return made


def test_f6_a_night_that_is_killed_anywhere_is_ended_by_the_next(case: Case) -> None:
    whole = {one: values_of(case.folder_id, one) for one in ("identity", "narrative")}

    def look() -> None:
        for klass, count in whole.items():
            with acting(part="forgetting"):
                told = Due.objects.get(folder=case.folder_id, data_class=klass).forgotten_at
            if has_key(case.folder_id, klass):  # never a key with half its rows
                assert values_of(case.folder_id, klass) == count
                assert told is None
            if told:  # never "forgotten" and readable in SQL
                assert values_of(case.folder_id, klass) == 0

    die_and_look(tasks.forget, look)
    with acting(part="forgetting"):
        assert not Due.objects.filter(forgotten_at__isnull=True).exists()
    assert not any(values_of(case.folder_id, one) for one in whole)
    assert not any(has_key(case.folder_id, one) for one in whole)


def test_f6_a_killed_destruction_at_their_wish_is_ended_by_the_next_run(
    amina: User, team: Team
) -> None:
    conversation = people.arrive("words", team=team)
    folder = conversation.folder_id
    with acting(part="intake"):
        now = timezone.now()
        Conversation.objects.update(hidden_at=now, destroy_after=now)
    count = values_of(folder, "narrative")

    def look() -> None:
        with acting(part="forgetting"):
            done = Conversation.objects.get(pk=conversation.pk).destroy_after is None
        if has_key(folder, "narrative"):
            assert values_of(folder, "narrative") == count
            assert not done
        if done:
            assert values_of(folder, "narrative") == 0

    die_and_look(deleting.destroy_due, look)
    assert not has_key(folder, "narrative")
    assert values_of(folder, "narrative") == 0


def test_f6_a_killed_sealing_loses_no_key_and_is_ended_by_the_next_run(
    case: Case, amina: User, sofia: User
) -> None:
    private = two_custodians()
    put_on_hold(case, asked=sofia, agreed=amina)
    with acting(part="forgetting"):
        folder = Folder.objects.get(pk=case.folder_id)
        hold = LegalHold.objects.get(folder=folder)
        later = timezone.now().date() + timedelta(days=9)
        custody.begin_seal(folder, hold=hold, destroy_on=later, by=amina)
    rows = DataKey.objects.filter(folder=folder.pk)

    def look() -> None:
        locked = set(rows.values_list("custody", flat=True))
        assert len(locked) == 1  # all keys of it, or none
        assert not rows.filter(wrapped__isnull=True).exists()

    die_and_look(custody.finish_seals, look)
    with acting(part="forgetting"):
        seal = Seal.objects.get()
        assert seal.sealed_at is not None
        assert custody.open_seal(seal, private_keys=private) == rows.count()
    with acting(part="intake"):
        assert unseal(Case.objects.get(pk=case.pk), "summary") == "short"
