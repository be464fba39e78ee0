"""Forgetting on time: the key first, then every value, class by class."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case
from intake.models import Message
from privacy import crypto, retention, tasks
from privacy.access import acting
from privacy.fields import unseal
from privacy.models import AuditEvent, Due, Folder
from tests import people


@pytest.fixture
def closed(amina: User, team: Team) -> Case:
    case = people.case_of(amina, team=team, text="story", name="Asha", summary="short")
    with acting(part="forgetting"):
        retention.set_forget_after(Folder.objects.get(pk=case.folder_id))
    return case


def _days_pass(days: int) -> None:
    with acting(part="forgetting"):
        for due in Due.objects.all():
            due.on -= timedelta(days=days)
            due.save(update_fields=["on"])
    tasks.forget()


def test_every_class_gets_its_day(closed: Case) -> None:
    today = timezone.now().date()
    with acting(part="forgetting"):
        days = dict(Due.objects.values_list("data_class", "on"))
    assert days["identity"] == today + timedelta(days=30)
    assert days["contact"] == today + timedelta(days=90)
    assert days["narrative"] > days["contact"]
    assert days["content_locator"] > days["narrative"]


def test_after_thirty_days_the_name_is_gone_and_the_story_is_not(closed: Case) -> None:
    _days_pass(31)
    with acting(part="intake"):
        row = Case.objects.get(pk=closed.pk)
        assert row.name is None
        assert unseal(row, "summary") == "short"
    assert AuditEvent.objects.filter(verb="forgotten", classes="identity").count() == 1


def test_after_a_year_the_story_is_gone_and_the_categories_stay(closed: Case) -> None:
    _days_pass(400)
    with acting(part="intake"):
        row = Case.objects.get(pk=closed.pk)
        assert row.summary is None
        assert row.age_band == "unknown"
        message = Message.objects.get()
        assert message.body is None


def test_a_kept_copy_of_the_row_is_unreadable_after_its_key_is_destroyed(closed: Case) -> None:
    with acting(part="intake"):
        backup = Case.objects.get(pk=closed.pk)
    _days_pass(400)
    with acting(part="intake"), pytest.raises(crypto.CannotOpen):
        unseal(backup, "summary")


def test_nothing_is_forgotten_before_its_day(closed: Case) -> None:
    assert tasks.forget() == 0
    with acting(part="intake"):
        assert unseal(Case.objects.get(pk=closed.pk), "summary") == "short"


def test_forgetting_twice_is_forgetting_once(closed: Case) -> None:
    _days_pass(31)
    assert tasks.forget() == 0
