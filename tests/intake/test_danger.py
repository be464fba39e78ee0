"""Words of danger are heard in every language, however they are spelt, and little else is."""

import json
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from accounts.models import Team
from intake import danger, languages
from intake.models import Conversation, Risk
from intake.writing import raise_risk
from privacy.access import acting
from reference.reading import is_code
from tests import people

WRITTEN = Path(__file__).parent.parent / "wording"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("I don’t want to LIVE anymore", "self_harm_or_suicide"),
        ("i wanna dieeee", "self_harm_or_suicide"),
        ("thinking about suicide...", "self_harm_or_suicide"),
        ("He said he will kill me", "imminent_danger"),
        ("he is BLACKMAILING me", "ongoing_extortion"),
        ("मैं मरना चाहती हूँ", "self_harm_or_suicide"),
        ("वो मुझे मार डालेगा", "imminent_danger"),
        ("वह फ़ोटो वायरल कर देगा", "ongoing_extortion"),
        ("main marna chahti hu", "self_harm_or_suicide"),
        ("Jeena nahi chahta yaar", "self_harm_or_suicide"),
        ("bachao!!", "imminent_danger"),
        ("أُريدُ أن أموت", "self_harm_or_suicide"),
        ("سأنتحر الليلة", "self_harm_or_suicide"),
        ("هو يهددني", "ongoing_extortion"),
        ("J’ai envie de mourir", "self_harm_or_suicide"),
        ("il m'a enfermée", "imminent_danger"),
        ("c'est du chantage", "ongoing_extortion"),
    ],
)
def test_it_is_heard(text: str, flag: str) -> None:
    assert flag in {hit.flag for hit in danger.find(text)}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "he has my picture", "नमस्ते", "مرحبا", "bonjour", "my skill is low", "dieting"],
)
def test_it_is_not_heard_in_other_words(text: str) -> None:
    assert danger.find(text) == []


def test_self_harm_is_danger_and_extortion_is_urgent() -> None:
    assert danger.level(danger.find("suicide, blackmail")) == Risk.DANGER
    assert danger.level(danger.find("blackmail")) == Risk.URGENT
    assert danger.level([]) == Risk.NORMAL


def corpus(kind: str) -> dict[str, Any]:
    """Every set of that kind, by language: those the lists were made beside, and later ones."""
    found: dict[str, Any] = {}
    for path in sorted(WRITTEN.glob(f"{kind}*.json")):
        for code, said in json.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(said, list):
                found.setdefault(code, []).extend(said)
            else:
                for flag, phrases in said.items():
                    found.setdefault(code, {}).setdefault(flag, []).extend(phrases)
    return found


def test_few_harmless_sentences_are_taken_for_danger() -> None:
    sentences = [said for many in corpus("harmless").values() for said in many]
    alarms = [said for said in sentences if danger.find(said)]
    print(f"false alarms: {len(alarms)} of {len(sentences)}")
    assert len(set(sentences)) >= 200
    assert len(alarms) <= 0.02 * len(sentences), alarms


@pytest.mark.parametrize("code", [*languages.OWN, "mr"])
def test_danger_is_heard_in_varied_spelling(code: str) -> None:
    said = [(flag, one) for flag, many in corpus("danger_said")[code].items() for one in many]
    missed = [one for flag, one in said if flag not in {hit.flag for hit in danger.find(one)}]
    print(f"{code}: {len(said) - len(missed)} of {len(said)} heard")
    assert len(said) >= (40 if code in languages.OWN else 20)
    assert len(missed) <= 0.05 * len(said), missed


@pytest.mark.parametrize("code", languages.OWN)
def test_a_long_text_is_read_in_time(code: str) -> None:
    said = [one for many in corpus("danger_said")[code].values() for one in many]
    text = " ".join(said * 20)[:20_000]
    danger.find(text)  # lists are read once
    before = process_time()
    assert danger.find(text)
    danger.own_thoughts(text)
    assert process_time() - before < 1


@pytest.mark.parametrize(
    "text",
    [
        "i am attracted to kids",
        "Im sexually attracted to little girls",
        "am I a pedophile?",
        "i keep having sexual thoughts about children and i hate it",
        "i watched cp once",
        "i am afraid i might hurt a child",
        "मुझे छोटी बच्चियों के प्रति आकर्षण होता है",
        "मेरे मन में बच्चों के लिए गंदे विचार आते हैं",
        "mujhe bachon ke liye gande khayal aate hain",
        "kya main pedophile hu",
        "أنا أنجذب إلى الأطفال",
        "عندي ميول تجاه الأطفال",
        "أفكر في أطفال بطريقة جنسية وأخاف من نفسي",
        "main bachon ke baare mein galat sochta hoon",
        "je suis attiré par les enfants",
        "J'ai des pensées sexuelles envers des enfants",
        "je pense à des enfants de façon sexuelle, aidez-moi",
    ],
)
def test_worry_about_own_thoughts_is_heard(text: str) -> None:
    assert danger.own_thoughts(text)


@pytest.mark.parametrize(
    "text",
    [
        "he is attracted to kids",
        "he said i am attracted to kids",
        "i think my uncle is a pedophile",
        "my teacher told me i have sexual thoughts about children",
        "he touches kids",
        "i am a kid and he touches me",
        "i am attracted to a boy in my class",
        "i like kids, i want to be a teacher",
        "he watches cp",
        "वह बच्चों की तरफ आकर्षित है",
        "मुझे लगता है वह बच्चों की तरफ आकर्षित है",
        "mujhe bachon se pyar hai, teacher banungi",
        "wo bachon ko gande message karta hai",
        "هو ينجذب إلى الأطفال",
        "قال أنا منجذب للأطفال",
        "أحب الأطفال",
        "هو يفكر في أطفال بطريقة جنسية",
        "wo bachon ke baare mein galat sochta hai",
        "il est attiré par les enfants",
        "mon oncle est pédophile",
        "j'aime les enfants, je veux être prof",
        "",
    ],
)
def test_who_tells_of_somebody_else_is_not_meant(text: str) -> None:
    assert not danger.own_thoughts(text)


def test_no_harmless_or_frightened_sentence_is_taken_for_own_thoughts() -> None:
    told = [
        one for flags in corpus("danger_said").values() for many in flags.values() for one in many
    ]
    harmless = [one for many in corpus("harmless").values() for one in many]
    assert [one for one in told + harmless if danger.own_thoughts(one)] == []


def test_a_phrase_is_shown_as_the_list_spells_it() -> None:
    assert [hit.entry for hit in danger.find("he will KILLLL me!!")] == ["en: will kill me"]


@pytest.mark.usefixtures("db")
def test_every_flag_of_the_lists_is_a_risk_flag() -> None:
    lists = json.loads(files("intake").joinpath("danger_words.json").read_text(encoding="utf-8"))
    assert set(lists) == {*languages.OWN, "mr"}
    for flags in lists.values():
        assert set(flags) == set(danger.LEVELS)
    assert all(is_code("risk_flag", flag) for flag in danger.LEVELS)


def test_the_level_is_raised_and_never_lowered(team: Team) -> None:
    conversation = people.arrive("hello", team=team)
    with acting(part="intake"):
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "en: suicide"})
        raise_risk(conversation, risk=Risk.NORMAL, flags={})
        raise_risk(conversation, risk=Risk.URGENT, flags={"ongoing_extortion": "en: blackmail"})
        found = Conversation.objects.get(pk=conversation.pk)
        assert found.risk == Risk.DANGER
