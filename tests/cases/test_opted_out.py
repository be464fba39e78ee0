"""Somebody whose provider stops our messages is not given up: a person is told and finds a way."""

import pytest

from accounts.models import Team, User
from cases.models import Case, Task
from intake import outbox, services
from intake.models import Conversation, Message, OutboundMessage
from intake.registry import Carrier, CarrierError, carriers
from privacy.access import acting
from privacy.fields import unseal
from tests import people


class Stopped(Carrier):
    """A line whose provider says that they asked for no more of ours."""

    def send(self, outbound: OutboundMessage) -> str:
        raise CarrierError("opted_out", permanent=True)


def test_the_holder_gets_a_task_and_the_conversation_says_why(
    amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    case: Case = people.case_of(amina, team=team)
    monkeypatch.setitem(carriers, "whatsapp", Stopped())
    with acting(part="intake"):
        conversation = Conversation.objects.get(filed_to=case.folder_id)
    with acting(user=amina):
        services.reply(conversation, text="I am here", by=amina)
    outbox.deliver()
    with acting(part="intake"):
        row = OutboundMessage.objects.get(conversation=conversation, problem="opted_out")
        (task,) = Task.objects.filter(case=case, done_at__isnull=True)
        assert (row.state, task.created_by) == ("failed", amina)
        assert "another safe way" in (unseal(task, "what") or "")
        conversation.refresh_from_db()
        assert conversation.opted_out_at is not None
        assert conversation.waiting_since is not None
        assert Message.objects.filter(conversation=conversation, notice="opted_out").count() == 1
    outbox.deliver()
    with acting(part="intake"):
        assert Task.objects.filter(case=case).count() == 1
