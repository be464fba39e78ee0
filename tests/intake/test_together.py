"""Rare words in one batch with ordinary ones: each comes to what it would come to alone."""

import uuid

import pytest

from accounts.models import User
from intake import arrival, services
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Conversation, Identity, Message, Risk
from privacy.access import acting
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, codes, fresh, hear, notices

pytestmark = pytest.mark.django_db

SAID = {
    "+919800000001": "DELETE",
    "+919800000002": f"i want to kill myself {MARK}",
    "+919800000003": "STOP",
    "+919800000004": f"he says he will send it {MARK}",
    "+919800000005": "HELP",
    "+919800000006": "KEEP",
    "+919800000007": f"i am back {MARK}",
    "+919800000008": "hindi",
    "+919800000009": "STATUS",
}


def receive(sender: str, text: str) -> None:
    services.receive(
        Inbound(
            provider="meta",
            kind="message",
            key=key_of_id(uuid.uuid4().hex),
            channel="whatsapp",
            sender=Address("number", sender),
            text=text,
        )
    )


def test_all_of_them_in_one_batch(amina: User) -> None:
    known = {sender: hear(f"hello {MARK}", sender=sender) for sender in SAID}
    for conversation in known.values():
        case_for(conversation)
    for sender in ("+919800000006", "+919800000007"):
        hear("DELETE", sender=sender)
    for sender, text in SAID.items():
        receive(sender, text)
    newcomer = "+919800000010"
    receive(newcomer, f"first words {MARK}")
    assert arrival.work() == len(SAID) + 1

    now = {sender[-1]: fresh(conversation) for sender, conversation in known.items()}
    assert now["1"].hidden_at is not None
    assert (now["2"].risk, codes(now["2"])[-1]) == (Risk.DANGER, "danger")
    assert now["3"].asked == "stop"
    assert codes(now["4"]) == ["hello", "limits"]
    assert now["5"].risk == Risk.URGENT
    assert (now["6"].hidden_at, codes(now["6"])[-1]) == (None, "kept")
    assert now["7"].hidden_at is not None
    assert now["8"].language == "hi"
    assert codes(now["9"])[-1] == "status"
    with acting(part="intake"):
        anew = Conversation.objects.filter(identities__value_hash__isnull=False).exclude(
            pk__in=[one.pk for one in known.values()]
        )
        assert sorted(codes(one)[0] for one in anew) == ["hello", "hello"]
        assert Identity.objects.filter(conversation=now["7"], value_hash__isnull=False).count() == 0
        moved = Message.objects.filter(conversation=now["1"]).exclude(folder=now["1"].folder_id)
        assert not moved.exists()
    assert notices(now["3"]) == ["stop_asked"]
