"""Closing: nobody has the case any more, and everything gets its day of forgetting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from cases import registry, services
from cases.models import Case, Task
from cases.tasks import triage_waiting
from intake.models import Conversation, Message
from intake.writing import add_message, lock
from privacy.access import acting
from privacy.minimise import minimised_all
from privacy.models import Due, Grant
from privacy.retention import forget
from privacy.services import NotPossible
from reference.models import DailyFact


def close(case: Case, by: User) -> None:
    with acting(user=by):
        services.close(case, reason="helped", child_view="it was good to talk", by=by)


def come_back(text: str) -> None:
    """The reporter writes again, as intake takes it up."""
    with acting(part="intake"):
        conversation = lock(Conversation.objects.get())
        conversation.state = Conversation.State.WAITING
        conversation.waiting_since = timezone.now()
        conversation.save(update_fields=["state", "waiting_since"])
        add_message(conversation, direction="in", kind="text", text=text)


def test_closing_ends_every_grant_and_sets_the_days(case: Case, amina: User) -> None:
    close(case, amina)
    with acting(part="forgetting"):
        assert not Grant.objects.filter(content_object__isnull=False).exists()
        folders = {case.folder_id, Conversation.objects.get().folder_id}
        due = Due.objects.filter(folder__in=folders)
        assert {row.folder_id for row in due} == folders
        assert due.filter(folder=case.folder_id, data_class="identity").exists()
        assert Conversation.objects.get().state == "closed"
        assert Case.objects.get().closing_reason == "helped"
    with acting(user=amina):
        assert not Case.objects.visible_to(amina).exists()
        assert not Message.objects.visible_to(amina).exists()
        assert not Conversation.objects.visible_to(amina).exists()


def test_the_figures_outlive_the_story(case: Case, amina: User) -> None:
    with acting(user=amina):
        services.set_harms(case, codes=["grooming"], by=amina)
    close(case, amina)
    with acting(part="forgetting"):
        for due in Due.objects.filter(folder=case.folder_id):
            forget(due)
        assert not Case.objects.exists()
        assert not Message.objects.filter(body__isnull=False, folder=case.folder_id).exists()
    fact = DailyFact.objects.get(measure="harms_closed")
    assert fact.dimensions["harm"] == "grooming"


def test_a_promise_is_kept_before_the_work_ends(case: Case, amina: User) -> None:
    with acting(user=amina):
        due = timezone.now() + timedelta(hours=1)
        task = services.add_task(case, what="answer", kind=Task.Kind.PROMISE, due_at=due, by=amina)
    with pytest.raises(NotPossible):
        close(case, amina)
    with acting(user=amina):
        services.finish_task(task, by=amina)
    close(case, amina)


def test_later_stages_are_told_and_may_stop_it(
    case: Case, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def settle(closing: Case, by: User | None) -> None:
        told.append(closing.code)
        raise NotPossible("something is still open")

    monkeypatch.setattr(registry, "on_close", [settle])
    with pytest.raises(NotPossible):
        close(case, amina)
    assert told == [case.code]
    with acting(user=amina):
        assert Case.objects.visible_to(amina).get().status == "open"


def test_who_writes_again_comes_back_to_the_same_case(case: Case, amina: User, team: Team) -> None:
    close(case, amina)
    come_back("it started again")
    assert triage_waiting() == 1
    with acting(user=amina):
        again = Case.objects.visible_to(amina).get()
        assert again.pk == case.pk
        assert again.status == "open"
        said = Message.objects.visible_to(amina).filter(direction="in").order_by("order")
        words = [seen.body for seen in minimised_all(said, amina)]
    assert words == ["he wants money by eight", "it started again"]
    with acting(part="forgetting"):
        assert not Due.objects.exists()


def test_after_sixty_days_it_is_a_new_case_and_nothing_old_is_there(
    case: Case, amina: User
) -> None:
    close(case, amina)
    with acting(part="assignment"):
        Case.objects.update(closed_at=timezone.now() - timedelta(days=61))
    come_back("hello")
    assert triage_waiting() == 1
    with acting(user=amina):
        new = Case.objects.visible_to(amina).get()
        assert new.pk != case.pk
        assert Message.objects.visible_to(amina).count() == 1


def test_a_forgotten_case_is_not_reopened(case: Case, amina: User, sofia: User) -> None:
    close(case, amina)
    with acting(part="forgetting"):
        forget(Due.objects.get(folder=case.folder_id, data_class="narrative"))
    with acting(user=sofia), pytest.raises(NotPossible):
        services.reopen(case, by=sofia)
