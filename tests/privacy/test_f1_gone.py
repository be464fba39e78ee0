"""F1: the morning after its day, nothing of a class is left anywhere; a legal hold wins."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case, CaseConversation
from intake.models import Conversation, Message, OutboundMessage
from privacy import holds, keeping, retention, tasks
from privacy.access import NotAllowed, acting
from privacy.exclusions import exclude
from privacy.fields import unseal
from privacy.keys import DataKey
from privacy.models import (
    AuditEvent,
    Certificate,
    Due,
    Exclusion,
    Folder,
    LegalHold,
    TextWords,
)
from privacy.services import NotPossible
from privacy.wall import case_models
from reference.models import DailyFact
from tests import people
from tests.access import world as whole_world
from tests.privacy.matters import put_on_hold

pytestmark = pytest.mark.django_db


def close(*folders: UUID) -> None:
    """As closing leaves them: nothing more is filed there, and every class has its day."""
    with acting(part="forgetting"):
        Conversation.objects.filter(filed_to__in=folders).update(filed_to=None)
        for folder in Folder.objects.filter(pk__in=folders):
            retention.set_forget_after(folder)


def nights(days: int) -> None:
    """The night so many days from now."""
    with acting(part="forgetting"):
        for due in Due.objects.filter(forgotten_at__isnull=True):
            due.on -= timedelta(days=days)
            due.save(update_fields=["on"])
    tasks.forget()


def left(klass: str, folders: list[UUID]) -> Iterator[str]:
    """Where values of a class still lie."""
    with acting(part="forgetting"):
        for model in case_models():
            for field in retention.personal_fields(model):
                rows = model.objects.filter(folder__in=folders)
                if retention.forgotten_with(field) == klass:
                    there = rows.filter(**{f"{field.name}__isnull": False})
                    yield from [f"{model._meta.label}.{field.name}"] * there.count()


@pytest.fixture
def world(db: None) -> whole_world.World:
    return whole_world.make()


@pytest.fixture
def folders(world: whole_world.World) -> list[UUID]:
    tasks.index_words()
    mine = [world.case.folder_id, world.conversation.folder_id]
    close(*mine)
    return mine


CLASSES = [
    ("identity", 31),
    ("contact", 91),
    ("narrative", 367),
    ("content_locator", 735),
    ("legal", 365 * 5 + 3),
]


@pytest.mark.parametrize(("klass", "days"), CLASSES)
def test_f1_next_morning_no_value_index_entry_or_key_of_the_class_is_left(
    folders: list[UUID], klass: str, days: int
) -> None:
    before = list(left(klass, folders))
    if klass != "legal":
        assert before
    nights(days)
    assert list(left(klass, folders)) == []
    if klass == "narrative":
        with acting(part="forgetting"):
            assert not TextWords.objects.filter(
                folder__in=folders, words_hash__isnull=False
            ).exists()
    keys = DataKey.objects.filter(folder__in=folders, data_class=klass)
    assert all(key.wrapped is None for key in keys)


def test_f1_redis_names_nothing_of_an_expired_case(
    world: whole_world.World, folders: list[UUID]
) -> None:
    nights(800)
    names = {str(world.case.pk), str(world.conversation.pk), world.case.code, *map(str, folders)}
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    found = b"\n".join(broker.dump(key) or b"" for key in broker.scan_iter()).decode("latin-1")
    assert not [name for name in names if name in found]


def test_f1_no_copy_is_left_to_delete_at_a_provider(
    world: whole_world.World, folders: list[UUID]
) -> None:
    nights(800)
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(folder__in=folders, carrier__endswith="_redact")
        assert not rows.exclude(state=OutboundMessage.State.ACCEPTED).exists()


def test_f1_after_five_years_only_figures_are_left(
    world: whole_world.World, folders: list[UUID]
) -> None:
    facts = list(DailyFact.objects.order_by("pk").values())
    nights(365 * 5 + 3)
    with acting(part="forgetting"):
        for model in case_models():
            assert not model.objects.filter(folder__in=folders).exists(), model
        assert not Folder.objects.filter(pk__in=folders).exists()
    assert list(DailyFact.objects.order_by("pk").values()) == facts
    assert Certificate.objects.get(data_class="operational").folders == len(folders)


def test_f1_what_is_due_on_one_day_goes_key_by_key_before_its_rows(amina: User, team: Team) -> None:
    """Rows take the days of the other classes with them: those would never be asked for again."""
    case = people.case_of(amina, team=team, text="words")
    close(case.folder_id)
    with acting(part="forgetting"):
        for due in Due.objects.filter(folder=case.folder_id):
            due.on = timezone.now().date() - timedelta(days=due.data_class == "operational")
            due.save(update_fields=["on"])
    keys = DataKey.objects.filter(folder=case.folder_id)
    assert keys.filter(wrapped__isnull=False).exists()
    tasks.forget()
    assert not keys.filter(wrapped__isnull=False).exists(), "in a backup they would still open"


def test_f1_a_case_that_somebody_is_kept_out_of_goes_like_any_other(
    amina: User, ben: User, team: Team
) -> None:
    case = people.case_of(amina, team=team, text="words")
    with acting(part="filing"):
        talk = CaseConversation.objects.get(case=case).conversation_id
        keys = [case.folder_id, Conversation.objects.get(pk=talk).folder_id]
        exclude(
            Folder.objects.filter(pk__in=keys), user=ben, reason=Exclusion.Reason.MATCHED, by=None
        )
    close(*keys)
    nights(365 * 5 + 3)
    with acting(part="filing"):
        assert not Folder.objects.filter(pk__in=keys).exists()
        assert not Exclusion.objects.exists()


def test_f1_rows_wait_while_another_case_needs_them(amina: User, team: Team) -> None:
    old = people.case_of(amina, team=team, text="first")
    young = people.case_of(amina, team=team, text="second")
    with acting(part="filing"):
        link = CaseConversation.objects.select_related("conversation").get(case=old)
        talk = link.conversation
        CaseConversation(folder_id=young.folder_id, case=young, conversation=talk).save(
            force_insert=True
        )
    close(old.folder_id, talk.folder_id)
    nights(365 * 5 + 3)
    with acting(part="filing"):
        assert not Case.objects.filter(pk=old.pk).exists()
        assert Folder.objects.filter(pk=talk.folder_id).exists()  # still named by the young one
    close(young.folder_id)
    nights(365 * 5 + 3)
    tasks.forget()  # the night after
    with acting(part="filing"):
        assert not Case.objects.filter(pk=young.pk).exists()
        assert not Folder.objects.filter(pk=talk.folder_id).exists()


@pytest.fixture
def held(amina: User, sofia: User, team: Team) -> Case:
    """Closed, and its story under a hold that sofia asked for and amina agreed to."""
    case = people.case_of(amina, team=team, text="story", name="Asha", summary="short")
    put_on_hold(case, asked=sofia, agreed=amina)
    with acting(part="forgetting"):
        conversation = Message.objects.get(folder=case.folder_id).conversation
    close(case.folder_id, conversation.folder_id)
    return case


def summary_of(case: Case) -> str | None:
    with acting(part="intake"):
        return unseal(Case.objects.get(pk=case.pk), "summary")


def test_f1_a_legal_hold_wins_for_the_classes_it_names_and_no_other(held: Case) -> None:
    nights(400)
    assert summary_of(held) == "short"
    with acting(part="intake"):
        assert Case.objects.get(pk=held.pk).name is None
    nights(365 * 6)
    assert summary_of(held) == "short"  # nor are its rows taken out


def test_f1_what_was_held_is_forgotten_the_night_after_the_hold_ends(
    held: Case, sofia: User
) -> None:
    nights(400)
    with acting(user=sofia):
        keeping.end_hold(LegalHold.objects.filter(folder=held.folder_id).get().matter, by=sofia)
    tasks.forget()
    assert summary_of(held) is None


def test_f1_a_hold_needs_a_supervisor_and_a_second_person(
    amina: User, ben: User, sofia: User, team: Team
) -> None:
    case = people.case_of(amina, team=team, text="story")
    folder = case.folder
    with pytest.raises(NotAllowed), acting(user=amina):
        keeping.ask_hold([folder], classes=["narrative"], reason="police", by=amina)
    with acting(user=sofia):
        matter = keeping.ask_hold([folder], classes=["narrative"], reason="police", by=sofia)
        assert not holds.is_held([folder.pk])
        with pytest.raises(NotPossible, match="two people"):
            keeping.agree_hold(matter, by=sofia)
    with pytest.raises(NotAllowed), acting(user=ben):
        keeping.agree_hold(matter, by=ben)
    with acting(user=amina):
        keeping.agree_hold(matter, by=amina)
        assert holds.is_held([folder.pk])
    assert AuditEvent.objects.filter(verb="hold_set", reason="police").count() == 1


def test_f1_a_hold_is_reviewed_every_ninety_days_and_stands_meanwhile(
    held: Case, sofia: User
) -> None:
    today = timezone.now().date()
    with acting(part="forgetting"):
        row = LegalHold.objects.get(folder=held.folder_id)
        assert row.review_on == today + timedelta(days=90)
        LegalHold.objects.update(review_on=today)
        assert holds.unreviewed(today).count() == 2
        assert holds.is_held([held.folder_id])
    with acting(user=sofia):
        keeping.review_hold(row.matter, by=sofia)
        assert not holds.unreviewed(today).exists()
