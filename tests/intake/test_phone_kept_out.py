"""A conflict of interest holds on the telephone: who is kept out is not rung for that caller."""

import pytest

from accounts.models import User
from privacy.access import acting
from privacy.exclusions import exclude
from privacy.models import Exclusion, Folder
from tests.intake.calling import NUMBERS, Caller, give_telephone
from tests.intake.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("safe", ["1", "2"], ids=["safe", "in danger"])
def test_who_is_kept_out_of_a_conversation_is_not_rung_for_it(
    desk: Desk, amina: User, ben: User, safe: str
) -> None:
    give_telephone(amina)
    caller = Caller(desk)
    caller.ring()
    desk.work()  # who calls is known as soon as the first step is stored
    (conversation,) = desk.conversations()
    with acting(part="filing"):
        folder = Folder.objects.get(pk=conversation.folder_id)
        exclude([folder], user=amina, reason=Exclusion.Reason.NOTED, by=ben)
    caller.press("language", "1")
    caller.press("safe", safe)
    caller.press("hold", "")
    assert not caller.rings, "amina's telephone is the only one, and stays silent"
    give_telephone(ben)
    caller.press("hold", "0")
    assert caller.rings == NUMBERS["ben"]
