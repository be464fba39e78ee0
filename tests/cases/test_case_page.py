"""The case page: who sees what of it, and what each may do there."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from cases import services
from cases.models import Case, Draft, Note, Task
from intake.models import Conversation, Message, OutboundMessage
from intake.writing import add_message, lock
from privacy.access import acting, grant
from privacy.models import AuditEvent, Consent, Folder, Reveal
from tests import people

Sit = Callable[[User], Client]


def url(case: Case, name: str = "case_detail", **more: object) -> str:
    return reverse(f"cases:{name}", kwargs={"key": case.pk, **more})


def page_of(client: Client, case: Case, query: str = "") -> str:
    response = client.get(url(case) + query)
    assert response.status_code == 200
    return response.content.decode()


def conversation_of(case: Case) -> Conversation:
    with acting(part="intake"):
        return services.linked(case)[0]


def answer(client: Client, case: Case, text: str, *, key: str = "one") -> int:
    told = {"conversation": conversation_of(case).pk, "client_key": key, "text": text}
    return client.post(url(case, "reply"), told).status_code


def test_amina_reads_the_conversation_and_what_is_known(browser: Client, case: Case) -> None:
    page = page_of(browser, case)
    assert "he wants money by eight" in page
    assert case.code in page
    assert "safe to write now" in page


@pytest.mark.parametrize("name", ["ben", "rana", "lea", "anil", "adil", "aude"])
def test_for_everybody_else_the_case_does_not_exist(
    request: pytest.FixtureRequest, name: str, at_desk: Sit, case: Case
) -> None:
    stranger = at_desk(request.getfixturevalue(name))
    for verb in ("case_detail", "case_live", "case_print", "hand_over", "close", "assign"):
        assert stranger.get(url(case, verb)).status_code == 404, verb
    for verb in ("reply", "draft", "aside", "consent", "reopen", "close", "hand_over", "assign"):
        assert stranger.post(url(case, verb)).status_code == 404, verb
    for card in ("summary", "people", "risk", "harms", "note", "task", "plan", "safe"):
        assert stranger.post(url(case, "change", card=card)).status_code == 404, card


def test_nobody_signed_in_is_sent_to_the_entrance(client: Client, case: Case) -> None:
    assert client.get(url(case)).status_code == 302
    assert client.get("/").status_code == 302


def test_sofia_supervises_without_reading_the_story(
    at_desk: Sit, sofia: User, amina: User, case: Case
) -> None:
    with acting(user=amina):
        services.add_note(case, body="calm and careful", by=amina)
        services.update_case(case, changes={"summary": "the whole story", "name": "Asha"}, by=amina)
        services.add_task(case, what="ring the sister", by=amina)
    client = at_desk(sofia)
    page = page_of(client, case)
    for hidden in ("he wants money", "calm and careful", "the whole story", "Asha", "A•", "sister"):
        assert hidden not in page
    assert case.code in page
    assert client.post(url(case, "reply"), {"text": "hello"}).status_code in (404, 422)
    assert client.post(url(case, "change", card="note"), {"body": "mine"}).status_code == 404
    assert client.post(url(case, "change", card="summary"), {"summary": "x"}).status_code == 404
    assert client.get(url(case, "close")).status_code == 404
    assert client.get(url(case, "hand_over")).status_code == 404
    with acting(part="intake"):
        assert Note.objects.count() == 1
        assert not Message.objects.filter(direction="out").exists()


def test_tariq_sees_code_and_categories_and_no_story(
    at_desk: Sit, tariq: User, amina: User, case: Case
) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"name": "Asha", "age_band": "13_15"}, by=amina)
        services.set_harms(case, codes=["sexual_extortion_money"], by=amina)
    with acting(part="takedowns"):
        grant(Folder.objects.get(pk=case.folder_id), "takedown", to=tariq, by=None)
    client = at_desk(tariq)
    page = page_of(client, case)
    assert case.code in page
    assert "13 to 15" in page
    assert "Sexual extortion: money demanded" in page
    for hidden in ("he wants money", "Asha", "A•", "••••", "composer"):
        assert hidden not in page
    printed = client.get(url(case, "case_print")).content.decode()
    assert "he wants money" not in printed
    assert (
        client.post(url(case, "change", card="harms"), {"codes": ["grooming"]}).status_code == 404
    )
    assert client.post(url(case, "change", card="risk"), {"risk": "normal"}).status_code == 404


def test_amina_answers_and_it_waits_to_be_sent_once(browser: Client, case: Case) -> None:
    assert answer(browser, case, "You are not alone.") == 302
    assert answer(browser, case, "You are not alone.") == 302
    with acting(part="intake"):
        sent = Message.objects.get(direction="out")
        assert OutboundMessage.objects.get(message=sent).state == "approved"
    assert "You are not alone." in page_of(browser, case)


def test_an_empty_answer_is_refused_with_words(browser: Client, case: Case) -> None:
    assert answer(browser, case, "  ") == 422


def test_after_the_window_the_composer_refuses_with_a_reason_and_loses_nothing(
    browser: Client, case: Case
) -> None:
    with acting(part="intake"):
        late = timezone.now() - timedelta(hours=25)
        Conversation.objects.update(last_inbound_at=late)
    page = page_of(browser, case)
    assert "24 hours" in page
    assert "disabled" in page
    told = {"conversation": conversation_of(case).pk, "client_key": "k", "text": "typed words"}
    response = browser.post(url(case, "reply"), told)
    assert response.status_code == 422
    assert "typed words" in response.content.decode()


def test_outside_safe_hours_the_composer_refuses_until_a_reason_is_given(
    browser: Client, amina: User, case: Case
) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"safe_channel": "email"}, by=amina)
    assert "only E-mail is safe" in page_of(browser, case)
    assert answer(browser, case, "hello") == 422
    assert browser.post(url(case, "aside"), {"words": ""}).status_code == 422
    told = {"purpose": "danger", "words": "threat to life tonight"}
    assert browser.post(url(case, "aside"), told).status_code == 302
    assert answer(browser, case, "hello") == 302
    assert AuditEvent.objects.filter(verb="safe_contact_aside").count() == 1
    assert "writing against the rules of safe contact" in page_of(browser, case)


def test_what_is_typed_is_kept_sealed_and_comes_back(
    browser: Client, case: Case, amina: User, at_desk: Sit
) -> None:
    conversation = conversation_of(case)
    told = {"conversation": conversation.pk, "text": "half a sentence"}
    assert browser.post(url(case, "draft"), told).status_code == 200
    with acting(part="intake"):
        assert str(Draft.objects.get().body) == "•••"
    assert "half a sentence" in page_of(at_desk(amina), case)
    answer(browser, case, "a whole sentence")
    assert "half a sentence" not in page_of(browser, case)


def test_a_poll_opens_and_records_nothing_while_nothing_changed(
    browser: Client, case: Case
) -> None:
    page = page_of(browser, case)
    live = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    before = AuditEvent.objects.count()
    response = browser.get(live)
    assert response.status_code == 204
    assert AuditEvent.objects.count() == before


def test_a_new_message_reaches_the_open_page_through_its_poll(browser: Client, case: Case) -> None:
    page = page_of(browser, case)
    live = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    with acting(part="intake"):
        conversation = lock(conversation_of(case))
        add_message(conversation, direction="in", kind="text", text="are you there")
    response = browser.get(live)
    assert response.status_code == 200
    fragment = response.content.decode()
    assert "are you there" in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "<html" not in fragment


def test_the_poll_of_who_lost_the_case_is_not_found(
    browser: Client, case: Case, sofia: User, ben: User
) -> None:
    with acting(user=sofia):
        services.assign(case, to=ben, by=sofia)
    assert browser.get(url(case, "case_live")).status_code == 404


def test_a_picture_is_a_notice_and_explicit_words_are_folded(browser: Client, case: Case) -> None:
    with acting(part="intake"):
        conversation = lock(conversation_of(case))
        add_message(conversation, direction="in", kind="media", notice="image", text="90 kB")
        add_message(conversation, direction="in", kind="text", text="he wants a nude picture")
    page = page_of(browser, case)
    assert "A picture came. It was not opened." in page
    assert "Explicit words, folded." in page
    assert '<details class="fold">' in page


@pytest.mark.parametrize(
    ("card", "told", "seen"),
    [
        ("summary", {"summary": "Money asked, not paid."}, "Money asked, not paid."),
        ("plan", {"safety_plan": "Goes to the aunt."}, "Goes to the aunt."),
        ("note", {"body": "Calm now."}, "Calm now."),
        ("people", {"call_me": "Moon", "age_band": "13_15"}, "Moon"),
        ("task", {"what": "ring back", "kind": "to_do"}, "ring back"),
        ("harms", {"codes": ["grooming"], "primary": "grooming"}, "Online grooming"),
        ("risk", {"risk": "urgent", "flags": ["under_13"], "why": "said: 12"}, "said: 12"),
        ("safe", {"safe_channel": "whatsapp"}, "WhatsApp"),
    ],
)
def test_amina_writes_down_each_card(
    browser: Client, case: Case, card: str, told: dict[str, object], seen: str
) -> None:
    response = browser.post(url(case, "change", card=card), told)
    assert response.status_code == 302, response.content.decode()[-2000:]
    assert seen in page_of(browser, case)


def test_a_wrong_entry_says_why_beside_the_field_and_keeps_what_was_typed(
    browser: Client, case: Case
) -> None:
    told = {"what": "ring back tomorrow", "kind": "promise", "due_at": ""}
    response = browser.post(url(case, "change", card="task"), told)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say by when it was promised." in page
    assert "ring back tomorrow" in page


def test_a_name_left_empty_stays_and_is_masked_until_revealed(
    browser: Client, amina: User, case: Case
) -> None:
    browser.post(url(case, "change", card="people"), {"name": "Asha Rao"})
    browser.post(url(case, "change", card="people"), {"name": "", "call_me": "Moon"})
    page = page_of(browser, case)
    assert "Asha" not in page
    assert "A••• R•••" in page
    asking = url(case, "reveal", what="name", row=case.pk)
    assert browser.post(asking, {"purpose": "call_back", "words": ""}).status_code == 422
    assert "Asha" not in page_of(browser, case)
    told = {"purpose": "danger", "words": "police ask for the name"}
    assert browser.post(asking, told).status_code == 302
    assert "Asha Rao" in page_of(browser, case)
    with acting(user=amina):
        assert Reveal.objects.visible_to(amina).get().field == "name"
    assert "Asha" not in browser.get(url(case, "case_print")).content.decode()


def test_somebody_elses_address_is_not_revealed_through_ones_own_case(
    browser: Client, amina: User, ben: User, team: Team, case: Case
) -> None:
    other = people.case_of(ben, team=team)
    with acting(part="intake"):
        identity = services.linked(other)[0].identities.get()
    asking = url(case, "reveal", what="address", row=identity.pk)
    assert browser.get(asking).status_code == 404
    assert browser.post(asking, {"purpose": "danger", "words": "x"}).status_code == 404


def test_consent_is_written_down_and_taken_back(browser: Client, amina: User, case: Case) -> None:
    told = {
        "purpose": "takedown",
        "given_by": "child",
        "how": "message",
        "language": "en",
        "told": "on",
    }
    assert browser.post(url(case, "consent"), told).status_code == 302
    with acting(user=amina):
        consent = Consent.objects.visible_to(amina).get()
    taken = url(case, "consent_withdraw", consent=consent.pk)
    assert browser.post(taken).status_code == 302
    assert "taken back" in page_of(browser, case)


def test_a_parent_who_is_not_safe_cannot_be_written_down_as_agreeing(
    browser: Client, case: Case
) -> None:
    told = {"purpose": "takedown", "given_by": "guardian", "how": "call", "language": "en"}
    assert browser.post(url(case, "consent"), told).status_code == 422


def test_a_task_is_ticked_off(browser: Client, amina: User, case: Case) -> None:
    with acting(user=amina):
        task = services.add_task(case, what="look again", by=amina)
    assert browser.post(url(case, "task_done", task=task.pk)).status_code == 302
    with acting(user=amina):
        assert Task.objects.visible_to(amina).get().done_at is not None


def test_hand_over_moves_the_case_and_the_sheet_is_read_first(
    browser: Client, at_desk: Sit, ben: User, case: Case
) -> None:
    told = {"to": ben.pk, "summary": "Money asked.", "promised": "18:00", "do_not_ask": "the name"}
    assert browser.post(url(case, "hand_over"), told).status_code == 302
    assert browser.get(url(case)).status_code == 404
    page = page_of(at_desk(ben), case)
    assert "Money asked." in page
    assert "the name" in page
    assert "he wants money by eight" in page


def test_closing_takes_the_case_from_the_desk(browser: Client, case: Case) -> None:
    assert browser.post(url(case, "close"), {"reason": ""}).status_code == 422
    assert browser.post(url(case, "close"), {"reason": "helped"}).status_code == 302
    assert browser.get(url(case)).status_code == 404
    assert case.code not in browser.get("/").content.decode()


def test_sofia_assigns_by_hand_and_reopens(
    at_desk: Sit, browser: Client, sofia: User, ben: User, case: Case
) -> None:
    client = at_desk(sofia)
    offered = client.get(url(case, "assign")).content.decode()
    assert "Ben" in offered
    assert "he wants money" not in offered
    assert client.post(url(case, "assign"), {"to": ben.pk}).status_code == 302
    assert at_desk(ben).get(url(case)).status_code == 200
    at_desk(ben).post(url(case, "close"), {"reason": "helped"})
    assert client.post(url(case, "reopen")).status_code == 302
    with acting(user=sofia):
        assert Case.objects.visible_to(sofia).get().status == "open"


def test_in_danger_whom_to_call_stands_on_the_page(browser: Client, case: Case) -> None:
    assert "Whom to call now" not in page_of(browser, case)
    with acting(part="assignment"):
        Case.objects.update(risk="danger")
    page = page_of(browser, case)
    assert "Whom to call now" in page
    assert "112" in page


def test_a_case_closed_meanwhile_is_not_assigned(
    at_desk: Sit, browser: Client, sofia: User, ben: User, case: Case
) -> None:
    browser.post(url(case, "close"), {"reason": "helped"})
    client = at_desk(sofia)
    page = client.post(url(case, "assign"), {"to": ben.pk}, follow=True).content.decode()
    assert "This case is closed." in page
    assert at_desk(ben).get(url(case)).status_code == 404


def test_titles_name_no_one_and_quote_nothing(browser: Client, case: Case) -> None:
    for path in ("/", url(case), url(case, "close"), url(case, "hand_over")):
        title = browser.get(path).content.decode().split("<title>")[1].split("</title>")[0]
        assert case.code not in title
        assert "money" not in title
