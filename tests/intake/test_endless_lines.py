"""A line made to keep us busy costs no more than its length, whoever of us reads it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from cases.thread import _gist, fold_of
from intake import danger, languages, words
from privacy.words import words_of

LENGTH: Final = 100_000
# Where a search that begins anew at each letter takes minutes, one that does not takes an instant;
# a busy machine is granted seconds.
SECONDS: Final = 8.0

LINES: Final = {
    "one word": "a" * LENGTH,
    "one number": "1" * LENGTH,
    "half an address": "a1-" * (LENGTH // 3),
    "labels": "a." * (LENGTH // 2),
    "signs of an address": "@" * LENGTH,
    "slashes": "https:/" * (LENGTH // 7),
    "other letters": "न" * LENGTH,
    "marks alone": "\u0301" * LENGTH,
    "figures between letters": "a3" * (LENGTH // 2),
    "spaces": " " * LENGTH,
}
READERS: Final[dict[str, Callable[[str], object]]] = {
    "danger": danger.find,
    "own thoughts": danger.own_thoughts,
    "language": languages.guess,
    "command": words.command_of,
    "number": words.number_of,
    "words": words_of,
    "fold": fold_of,
    "gist": lambda text: _gist(text, "link"),
}


@pytest.mark.parametrize("line", LINES)
def test_j5_an_endless_line_keeps_nobody_busy(line: str) -> None:
    with interrupted_after(SECONDS):
        for read in READERS.values():
            read(LINES[line])


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Whatever takes longer is interrupted, in the midst of a search too, and fails the test."""

    def too_long(_number: int, _frame: object) -> None:
        pytest.fail(f"still busy after {seconds} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("said", "fold"),
    [
        ("look at www.pictures.example now", "link"),
        ("it is on pictures.example.com", "link"),
        ("(https://pictures.example/one)", "link"),
        ("pictures.test/album", "link"),
        ("it is mine. come on", ""),
        ("3.5 and 4.7", ""),
    ],
)
def test_links_are_still_folded(said: str, fold: str) -> None:
    assert fold_of(said) == fold


def test_addresses_are_still_no_words() -> None:
    told = "write to asha@mail.example or @asha@x.example or https://pictures.example/one please"
    assert words_of(told) >= words_of("write please")
    assert not words_of(told) & words_of("asha mail pictures one")
