"""What the composer offers, refuses and says; and what is offered for a picture nobody opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case
from intake.models import ApprovedText, Channel, Conversation, Message, OutboundMessage
from intake.services import reply
from intake.writing import add_message
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal
from tests import people

HELLO = "We are here. Would you like to write again?"


@pytest.fixture
def approved(db: None) -> ApprovedText:
    """A text that WhatsApp has approved."""
    return ApprovedText.objects.create(
        code="come_back",
        carrier="whatsapp",
        language="en",
        provider_ref="HX1",
        text=HELLO,
        approved_on=database_now().date(),
    )


def talk_of(case: Case) -> Conversation:
    with acting(part="intake"):
        return Conversation.objects.get(filed_to=case.folder_id)


def wrote(case: Case, *, hours_ago: float) -> Conversation:
    """They last wrote so long ago."""
    conversation = talk_of(case)
    with acting(part="intake"):
        conversation.last_inbound_at = database_now() - timedelta(hours=hours_ago)
        conversation.save(update_fields=["last_inbound_at"])
    return conversation


def page_of(browser: Client, case: Case) -> str:
    answer = browser.get(f"/cases/{case.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def send(browser: Client, case: Case, **more: str) -> int:
    told = {"conversation": str(talk_of(case).pk), "client_key": "k1", **more}
    return browser.post(f"/cases/{case.pk}/reply/", told).status_code


def sent(case: Case) -> list[tuple[str, str]]:
    """(code of the approved text, words) of what waits to go out."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(conversation=talk_of(case)).select_related("message")
        return [
            (row.template, (unseal(row.message, "body") or "") if row.message else "")
            for row in rows
        ]


def test_inside_the_window_the_composer_shows_how_long_it_stays_open(
    case: Case, browser: Client
) -> None:
    wrote(case, hours_ago=2)
    page = page_of(browser, case)
    assert "window closes in" in page
    assert ">21:5" in page, "22 hours, less a moment"
    assert "data-shuts" in page
    assert "safe to write now" in page
    assert "goes out on WhatsApp" in page


def test_the_last_half_hour_is_said_by_word_and_shape(case: Case, browser: Client) -> None:
    wrote(case, hours_ago=23.8)
    assert 'class="sign attention">window closes in' in page_of(browser, case)


def test_outside_the_window_approved_texts_are_offered_instead_of_free_words(
    case: Case, browser: Client, approved: ApprovedText
) -> None:
    wrote(case, hours_ago=25)
    page = page_of(browser, case)
    assert f'value="{approved.code}"' in page
    assert HELLO in page, "one sees what will be sent"
    assert 'name="text"' not in page
    assert send(browser, case, approved="1", template=approved.code) == 302
    assert sent(case) == [("come_back", HELLO)]


def test_i7_outside_the_window_free_words_are_refused_and_kept(
    case: Case, browser: Client, approved: ApprovedText
) -> None:
    wrote(case, hours_ago=25)
    told = {"conversation": str(talk_of(case).pk), "client_key": "k1", "text": "my own words"}
    answer = browser.post(f"/cases/{case.pk}/reply/", told)
    assert answer.status_code == 422
    assert "More than 24 hours" in answer.content.decode()
    assert "Your draft is kept" in answer.content.decode()
    assert sent(case) == []
    wrote(case, hours_ago=1)
    assert "my own words" in page_of(browser, case)


def test_a_text_must_be_chosen_and_must_be_one_that_is_offered(
    case: Case, browser: Client, approved: ApprovedText
) -> None:
    wrote(case, hours_ago=25)
    assert send(browser, case, approved="1") == 422
    assert send(browser, case, approved="1", template="another") == 422
    approved.retired_on = database_now().date()
    approved.save(update_fields=["retired_on"])
    assert send(browser, case, approved="1", template=approved.code) == 422
    assert sent(case) == []


def test_without_an_approved_text_the_composer_says_what_to_do(case: Case, browser: Client) -> None:
    wrote(case, hours_ago=25)
    page = page_of(browser, case)
    assert "ask an administrator to add one" in page
    assert "disabled" in page


def test_the_draft_waits_while_an_approved_text_goes_out(
    case: Case, browser: Client, approved: ApprovedText
) -> None:
    talk = str(talk_of(case).pk)
    browser.post(f"/cases/{case.pk}/draft/", {"conversation": talk, "text": "my draft"})
    wrote(case, hours_ago=25)
    assert "Your draft is kept" in page_of(browser, case)
    send(browser, case, approved="1", template=approved.code)
    wrote(case, hours_ago=1)
    assert "my draft" in page_of(browser, case)


def test_safe_contact_rules_hold_for_approved_texts_too(
    case: Case, browser: Client, approved: ApprovedText
) -> None:
    wrote(case, hours_ago=25)
    with acting(part="intake"):
        case.safe_channel = Channel.EMAIL
        case.save(update_fields=["safe_channel"])
    page = page_of(browser, case)
    assert "only E-mail is safe" in page
    assert f'value="{approved.code}"' not in page
    assert send(browser, case, approved="1", template=approved.code) == 422


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        (Channel.SMS, "160 plain letters"),
        (Channel.PHONE, "A voice reads this out"),
        (Channel.EMAIL, 'data-longest="20000"'),
    ],
)
def test_each_channel_says_what_becomes_of_the_words(
    case: Case, browser: Client, channel: Channel, told: str
) -> None:
    conversation = talk_of(case)
    with acting(part="intake"):
        conversation.channel = channel
        conversation.save(update_fields=["channel"])
    page = page_of(browser, case)
    assert told in page
    assert "window closes in" not in page


@pytest.mark.parametrize(
    ("became", "said"),
    [
        ("failed wrong_address", "nobody is reached at this address"),
        ("failed needs_template", "choose an approved text"),
        ("failed a_new_code", "something of ours does not work"),
        ("approved safe_hours", "waits for the hours that are safe for them"),
        ("approved credentials", "the line is down"),
        ("unknown worker_lost", "the provider is asked"),
    ],
)
def test_the_thread_says_in_words_what_became_of_an_answer(
    case: Case, browser: Client, amina: User, became: str, said: str
) -> None:
    state, problem = became.split()
    with acting(user=amina):
        reply(talk_of(case), text="are you there?", by=amina)
    with acting(part="delivery"):
        OutboundMessage.objects.update(state=state, problem=problem)
    page = page_of(browser, case)
    assert said in page
    assert problem not in page


def picture(case: Case, kind: str = "image") -> None:
    with acting(part="intake"):
        add_message(
            talk_of(case), direction=Message.Direction.IN, kind=Message.Kind.MEDIA, notice=kind
        )


def test_h4_the_screen_says_that_a_picture_came_and_was_not_opened_and_offers_the_ways(
    case: Case, browser: Client, settings: Settings
) -> None:
    settings.IWF_LINK_URL, settings.HELPLINE_COUNTRY = "https://iwf.example/link", "IN"
    picture(case)
    page = page_of(browser, case)
    for told in (
        "It was not opened",
        "Report Remove",
        f'href="/cases/{case.pk}/takedowns/link/"',
        "National Cyber Crime Reporting Portal",
        "1930",
        "The police",
        "112",
        "Only if they want it",
    ):
        assert told in page, told
    assert "<img" not in page


def test_h4_without_the_link_of_the_foundation_another_way_is_offered(
    case: Case, browser: Client, settings: Settings
) -> None:
    settings.IWF_LINK_URL, settings.HELPLINE_COUNTRY = "", "FR"
    picture(case)
    page = page_of(browser, case)
    assert "Report Remove" not in page
    assert "Take It Down" in page
    assert "National Cyber Crime" not in page, "that is India's"


def test_h4_a_voice_note_is_no_picture(case: Case, browser: Client) -> None:
    picture(case, kind="audio")
    assert "what now?" not in page_of(browser, case)


def test_who_only_takes_content_down_is_offered_nothing_of_the_story(
    case: Case, tariq: User, team: Team, at_desk: Callable[[User], Client]
) -> None:
    picture(case)
    other = people.case_of(tariq, team=team)
    assert other.pk != case.pk
    assert at_desk(tariq).get(f"/cases/{case.pk}/").status_code == 404
