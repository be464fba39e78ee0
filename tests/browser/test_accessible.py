"""Every page for everybody: axe finds nothing, keys reach everything, nothing is too narrow.

Run on the running desk with its demo, so on pages as people have them. Whatever the browser
complains of (an error, a refusal by the page's policy, a request to anybody else) fails too.
"""

from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk_page import Seat, Seats
from tests.browser.pages import PAGES, Shown
from tests.installation import ROOT

pytestmark = pytest.mark.browser

AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE: Final = (1366, 768)
NARROW: Final = {"a small phone": (360, 740), "200 % zoom": (683, 384)}
# Told in short, so that a failure says which part of which rule.
SAY: Final = """async () => (await axe.run()).violations.flatMap(rule => rule.nodes.map(
    part => `${rule.id}: ${part.target.join(' ')} ${part.html.slice(0, 120)}`))"""


@pytest.fixture(scope="module")
def nobody(seats: Seats) -> Seat:
    """A browser that nobody signed in with."""
    return seats.stranger()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_is_for_everybody(seats: Seats, nobody: Seat, shown: Shown, language: str) -> None:
    seat = seats.of(shown.person) if shown.person else nobody
    visit(seat, shown, language)
    page = seat.page
    assert found_by_axe(page) == []
    for name, (width, height) in NARROW.items():
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) == 0, name
    unfold_all(page)
    assert overflow(page) == 0, "with everything unfolded"
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert found_by_axe(page) == []
    assert seat.complaints == []


@pytest.mark.parametrize(
    "verb", ["print/", "hand-over/", "close/", "refer/", "takedowns/add/", "takedowns/link/"]
)
def test_a_verb_of_a_case_is_for_everybody(seats: Seats, verb: str) -> None:
    seat = seats.of("amina")
    visit(seat, CASE, "en")
    assert seat.go(f"{seat.path}{verb}") == 200
    assert found_by_axe(seat.page) == []
    seat.page.set_viewport_size({"width": 360, "height": 740})
    assert overflow(seat.page) == 0
    seat.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def test_the_keyboard_reaches_the_composer(seats: Seats) -> None:
    page = visit(seats.of("amina"), CASE, "en")
    page.keyboard.press("Tab")
    assert "Skip to the work" in focused(page)["text"]
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        if focused(page)["id"] == "reply":
            break
    assert focused(page)["id"] == "reply"
    page.keyboard.type("typed without a mouse")
    expect(page.locator("#saved")).to_have_text("draft kept")
    page.fill("#reply", "")


def test_the_keyboard_opens_every_card(seats: Seats) -> None:
    page = visit(seats.of("amina"), CASE, "en")
    folded = page.locator("#aside details.card > summary")
    for card in folded.all():
        was = card.evaluate("summary => summary.parentElement.open")
        card.focus()
        page.keyboard.press("Enter")
        assert card.evaluate("summary => summary.parentElement.open") is not was


def test_escape_twice_hides_a_case(seats: Seats) -> None:
    page = visit(seats.of("amina"), CASE, "en")
    code = page.locator("#case-head .code").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/hidden/")
    assert code not in page.content()
    page.go_back()
    assert "/cases/" not in page.url


CASE: Final = next(shown for shown in PAGES if shown.name == "case")


def visit(seat: Seat, shown: Shown, language: str) -> Page:
    """Open a page of the list as its person sees it, in a language."""
    cookie = {"name": "language", "value": language, "url": seat.desk.web_url}
    seat.context.add_cookies([cookie])  # type: ignore[list-item]
    seat.complaints.clear()
    seat.go(shown.url)
    for link in filter(None, (shown.follow, shown.then)):
        href = seat.page.locator(link).first.get_attribute("href") or ""
        path = href if href.startswith("/") else urlsplit(seat.page.url).path + href
        seat.go(path)
    expect(seat.page.locator("html")).to_have_attribute("lang", language)
    return seat.page


def found_by_axe(page: Page) -> list[str]:
    """What axe says against the page; evaluated, because the page's policy allows no script."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(SAY)
    return found


def unfold_all(page: Page) -> None:
    """Open everything that is folded, except menus that lie over the page."""
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(d => { d.open = true })")


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


def focused(page: Page) -> dict[str, Any]:
    """What has the focus."""
    found: dict[str, Any] = page.evaluate(
        "(one => ({id: one.id, text: one.textContent}))(document.activeElement)"
    )
    return found
