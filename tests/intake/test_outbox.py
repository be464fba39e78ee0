"""Each thing is sent once: never again blindly, in order, and never backwards."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import User
from intake import outbox, registry, services
from intake.models import Conversation, OutboundMessage, SendingLine
from intake.registry import Carrier, CarrierError
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.services import NotPossible
from tests.counterparts import ASHA, IMRAN
from tests.intake.conftest import MARK, Desk

State = OutboundMessage.State


@pytest.fixture
def conversation(desk: Desk, amina: User) -> Conversation:
    """Asha wrote, was greeted, and amina holds her conversation."""
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (found,) = desk.conversations()
    desk.give(found, amina)
    return found


def answer(conversation: Conversation, amina: User, text: str = f"I am here {MARK}") -> None:
    with acting(user=amina):
        services.reply(conversation, text=text, by=amina)


def last(desk: Desk) -> OutboundMessage:
    return desk.outbound()[-1]


def sent(desk: Desk) -> list[str]:
    return [message["body"] for message in desk.world.messages_to(ASHA)]


def later(**changes: timedelta) -> None:
    """Let time pass for every row: seconds are taken off the moments named."""
    with acting(part="delivery"):
        OutboundMessage.objects.update(**{name: F(name) - by for name, by in changes.items()})


def test_an_answer_arrives_and_is_known_to_be_accepted(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    answer(conversation, amina)
    assert last(desk).state == State.APPROVED
    desk.work()
    assert sent(desk)[-1] == f"I am here {MARK}"
    assert last(desk).state == State.ACCEPTED
    assert last(desk).provider_ref.startswith("SM")


def test_one_click_is_one_message_however_often_it_is_sent(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    with acting(user=amina):
        first = services.reply(conversation, text=MARK, client_key="form-1", by=amina)
        again = services.reply(conversation, text=MARK, client_key="form-1", by=amina)
    assert first.pk == again.pk
    desk.work()
    desk.work()
    assert sent(desk).count(MARK) == 1


def test_a_forms_key_is_its_own_in_each_conversation_and_meets_no_carriers_key(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.whatsapp(IMRAN, f"me too {MARK}")
    desk.work()
    (his,) = (one for one in desk.conversations() if one.pk != conversation.pk)
    desk.give(his, amina)
    report = services.queue("post", folder=conversation.folder_id, client_key="form-1")
    with acting(user=amina):
        hers = services.reply(conversation, text=f"one {MARK}", client_key="form-1", by=amina)
        other = services.reply(his, text=f"two {MARK}", client_key="form-1", by=amina)
    assert hers.pk != other.pk
    with acting(part="delivery"):
        assert OutboundMessage.objects.get(message=hers).pk != report.pk
        assert OutboundMessage.objects.get(message=other).conversation_id == his.pk


def test_another_counsellor_cannot_answer(
    desk: Desk, conversation: Conversation, ben: User
) -> None:
    with pytest.raises((NotAllowed, Conversation.DoesNotExist)), acting(user=ben):
        services.reply(conversation, text=MARK, by=ben)
    assert len(desk.outbound()) == 1


def test_killed_while_calling_it_is_unknown_and_never_sent_again_blindly(
    desk: Desk, conversation: Conversation, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(conversation, amina)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "settle", killed)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver()
    monkeypatch.undo()
    assert last(desk).state == State.CALLING
    later(leased_until=timedelta(minutes=5))
    desk.work()
    assert last(desk).state == State.UNKNOWN
    desk.work()
    assert sent(desk).count(f"I am here {MARK}") == 1
    later(settled_at=timedelta(minutes=1))
    desk.work()
    assert last(desk).state == State.ACCEPTED
    assert last(desk).provider_ref


def test_killed_before_calling_it_is_sent_by_the_next_worker(
    desk: Desk, conversation: Conversation, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(conversation, amina)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "_is_calling", killed)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver()
    monkeypatch.undo()
    assert last(desk).state == State.LEASED
    later(leased_until=timedelta(minutes=5))
    desk.work()
    assert last(desk).state == State.ACCEPTED
    assert sent(desk).count(f"I am here {MARK}") == 1


def test_accepted_and_the_line_lost_it_is_found_in_the_providers_list(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.world.misbehave("messages", "accept-then-drop", times=1)
    answer(conversation, amina)
    desk.work()
    assert last(desk).state == State.UNKNOWN
    later(settled_at=timedelta(minutes=1))
    desk.work()
    assert last(desk).state == State.ACCEPTED
    assert sent(desk).count(f"I am here {MARK}") == 1


def test_what_the_provider_shows_was_never_sent_is_sent_after_all(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.world.misbehave("messages", "status", code=503, times=1)
    answer(conversation, amina)
    desk.work()
    assert last(desk).state == State.UNKNOWN
    later(settled_at=timedelta(minutes=1))
    desk.work()
    assert last(desk).state == State.UNKNOWN  # too early to believe the list
    later(settled_at=timedelta(minutes=2))
    desk.work()
    later(not_before=timedelta(minutes=5))
    desk.work()
    assert last(desk).state == State.ACCEPTED
    assert sent(desk).count(f"I am here {MARK}") == 1


def test_when_the_provider_is_busy_it_waits_and_the_next_waits_behind_it(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.world.misbehave("messages", "error", code=20429, times=1)
    answer(conversation, amina, f"one {MARK}")
    answer(conversation, amina, f"two {MARK}")
    desk.work()
    one, two = desk.outbound()[-2:]
    assert (one.state, one.problem) == (State.APPROVED, "slow_down")
    assert (two.state, two.attempts) == (State.APPROVED, 0)
    SendingLine.objects.update(rests_until=database_now())
    desk.work()
    assert sent(desk)[-2:] == [f"one {MARK}", f"two {MARK}"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (63016, "needs_template"),
        (21610, "opted_out"),
        (63024, "wrong_address"),
        (63049, "blocked"),
        (21617, "our_fault"),
    ],
)
def test_what_the_provider_refuses_for_good_is_not_tried_again(
    desk: Desk, conversation: Conversation, amina: User, code: int, problem: str
) -> None:
    desk.world.misbehave("messages", "error", code=code, times=1)
    answer(conversation, amina)
    desk.work()
    desk.work()
    assert (last(desk).state, last(desk).problem) == (State.FAILED, problem)
    assert f"I am here {MARK}" not in sent(desk)


def test_who_opted_out_is_not_written_to_until_they_write(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.world.misbehave("messages", "error", code=21610, times=1)
    answer(conversation, amina)
    desk.work()
    with pytest.raises(NotPossible):
        answer(conversation, amina)
    desk.whatsapp(ASHA, f"I am back {MARK}")
    desk.work()
    answer(conversation, amina)


def test_after_24_hours_free_words_are_refused_before_anybody_is_called(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    with acting(part="intake"):
        Conversation.objects.update(last_inbound_at=F("last_inbound_at") - timedelta(hours=25))
    with pytest.raises(NotPossible):
        answer(conversation, amina)
    assert len(desk.outbound()) == 1


def test_nothing_and_far_too_much_are_refused(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    for text in ("  ", "x" * 1601):
        with pytest.raises(NotPossible):
            answer(conversation, amina, text)


def test_callbacks_only_ever_move_a_message_up(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    answer(conversation, amina)
    desk.work()
    row = last(desk)
    path = f"/hooks/whatsapp/status/{row.pk}/"
    seen = []
    for word in ("delivered", "sent", "read", "failed", "queued", "delivered", "something-new"):
        form = {"MessageSid": row.provider_ref, "MessageStatus": word}
        assert desk.post(path, form).status_code == 200
        desk.work()
        seen.append(last(desk).state)
    assert seen == ["delivered", "delivered", "read", "read", "read", "read", "read"]


def test_a_late_callback_settles_an_unknown(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    desk.world.misbehave("messages", "accept-then-drop", times=1)
    answer(conversation, amina)
    desk.work()
    row = last(desk)
    form = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "delivered"}
    desk.post(f"/hooks/whatsapp/status/{row.pk}/", form)
    desk.work()
    assert (last(desk).state, last(desk).provider_ref) == (State.DELIVERED, "SM" + "1" * 32)


def test_a_failure_told_by_callback_is_shown_with_its_reason(
    desk: Desk, conversation: Conversation, amina: User
) -> None:
    answer(conversation, amina)
    desk.work()
    row = last(desk)
    form = {"MessageSid": row.provider_ref, "MessageStatus": "failed", "ErrorCode": "63016"}
    desk.post(f"/hooks/whatsapp/status/{row.pk}/", form)
    desk.work()
    assert (last(desk).state, last(desk).problem) == (State.FAILED, "needs_template")


def test_a_callback_without_signature_changes_nothing(
    desk: Desk, conversation: Conversation
) -> None:
    path = f"/hooks/whatsapp/status/{last(desk).pk}/"
    form = {"MessageSid": "SM1", "MessageStatus": "failed"}
    assert desk.post_raw(path, form).status_code == 403
    desk.work()
    assert last(desk).state == State.ACCEPTED


class Post(Carrier):
    """A later stage's carrier."""

    def __init__(self) -> None:
        self.sent: list[OutboundMessage] = []
        self.told: list[str] = []

    def send(self, outbound: OutboundMessage) -> str:
        self.sent.append(outbound)
        if len(self.sent) == 1:
            raise CarrierError("busy", permanent=False)
        return "ref-1"

    def settled(self, outbound: OutboundMessage) -> None:
        self.told.append(outbound.state)


def test_a_later_stages_carrier_is_used_once_for_a_key_and_told_of_the_outcome(
    desk: Desk, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    monkeypatch.setitem(registry.carriers, "post", post)
    for _ in range(2):
        services.queue("post", folder=conversation.folder_id, client_key="report-1")
    desk.work()
    assert last(desk).problem == "busy"
    later(not_before=timedelta(minutes=5))
    desk.work()
    assert (last(desk).state, last(desk).provider_ref) == (State.ACCEPTED, "ref-1")
    assert post.told == ["accepted"]
    assert len(post.sent) == 2


def test_a_link_is_sent_by_a_part_for_somebody_who_cannot_read_the_conversation(
    desk: Desk, conversation: Conversation, tariq: User
) -> None:
    with acting(user=tariq):
        services.send_link(
            conversation, code="own_link", values={"link": "https://x.example/?t=1"}, by=tariq
        )
    desk.work()
    assert "https://x.example/?t=1" in sent(desk)[-1]
    assert "https" not in sent(desk)[-1][:100]


def test_what_nobody_carries_any_more_is_shown_as_not_sent(
    desk: Desk, conversation: Conversation
) -> None:
    services.queue("pigeon", folder=conversation.folder_id, client_key="pigeon-1")
    desk.work()
    assert (last(desk).state, last(desk).problem) == (State.FAILED, "no_carrier")
