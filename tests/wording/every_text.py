"""Every automatic text, as it goes out, in every language; new functions must be added here."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product

from intake import languages, texts
from intake.looks import MOST_LINES
from intake.texts.own import purposes, roles
from reference.models import EmergencyNumber

OPENS = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
# Texts of `intake.texts` that a young person never reads or hears.
FOR_COLLEAGUES = {"notice", "automatic", "call_whisper", "call_back_whisper", "call_back_gone"}
# What helps to make texts, and is none.
NO_TEXT = {"LANGUAGES", "Seen", "template_codes", "day_and_time"}

# What stands on a page that they open themselves, and not in the first lines of a message.
ON_A_PAGE = {name for name in texts.__all__ if name.startswith("copy_")} - {
    "copy_link",
    "copy_offer",
}

Made = list[str]
_LOOKS = [texts.Seen(role, "help", 1, OPENS) for role in roles()] + [
    texts.Seen("holder", why, 5, OPENS) for why in purposes()
]
NUMBERS = [
    EmergencyNumber(
        number="112",
        label_en="Emergency services",
        label_hi="आपातकालीन सेवा",
        label_ar="خدمات الطوارئ",
        label_fr="Urgences",
    )
]


def batched(looks: list[texts.Seen], size: int) -> Iterator[list[texts.Seen]]:
    """As many as one answer tells of, at a time."""
    for at in range(0, len(looks), size):
        yield looks[at : at + size]


def _samples(language: str) -> dict[str, Callable[[], Made]]:
    """By the function's name: every variant of its text."""
    times, truths = (OPENS, None), (True, False)
    return {
        "danger": lambda: [
            texts.danger(NUMBERS, language, on_call=on_call, opens=opens)
            for on_call, opens in product(truths, times)
        ],
        "closed": lambda: [
            texts.closed(NUMBERS, language, on_call=on_call, opens=opens)
            for on_call, opens in product(truths, times)
        ],
        "call_closed": lambda: [
            texts.call_closed(NUMBERS, language, on_call=on_call, opens=opens)
            for on_call, opens in product(truths, times)
        ],
        "help_now": lambda: [
            texts.help_now(NUMBERS, language, here=here, opens=opens)
            for here, opens in product(truths, times)
        ],
        "nobody_here": lambda: [texts.nobody_here(opens) for opens in times],
        "status_promise": lambda: [texts.status_promise(OPENS)],
        "status_arranged": lambda: [texts.status_arranged(done=done) for done in truths],
        "call_numbers": lambda: [texts.call_numbers(NUMBERS, language)],
        "no_speaker": lambda: [
            texts.no_speaker("mr", others, at=at) for others, at in product(([], ["en"]), times)
        ],
        "media": lambda: [texts.media(kind) for kind in ("audio", "image", "document")],
        "delete_done": lambda: [texts.delete_done(OPENS)],
        "delete_sealed": lambda: [
            texts.delete_sealed(reason, OPENS.date())
            for reason in ("police", "court", "regulator", "complaint")
        ],
        "seen_answer": lambda: [
            texts.seen_answer([]),
            texts.seen_answer(_LOOKS[:1], more=True),
            *(texts.seen_answer(some) for some in batched(_LOOKS, MOST_LINES)),
        ],
        "copy_title": lambda: [
            texts.copy_title(code)
            for code in (
                *("said", "reached", "noted", "agreed"),
                *("takedowns", "referrals", "left_out"),
            )
        ],
        "copy_said": lambda: [
            texts.copy_said(OPENS, words, theirs=theirs)
            for words, theirs in product(("…", None), truths)
        ],
        "copy_fact": lambda: [
            texts.copy_fact(code, "…")
            for code in (
                *("call_me", "name", "school", "age", "gender", "address"),
                *("safe_words", "summary", "safety_plan", "child_view"),
            )
        ],
        "copy_agreed": lambda: [
            texts.copy_agreed(purpose, OPENS, withdrawn=withdrawn)
            for purpose, withdrawn in product(
                ("follow_up", "takedown", "referral", "police", "research", "other"), truths
            )
        ],
        "copy_takedown": lambda: [texts.copy_takedown("…", OPENS, done=done) for done in truths],
        "copy_referral": lambda: [texts.copy_referral("…", OPENS)],
        "copy_left_out": texts.copy_left_out,
        "copy_link": lambda: [texts.copy_link("https://there.example/x", OPENS)],
        "status_progress": lambda: [
            texts.status_progress(done, total, next_by=by)
            for (done, total), by in product([(0, 1), (1, 2), (3, 5), (9, 11), (0, 23)], times)
        ],
        "limited": lambda: [texts.limited(OPENS)],
        "late": lambda: [texts.late(OPENS)],
        "link": lambda: [texts.link("own_link", {"link": "https://there.example/x"})],
        "template": lambda: [texts.template(code) for code in texts.template_codes()],
        "call_languages": lambda: [line for _key, _code, line in texts.call_languages()],
        "call_hold": lambda: [
            texts.call_hold(place, minutes) for place, minutes in [(1, 1), (2, 2), (5, 12)]
        ],
        "call_goodbye": lambda: [texts.call_goodbye(safe=safe) for safe in truths],
    }


def names() -> list[str]:
    """The functions of `intake.texts` whose texts young people read or hear."""
    return sorted(set(texts.__all__) - FOR_COLLEAGUES - NO_TEXT)


def every_text(language: str) -> dict[str, str]:
    """ "name" or "name 2" to the text, in one language."""
    samples = _samples(language)
    found = {}
    with languages.speaking(language):
        for name in names():
            made = samples[name]() if name in samples else [getattr(texts, name)()]
            for place, text in enumerate(made, start=1):
                found[name if place == 1 else f"{name} {place}"] = text
    return found
