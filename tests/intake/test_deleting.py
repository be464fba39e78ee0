"""DELETE: hidden at once, destroyed after 72 hours, taken back by KEEP; their own words only."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Team, User
from cases import services as cases
from cases.models import Case
from intake import deleting
from intake.models import Conversation, Identity, Message, OutboundMessage
from intake.services import reply, send_link
from privacy import retention
from privacy.access import acting
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.services import NotPossible
from tests import people
from tests.intake.conftest import MARK
from tests.intake.hearing import (
    ASHA,
    MEERA,
    Wire,
    case_for,
    change,
    change_case,
    codes,
    fresh,
    hear,
    notices,
    said_back,
    wire,  # noqa: F401 (a fixture)
)
from tests.privacy.matters import put_on_hold

pytestmark = pytest.mark.django_db

TOLD = f"he has my picture {MARK}"


def held(case: Case, holder: User) -> None:
    """A legal hold of two people stands on the case."""
    sofia = people.make_person("sofia", Team.objects.get())
    put_on_hold(case, asked=sofia, agreed=holder)


def words_in(conversation: Conversation) -> list[str | None]:
    """What they said, as whoever may read it reads it."""
    with acting(part="filing"):
        rows = Message.objects.filter(conversation=conversation, direction="in", kind="text")
        return [unseal(row, "body") for row in rows.order_by("order")]


def seen_by(user: User) -> str:
    """Everything the pages and the API show to somebody, as one text."""
    client = Client()
    client.force_login(user)
    pages = ["/", "/live/", "/api/cases/", "/api/conversations/", "/team/"]
    with acting(part="filing"):
        for case in Case.objects.all():
            pages += [f"/cases/{case.pk}/", f"/cases/{case.pk}/live/", f"/cases/{case.pk}/print/"]
        for talk in Conversation.objects.all():
            pages += [
                f"/api/conversations/{talk.pk}/",
                f"/api/conversations/{talk.pk}/messages/",
            ]
    return "\n".join(client.get(page).content.decode() for page in pages)


@pytest.fixture
def told(amina: User) -> Conversation:
    """Asha told something, and amina has her case."""
    conversation = hear(TOLD)
    case_for(conversation)
    return fresh(conversation)


def test_what_they_wrote_is_hidden_at_once_from_everybody(
    told: Conversation, amina: User, team: Team
) -> None:
    others = [people.make_person(name, team) for name in people.ROLES if name != "amina"]
    assert MARK in seen_by(amina)
    hear("DELETE")
    assert codes(told)[-1] == "delete_done"
    everybody = {person: seen_by(person) for person in (amina, *others)}
    assert [person.name for person, page in everybody.items() if MARK in page] == []
    assert "It is hidden, and destroyed on" in everybody[amina]


def test_no_right_reaches_it_and_no_query_finds_it(told: Conversation, amina: User) -> None:
    hear("delete everything")
    with acting(user=amina):
        assert not Message.objects.filter(conversation=told.pk).exists()
        assert not Conversation.objects.visible_to(amina).filter(pk=told.pk).exists()
        assert not Identity.objects.filter(conversation=told.pk).exists()
        assert not OutboundMessage.objects.filter(conversation=told.pk).exists()
    with acting(part="filing"):
        assert words_in(told)[0] == TOLD  # only out of reach: it can be taken back


def test_keep_in_time_brings_everything_back_where_it_was(told: Conversation, amina: User) -> None:
    folders = _folders(told)
    hear("DELETE")
    hear("KEEP")
    now = fresh(told)
    assert (now.hidden_at, now.destroy_after, now.state) == (None, None, "held")
    assert _folders(told)[: len(folders)] == folders
    assert codes(told)[-1] == "kept"
    assert MARK in seen_by(amina)
    with acting(user=amina):
        reply(now, text="good that you are here", by=amina)


def _folders(conversation: Conversation) -> list[object]:
    with acting(part="filing"):
        rows = Message.objects.filter(conversation=conversation).order_by("order")
        return list(rows.values_list("folder", flat=True))


def test_after_72_hours_it_is_destroyed_keys_and_values(told: Conversation) -> None:
    hear("DELETE")
    assert deleting.destroy_due() == 0
    change(told, destroy_after=database_now() - timedelta(seconds=1))
    with acting(part="filing"):
        kept = Message.objects.filter(conversation=told, kind="text", notice="")[0]
        wrapped = bytes(kept.wrapped_key or b"")
    assert deleting.destroy_due() == 1
    with acting(part="forgetting"):
        rows = Message.objects.filter(conversation=told)
        assert [row.body for row in rows if row.body is not None] == []
        known = Identity.objects.get(conversation=told)
        assert (known.value, known.value_hash, known.profile_hash) == (None, None, None)
        kept.wrapped_key = wrapped  # as a backup of before would have it
        with pytest.raises(CannotOpen):
            unseal(kept, "body")
    assert deleting.destroy_due() == 0


def test_killed_half_way_it_is_finished_by_the_next_run(
    told: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear("DELETE")
    change(told, destroy_after=database_now())

    def killed(*_told: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_clear_all", killed)
        with pytest.raises(KeyboardInterrupt):
            deleting.destroy_due()
    with acting(part="filing"), pytest.raises(CannotOpen):
        unseal(Message.objects.filter(conversation=told, kind="text")[0], "body")
    assert deleting.destroy_due() == 1
    with acting(part="forgetting"):
        assert Message.objects.filter(conversation=told, body__isnull=False).count() == 0


def test_the_other_reporter_and_the_case_itself_stay(
    told: Conversation, amina: User, team: Team
) -> None:
    friend = hear(f"my friend is scared {MARK}-friend", sender=MEERA)
    case = case_for(told)
    with acting(user=amina):
        cases.add_note(case, body="calm, wants help", by=amina)
    case_for(friend)
    with acting(user=amina):
        cases.link_conversation(case, fresh(friend), by=amina)
    hear("DELETE", sender=ASHA)
    change(told, destroy_after=database_now())
    deleting.destroy_due()
    page = seen_by(amina)
    assert f"{MARK}-friend" in page
    assert "calm, wants help" in page
    assert fresh(friend).hidden_at is None


def test_whoever_writes_after_it_begins_anew_and_may_still_take_it_back(
    told: Conversation, amina: User
) -> None:
    hear("DELETE")
    anew = hear(f"hi again {MARK}")
    assert anew.pk != told.pk
    assert codes(anew) == ["hello"]
    hear("keep")
    assert fresh(told).hidden_at is None
    assert notices(anew) == ["goes_on_elsewhere"]
    assert hear(f"I am back {MARK}").pk == told.pk


def test_too_late_there_is_nothing_to_take_back(told: Conversation) -> None:
    hear("DELETE")
    change(told, destroy_after=database_now())
    deleting.destroy_due()
    later = hear("KEEP")
    assert later.pk != told.pk


def test_somebody_elses_keep_brings_nothing_back(told: Conversation) -> None:
    hear("DELETE")
    hear("KEEP", sender=MEERA)
    assert fresh(told).hidden_at is not None


@pytest.mark.parametrize(
    "why", ["danger", "hold", "parent", "shared phone", "another profile name"]
)
def test_a_person_decides_and_they_are_told_the_truth(
    told: Conversation, amina: User, why: str
) -> None:
    case = case_for(told)
    with acting(user=amina):
        if why == "danger":
            cases.set_risk(case, risk="danger", by=amina)
        if why == "parent":
            cases.update_case(case, changes={"guardian_safe": "no"}, by=amina)
        if why == "shared phone":
            cases.set_risk(case, risk="normal", flags=["shared_device"], why="said so", by=amina)
    if why == "hold":
        held(case, amina)
    if why == "another profile name":
        hear(f"and more {MARK}", profile_name="Asha")
        hear("DELETE", profile_name="Somebody")
    else:
        hear("DELETE")
    now = fresh(told)
    assert (now.hidden_at, now.asked) == (None, "delete")
    assert now.waiting_since is not None
    assert codes(told)[-1] == "delete_by_person"
    assert "delete_asked" in notices(told)


def test_the_person_decides_for_them(told: Conversation, amina: User) -> None:
    change_case(case_for(told), amina, guardian_safe="no")
    hear("DELETE")
    with acting(user=amina):
        deleting.decide(fresh(told), delete=True, by=amina)
    assert fresh(told).hidden_at is not None
    assert MARK not in seen_by(amina)


def test_what_must_be_kept_by_law_is_deleted_by_nobody(told: Conversation, amina: User) -> None:
    held(case_for(told), amina)
    hear("DELETE")
    with acting(user=amina), pytest.raises(NotPossible, match="must be kept"):
        deleting.decide(fresh(told), delete=True, by=amina)


def test_an_answer_that_waits_does_not_leave_after_it(
    told: Conversation,
    amina: User,
    wire: Wire,  # noqa: F811
) -> None:
    with acting(user=amina):
        reply(told, text="I am here.", by=amina)
    hear("DELETE")
    said = [words for _address, words in wire.deliver()]
    assert "I am here." not in said
    assert said[-1] == said_back(told)[-1][1]


def test_nothing_is_written_to_whoever_asked_to_be_forgotten(
    told: Conversation, amina: User
) -> None:
    hear("DELETE")
    with acting(user=amina), pytest.raises(NotPossible, match="delete everything"):
        send_link(told, code="own_link", values={"link": "https://x.example"}, by=amina)


def test_status_tells_nobody_that_somebody_else_wrote(told: Conversation, amina: User) -> None:
    friend = hear(f"my friend is scared {MARK}-friend", sender=MEERA)
    case = case_for(told)
    case_for(friend)
    with acting(user=amina):
        cases.link_conversation(case, fresh(friend), by=amina)
        due = database_now() + timedelta(hours=3)
        cases.add_task(case, what="write to her", kind="promise", due_at=due, by=amina)
    hear("STATUS", sender=MEERA)
    assert "We write to you by" not in said_back(friend)[-1][1]


def test_a_wish_that_a_person_must_decide_is_not_lost_by_stop_or_by_closing(
    told: Conversation, amina: User
) -> None:
    case = case_for(told)
    change_case(case, amina, guardian_safe="no")
    hear("DELETE")
    hear("STOP")
    assert fresh(told).asked == deleting.ASKED
    with acting(user=amina), pytest.raises(NotPossible, match="asked us to delete"):
        cases.close(case, reason="helped", by=amina)
    with acting(user=amina):
        deleting.decide(fresh(told), delete=False, by=amina)
        cases.close(case, reason="their_wish", by=amina)
