"""What our own texts say: the truth about who is there, days as one writes them, right plurals."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from intake import approved, languages, texts
from privacy.services import NotPossible
from reference.models import EmergencyNumber

NINE = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)  # on the helpline's clocks, in India
NUMBERS = [EmergencyNumber(number="112", label_en="Emergency services")]
FACTS = {"carrier": "whatsapp", "language": "en", "provider_ref": "HX1"}


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "Monday 23 November, 9:00 am"),
        ("hi", "सोमवार 23 नवंबर, 9:00 am"),
        ("hi-Latn", "Somwaar 23 November, 9:00 AM"),
        ("ar", "الاثنين 23 نوفمبر، 9:00 ص"),
        ("fr", "lundi 23 novembre à 09:00"),
        ("mr", "सोमवार 23 नवंबर, 9:00 am"),
    ],
)
def test_days_and_times_are_written_as_one_writes_them(code: str, written: str) -> None:
    with languages.speaking(code):
        assert texts.day_and_time(NINE) == written


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "الانتظار نحو دقيقة."),
        (2, "الانتظار نحو دقيقتين."),
        (3, "الانتظار نحو 3 دقائق."),
        (11, "الانتظار نحو 11 دقيقة."),
        (100, "الانتظار نحو 100 دقيقة."),
    ],
)
def test_arabic_counts_in_its_own_plurals(minutes: int, said: str) -> None:
    with languages.speaking("ar"):
        assert said in texts.call_hold(2, minutes)


def test_with_nobody_on_call_no_person_is_promised() -> None:
    alone = texts.danger(NUMBERS, "en", on_call=False, opens=NINE)
    assert "being called" not in alone
    assert "We are back on Monday 23 November, 9:00 am." in alone
    assert "112 – Emergency services" in alone
    assert "Someone from our team is being called to your message now." in texts.danger(
        NUMBERS, "en"
    )


def test_when_closed_they_hear_when_whom_to_call_and_what_helps_tonight() -> None:
    woken = texts.closed(NUMBERS, "en", opens=NINE, on_call=True)
    alone = texts.closed(NUMBERS, "en", opens=NINE, on_call=False)
    for said in (woken, alone):
        assert "Monday 23 November, 9:00 am" in said
        assert "112" in said
        for step in ("Keep the messages", "Do not pay", "Do not delete your account", "block"):
            assert step in said
    assert "Then we call someone from our team at once." in woken
    assert "called at once" not in alone
    assert "please do not wait for us" in alone


def test_a_time_that_is_not_known_is_not_promised() -> None:
    assert "We are back on" not in texts.closed(NUMBERS, "en", opens=None, on_call=False)
    assert "is back on" not in texts.no_speaker("mr", ["en"], at=None)


def test_somebody_with_another_language_hears_who_speaks_it_and_when() -> None:
    said = texts.no_speaker("mr", ["en", "hi"], at=NINE)
    assert "A person who speaks मराठी is back on Monday 23 November, 9:00 am." in said
    assert "English, हिन्दी" in said


def test_own_thoughts_are_met_with_the_limit_and_without_blame() -> None:
    limits = texts.own_thoughts_limits()
    assert "do not have to say who you are" in limits
    assert "we must help that child" in limits
    assert "Thoughts are not the same as acts" in texts.own_thoughts_hello()


def test_an_unknown_notice_is_never_given_the_words_of_another() -> None:
    assert texts.notice("no_such_code").endswith("this page has no words for.")
    assert texts.automatic("no_such_code") == "Automatic message"


@pytest.mark.parametrize(
    "text",
    [
        "Amaan: there is an answer for you",
        "Your case has news",
        "Call us on 98765 43210",
        "Please open https://there.example",
        "नमस्ते, आपकी रिपोर्ट पर जवाब है",
    ],
)
def test_i1_no_text_that_tells_a_stranger_can_be_written_down_as_approved(
    adil: User, text: str
) -> None:
    language = "en" if text.isascii() else "hi"
    with pytest.raises(NotPossible, match="locked phone"):
        approved.add_text("come_back", text=text, by=adil, **{**FACTS, "language": language})


def test_texts_to_have_approved_are_offered_in_every_language(adil: User, client: Client) -> None:
    client.force_login(adil, backend="accounts.backends.PasswordBackend")
    page = client.get("/setup/texts/").content.decode()
    for offered in approved.suggestions():
        assert offered.text.replace("'", "&#x27;") in page
    assert len(approved.suggestions()) == len(texts.template_codes()) * len(languages.OWN)
