"""A reporter who comes back is known again, until they may be somebody else; filing moves keys."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import Team, User
from intake import services
from intake.models import Conversation, Identity, Message
from privacy import retention
from privacy.access import acting, grant
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.keys import destroy
from privacy.models import Due, Folder
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk


def close(desk: Desk, *, days_ago: int = 0) -> Conversation:
    """Asha wrote, and her conversation was closed some days ago."""
    desk.whatsapp(ASHA, f"before {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    with acting(part="intake"):
        services.set_state(conversation, Conversation.State.CLOSED, by=None)
        retention.set_forget_after(conversation.folder)
        Conversation.objects.update(last_inbound_at=F("last_inbound_at") - timedelta(days=days_ago))
    return conversation


@pytest.mark.usefixtures("amina")  # somebody is there
def test_back_soon_it_is_the_same_conversation_in_the_queue_and_nothing_is_forgotten(
    desk: Desk,
) -> None:
    before = close(desk, days_ago=30)
    desk.whatsapp(ASHA, f"again {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.pk == before.pk
    assert conversation.state == Conversation.State.WAITING
    assert conversation.waiting_since is not None
    with acting(part="intake"):
        assert not Due.objects.filter(folder=conversation.folder).exists()
    assert [notice for way, notice, _ in desk.said() if way == "out"] == ["hello", "hello"]


def test_back_after_long_they_may_be_somebody_else_and_begin_anew(desk: Desk) -> None:
    close(desk, days_ago=61)
    desk.whatsapp(ASHA, f"who is this {MARK}")
    desk.work()
    old, new = desk.conversations()
    assert [words for way, _, words in desk.said(new) if way == "in"] == [f"who is this {MARK}"]
    with acting(part="intake"):
        assert not Identity.objects.filter(conversation=old, current=True).exists()


def test_back_after_their_number_was_forgotten_they_begin_anew(desk: Desk) -> None:
    before = close(desk)
    with acting(part="forgetting"):
        retention.forget(Due.objects.get(folder=before.folder, data_class="contact"))
    desk.whatsapp(ASHA, f"again {MARK}")
    desk.work()
    assert len(desk.conversations()) == 2


def test_a_new_conversation_belongs_to_a_team(desk: Desk, team: Team) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    with acting(part="intake"):
        assert desk.conversations()[0].folder.team == team


def test_filed_messages_live_and_die_with_the_case(desk: Desk, team: Team, amina: User) -> None:
    desk.whatsapp(ASHA, f"one {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    with acting(part="assignment"):
        folder = Folder(kind=Folder.Kind.CASE, team=team)
        folder.save(force_insert=True)
        grant(folder, "own", to=amina, by=None)
    services.file_to(conversation, folder.pk)
    desk.whatsapp(ASHA, f"two {MARK}")
    desk.work()
    with acting(part="intake"):
        rows = list(Message.objects.filter(direction="in").order_by("order"))
        assert [(row.folder_id, unseal(row, "body")) for row in rows] == [
            (folder.pk, f"one {MARK}"),
            (folder.pk, f"two {MARK}"),
        ]
    assert {row.folder_id for row in desk.outbound()} == {folder.pk}
    with acting(part="forgetting"):
        destroy(folder.pk, "narrative")
        with pytest.raises(CannotOpen):
            unseal(rows[0], "body")


def test_messages_filed_elsewhere_before_stay_where_they_are(desk: Desk, team: Team) -> None:
    desk.whatsapp(ASHA, f"one {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    with acting(part="assignment"):
        first, second = (Folder(kind=Folder.Kind.CASE, team=team) for _ in range(2))
        first.save(force_insert=True)
        second.save(force_insert=True)
    services.file_to(conversation, first.pk)
    services.file_to(conversation, second.pk)
    desk.whatsapp(ASHA, f"two {MARK}")
    desk.work()
    with acting(part="intake"):
        rows = Message.objects.filter(direction="in").order_by("order")
        assert [row.folder_id for row in rows] == [first.pk, second.pk]
