"""A wish to delete under a legal hold: locked away for two custodians, and told truthfully."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from intake import deleting, languages
from intake.models import Conversation, Identity, Message, OutboundMessage
from privacy import crypto, custody, tasks
from privacy.access import acting
from privacy.fields import unseal
from privacy.keys import DataKey
from privacy.models import Certificate, LegalHold, Seal
from privacy.services import NotPossible
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, change, fresh, hear, said_back
from tests.privacy.matters import put_on_hold, two_custodians

pytestmark = pytest.mark.django_db

TOLD = f"he has my picture {MARK}"
UNTIL = timezone.now().date() + timedelta(days=200)


@pytest.fixture
def keys() -> tuple[bytes, bytes]:
    return two_custodians()


@pytest.fixture
def asked(amina: User, sofia: User) -> Conversation:
    """The police investigate, and they ask us to delete."""
    conversation = hear(TOLD)
    case = case_for(conversation)
    put_on_hold(case, asked=sofia, agreed=amina, classes=("narrative", "contact"))
    hear("DELETE")
    return fresh(conversation)


@pytest.fixture
def sealed(
    asked: Conversation,
    amina: User,
    keys: tuple[bytes, bytes],
) -> Seal:
    return seal(asked, amina)


def seal(asked: Conversation, amina: User, until: date = UNTIL) -> Seal:
    with acting(user=amina):
        deleting.seal(asked, until=until, by=amina)
    assert custody.finish_seals() == 0  # they are told first
    with acting(part="delivery"):
        OutboundMessage.objects.update(state=OutboundMessage.State.ACCEPTED)
    assert custody.finish_seals() == 1
    with acting(part="forgetting"):
        found: Seal = Seal.objects.get()
        return found


def words(conversation: Conversation) -> str | None:
    with acting(part="filing"):
        row = Message.objects.filter(conversation=conversation, kind="text").earliest("order")
        return unseal(row, "body")


def test_what_is_sealed_is_out_of_everybodys_sight_and_no_part_can_read_it(
    sealed: Seal, asked: Conversation, amina: User, sofia: User
) -> None:
    assert sealed.sealed_at is not None
    for person in (amina, sofia):
        with acting(user=person):
            assert not Message.objects.visible_to(person).filter(conversation=asked).exists()
    with pytest.raises(crypto.CannotOpen):
        words(asked)
    with acting(part="filing"), pytest.raises(crypto.CannotOpen):
        unseal(Identity.objects.filter(conversation=asked).earliest("first_seen_at"), "value")
    assert not DataKey.objects.filter(
        folder=asked.folder_id, wrapped__isnull=False, custody__isnull=True
    ).exists()


def test_both_custodians_open_it_together(
    sealed: Seal, asked: Conversation, keys: tuple[bytes, bytes]
) -> None:
    with acting(part="forgetting"):
        assert custody.open_seal(sealed, private_keys=keys) > 0
    assert words(asked) == TOLD
    assert fresh(asked).hidden_at is not None  # the desk still sees nothing of it


def test_neither_custodian_opens_it_alone(sealed: Seal, keys: tuple[bytes, bytes]) -> None:
    first, second = keys
    stranger, _public = crypto.new_pair()
    for pair in [(first,), (first, first), (second, second), (first, stranger), (second, first)]:
        with acting(part="forgetting"), pytest.raises(NotPossible):
            custody.open_seal(sealed, private_keys=pair)


def test_on_its_day_it_is_destroyed_and_certified(
    sealed: Seal, asked: Conversation, keys: tuple[bytes, bytes]
) -> None:
    tasks.forget()
    with acting(part="forgetting"):
        assert Seal.objects.get().destroyed_at is None
        Seal.objects.update(destroy_on=timezone.now().date())
    tasks.forget()
    with acting(part="forgetting"):
        gone = Seal.objects.get()
        assert gone.destroyed_at is not None
        assert gone.first_half is None
        assert not Message.objects.filter(conversation=asked, body__isnull=False).exists()
    assert Certificate.objects.filter(how="seal_ended", data_class="narrative").exists()
    with acting(part="forgetting"), pytest.raises(NotPossible):
        custody.open_seal(gone, private_keys=keys)


@pytest.mark.parametrize("code", languages.OWN)
def test_the_truth_is_told_in_each_language(
    asked: Conversation, amina: User, keys: tuple[bytes, bytes], code: str
) -> None:
    change(asked, language=code, language_from="chosen")
    before = len(said_back(asked))
    with acting(user=amina):
        deleting.seal(fresh(asked), until=UNTIL, by=amina)
    told = said_back(asked)
    assert len(told) == before + 1
    police = {
        "en": "The police",
        "hi": "पुलिस",
        "hi-Latn": "police",
        "ar": "الشرطة",
        "fr": "La police",
    }
    assert police[code] in told[-1][1]
    assert str(UNTIL.year) in told[-1][1] or "٢" in told[-1][1]


def test_without_a_hold_or_two_custodians_nothing_is_sealed(
    asked: Conversation, amina: User
) -> None:
    with acting(user=amina), pytest.raises(NotPossible, match="two custodians"):
        deleting.seal(asked, until=UNTIL, by=amina)
    assert fresh(asked).hidden_at is None
    two_custodians()
    with acting(part="filing"):
        LegalHold.objects.update(ended_at=timezone.now())
    with acting(user=amina), pytest.raises(NotPossible, match="Delete it"):
        deleting.seal(asked, until=UNTIL, by=amina)
