"""The colours of the sheet can be read: AA everywhere, AAA for what people wrote."""

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "static" / "site.css").read_text("utf-8")
GROUNDS = ("paper", "sheet", "sunk", "accent-soft")


def colours(opening: str) -> dict[str, str]:
    """The colour tokens of the block that opens with these words, by name."""
    block = SHEET.split(opening + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


LIGHT = colours("\n:root")
DARK = colours('\n:root[data-theme="dark"]')
SCALES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("scale", "ground"), [*product(SCALES, GROUNDS)])
def test_what_people_wrote_reads_at_aaa(scale: str, ground: str) -> None:
    assert contrast(SCALES[scale]["ink"], SCALES[scale][ground]) >= 7


@pytest.mark.parametrize(
    ("scale", "text", "ground"),
    [
        *product(SCALES, ("ink-soft", "accent", "danger", "attention", "done"), GROUNDS),
        *(
            (scale, name, f"{name}-soft")
            for scale in SCALES
            for name in ("danger", "attention", "done")
        ),
        *product(SCALES, ("ink",), ("danger-soft", "attention-soft", "done-soft")),
        *product(SCALES, ("on-accent",), ("accent",)),
        *product(SCALES, ("paper",), ("ink",)),
    ],
)
def test_every_other_word_reads_at_aa(scale: str, text: str, ground: str) -> None:
    assert contrast(SCALES[scale][text], SCALES[scale][ground]) >= 4.5


@pytest.mark.parametrize(("scale", "ground"), [*product(SCALES, GROUNDS)])
def test_the_edge_of_a_field_can_be_seen(scale: str, ground: str) -> None:
    assert contrast(SCALES[scale]["edge"], SCALES[scale][ground]) >= 3


def test_the_systems_dark_and_the_chosen_dark_are_the_same() -> None:
    assert colours(':root:not([data-theme="light"])') == DARK
    assert DARK.keys() == LIGHT.keys()


def test_the_sheet_is_small_and_knows_no_left_or_right() -> None:
    assert len(SHEET.encode()) <= 40_000
    sided = r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)|left|right|float)\s*:"
    assert not re.search(sided, SHEET)
    assert "url(" not in SHEET
    assert "gradient" not in SHEET
