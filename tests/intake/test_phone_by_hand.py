"""A call taken on the desk's own telephone: written down in under a minute, like any contact."""

import pytest
from django.test import Client

from accounts.models import User
from cases.models import Case
from cases.tasks import triage_waiting
from intake.models import Identity, InboundEvent
from privacy.access import acting
from privacy.fields import unseal
from tests.intake.calling import call_backs, notices
from tests.intake.conftest import MARK, Desk

FORM = {
    "narrative": f"They are afraid of somebody online. {MARK}",
    "language": "hi",
    "safe": "yes",
    "number": "098765 43210",
    "call_back": "yes",
    "take": "on",
    "client_key": "one",
}


def enter(client: Client, user: User, **changed: str | None) -> int:
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    form = {key: value for key, value in (FORM | changed).items() if value is not None}
    return client.post("/calls/new/", form).status_code


def test_the_call_becomes_a_conversation_of_whoever_entered_it(
    desk: Desk, client: Client, amina: User, ben: User
) -> None:
    assert enter(client, ben) == 302
    desk.work()
    triage_waiting()
    (conversation,) = desk.conversations()
    assert (conversation.channel, conversation.language) == ("phone", "hi")
    assert conversation.language_from == "told"
    with acting(part="assignment"):
        assert Case.objects.get().holder_id == ben.pk
    assert [text for _way, _notice, text in desk.said() if text] == [FORM["narrative"]]
    assert notices(desk) == ["called_at_desk", "told_safe", "call_back_safe", ""]
    with acting(part="intake"):
        assert unseal(Identity.objects.get(), "value") == "+919876543210"
    assert call_backs() == []


def test_not_safe_goes_to_the_front(desk: Desk, client: Client, amina: User) -> None:
    enter(client, amina, safe="no")
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"


def test_words_of_danger_are_heard_there_too(desk: Desk, client: Client, amina: User) -> None:
    enter(client, amina, narrative="she said: i want to kill myself")
    desk.work()
    assert desk.conversations()[0].risk == "danger"


def test_without_a_number_it_is_a_hidden_one_and_two_such_calls_are_two_people(
    desk: Desk, client: Client, amina: User
) -> None:
    enter(client, amina, number="")
    enter(client, amina, number="", client_key="two")
    desk.work()
    assert len(desk.conversations()) == 2


def test_sent_twice_it_is_one_call(desk: Desk, client: Client, amina: User) -> None:
    enter(client, amina)
    enter(client, amina)
    assert InboundEvent.objects.count() == 1


def test_who_does_not_take_it_leaves_it_to_the_rule(
    desk: Desk, client: Client, amina: User, sofia: User
) -> None:
    enter(client, sofia, take=None)
    desk.work()
    triage_waiting()
    with acting(part="assignment"):
        assert Case.objects.get().holder_id == amina.pk


def test_who_may_not_have_it_does_not_get_it_by_entering_it(
    desk: Desk, client: Client, amina: User, sofia: User
) -> None:
    enter(client, sofia)
    desk.work()
    triage_waiting()
    with acting(part="assignment"):
        assert Case.objects.get().holder_id == amina.pk


def test_bad_input_loses_nothing(desk: Desk, client: Client, amina: User) -> None:
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    answer = client.post("/calls/new/", FORM | {"number": "12x", "safe": "no"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert FORM["narrative"] in page
    assert "12x" in page
    assert "This is no telephone number" in page
    assert 'value="no" ' in page
    assert not InboundEvent.objects.exists()


def test_the_form_begins_with_the_words_and_follows_by_the_keyboard(
    client: Client, amina: User
) -> None:
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    page = client.get("/calls/new/").content.decode().partition("data-send")[2]
    places = [page.index(f'name="{name}"') for name in list(FORM)[:6]]
    assert places == sorted(places)
    assert "autofocus" in page
    assert "tabindex" not in page.partition("</form>")[0]
    assert 'data-key="c"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tariq", "rana", "anil", "adil", "aude"])
def test_others_do_not_find_it(client: Client, request: pytest.FixtureRequest, name: str) -> None:
    user = request.getfixturevalue(name)
    assert enter(client, user) == 404
    assert not InboundEvent.objects.exists()
