"""A reporter asked us to delete: nothing that is done with the case brings their words back."""

import pytest

from accounts.models import Team, User
from cases import services as cases
from cases.tasks import triage_waiting
from intake.models import Message
from privacy.access import acting
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, fresh, hear

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("team")
def test_a_case_that_is_taken_up_again_does_not_take_up_what_was_hidden(
    amina: User, sofia: User
) -> None:
    hidden = hear(f"he has my picture {MARK}")
    case = case_for(hidden)
    hear("DELETE")
    with acting(user=amina):
        cases.close(case, reason="not_for_us", by=amina)
    with acting(user=sofia):
        cases.reopen(case, by=sofia)
    triage_waiting()
    now = fresh(hidden)
    assert (now.hidden_at is None, now.filed_to_id, now.state) == (False, None, "closed")
    with acting(part="filing"):
        places = Message.objects.filter(conversation=hidden).values_list("folder", flat=True)
        assert set(places) == {hidden.folder_id}
    with acting(user=amina):
        assert not Message.objects.visible_to(amina).filter(conversation=hidden).exists()


def test_a_hidden_conversation_is_in_no_queue(team: Team) -> None:
    hidden = hear(f"hello {MARK}")
    hear("DELETE")
    with acting(part="intake"):
        type(hidden).objects.filter(pk=hidden.pk).update(state="waiting")
    triage_waiting()
    assert fresh(hidden).filed_to_id is None
