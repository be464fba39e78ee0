"""Off hours: they are told once when we are back and whom to call; danger wakes who is on call."""

from datetime import timedelta

import pytest

from accounts.models import Shift, Team, User
from accounts.services import plan_shift, set_languages
from intake import registry
from intake.models import Channel, Conversation, OnCallPage, Risk
from intake.reach import LONGEST
from intake.services import reply
from privacy.access import acting
from privacy.clock import database_now
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, change, close_desk, codes, fresh, hear, said_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(team: Team, amina: User) -> Team:
    """Nobody is there before nine hours from now."""
    close_desk(team)
    return team


@pytest.fixture
def on_call(night: Team, sofia: User) -> User:
    """Sofia is on call this night."""
    now = database_now()
    plan_shift(
        sofia, team=night, starts_at=now, ends_at=now + timedelta(hours=8), on_call=True, by=None
    )
    return sofia


def test_at_night_they_hear_when_we_are_back_and_whom_to_call(night: Team) -> None:
    conversation = hear(f"hello {MARK}")
    (_hello, (code, words)) = said_back(conversation)
    assert code == "closed"
    assert "We are back on" in words
    assert "112" in words
    assert "please do not wait" in words
    assert "write NO" not in words


def test_once_in_each_closed_time(night: Team, amina: User) -> None:
    conversation = hear(f"hello {MARK}")
    hear(f"yes {MARK}")
    hear(f"are you there {MARK}")
    assert codes(conversation).count("closed") == 1
    change(conversation, away_told_at=database_now() - timedelta(days=2))
    Shift.objects.create(
        user=amina,
        team=night,
        starts_at=database_now() - timedelta(hours=20),
        ends_at=database_now() - timedelta(hours=12),
    )
    hear(f"it is night again {MARK}")
    assert codes(conversation).count("closed") == 2


def test_by_day_nobody_is_told_of_hours(amina: User) -> None:
    assert codes(hear(f"hello {MARK}")) == ["hello"]


def test_danger_with_nobody_on_call_says_so_with_numbers_and_no_false_promise(night: Team) -> None:
    ((code, words),) = said_back(hear(f"i want to kill myself {MARK}"))
    assert code == "danger"
    assert "being called" not in words
    assert "Until then, this can help" in words
    assert "Nobody here can read your message right now" in words
    assert "112" in words


@pytest.mark.parametrize("language", ["en", "hi", "hi-Latn", "ar", "fr"])
def test_every_first_text_fits_into_one_message(night: Team, language: str) -> None:
    for sender, text in (
        ("+919900000021", f"i want to kill myself {MARK}"),
        ("+919900000022", f"hello {MARK}"),
        ("+919900000023", "i have sexual thoughts about children and i am scared"),
        ("+919900000024", "HELP"),
    ):
        conversation = hear(text, sender=sender, language=language)
        assert fresh(conversation).language == language
        assert codes(conversation) != []
        lengths = [len(words) for _code, words in said_back(conversation)]
        assert max(lengths) <= LONGEST[Channel.WHATSAPP]


def test_danger_at_night_wakes_who_is_on_call(on_call: User) -> None:
    conversation = hear(f"i want to kill myself {MARK}")
    ((_code, words),) = said_back(conversation)
    assert "Someone from our team is being called" in words
    with acting(part="delivery"):
        assert OnCallPage.objects.get(conversation=conversation).user == on_call


def test_no_to_the_closed_text_is_danger_and_wakes_somebody(on_call: User) -> None:
    conversation = hear(f"hello {MARK}")
    change(conversation, step=Conversation.Step.STOPPED)
    assert "write NO" in said_back(conversation)[-1][1]
    hear("no")
    assert fresh(conversation).risk == Risk.DANGER
    with acting(part="delivery"):
        assert OnCallPage.objects.filter(conversation=conversation).exists()


def test_a_later_no_is_an_ordinary_word(on_call: User) -> None:
    conversation = hear(f"hello {MARK}")
    change(conversation, step=Conversation.Step.STOPPED)
    hear(f"ok i wait {MARK}")
    hear("no")
    assert fresh(conversation).risk == Risk.NORMAL


def test_danger_at_night_after_a_colleague_answered_by_day(
    team: Team, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[Conversation] = []
    monkeypatch.setattr(registry, "on_danger", [woken.append])
    conversation = hear(f"hello {MARK}")
    case_for(conversation)
    with acting(user=amina):
        reply(fresh(conversation), text="I am here.", by=amina)
    close_desk(team)
    hear(f"he is outside, i want to die {MARK}")
    assert codes(conversation) == ["hello", "danger"]
    assert [one.pk for one in woken] == [conversation.pk]


def test_nobody_speaks_marathi_now_they_hear_when_and_who_is_here(
    team: Team, amina: User, ben: User
) -> None:
    set_languages(ben, languages=["mr"], by=None)
    Shift.objects.filter(user=ben).update(
        starts_at=database_now() + timedelta(hours=3), ends_at=database_now() + timedelta(hours=9)
    )
    conversation = hear(f"hello {MARK}")
    hear("मराठी")
    code, words = said_back(conversation)[-1]
    assert fresh(conversation).language == "mr"
    assert code == "no_speaker"
    assert "मराठी" in words


def test_a_guessed_language_is_offered_and_a_choice_stands(amina: User) -> None:
    conversation = hear("mujhe bahut dar lag raha hai koi meri photo dikha raha hai")
    now = fresh(conversation)
    assert (now.language, now.language_from) == ("hi-Latn", "detected")
    (_code, words) = said_back(conversation)[0]
    assert "4 Français" in words
    hear("1")
    now = fresh(conversation)
    assert (now.language, now.language_from) == ("en", "chosen")
    hear("mujhe bahut dar lag raha hai koi meri photo dikha raha hai")
    assert fresh(conversation).language == "en"


def test_a_case_that_waits_follows_the_language_they_choose(team: Team) -> None:
    conversation = hear(f"hello {MARK}")
    case = case_for(conversation)
    assert case.language == "en"
    hear("4")
    assert case_for(conversation).language == "fr"


def test_a_pressed_button_counts_as_words(amina: User) -> None:
    conversation = hear(f"hello {MARK}")
    hear("", button="no", notice="button")
    assert fresh(conversation).risk == Risk.DANGER


def test_by_mail_hello_limits_and_numbers_go_in_one(amina: User) -> None:
    conversation = hear(f"hello {MARK}", channel="email", sender="asha@mail.example")
    ((_code, words),) = said_back(conversation)
    assert "Are you safe right now?" in words
    assert "how we keep" in words
    assert "112" in words
