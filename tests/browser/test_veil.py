"""J1 in a real browser: what was revealed or unfolded is gone when nobody looks at the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk_page import Seats
from tests.browser.working import open_cases, open_from_work, wait_for_case
from tests.leaks import marked, whatsapp
from tests.processes import Desk

pytestmark = pytest.mark.browser

PLACE = 6391
LINK = "https://pictures.example/one"


def test_j1_what_was_revealed_or_unfolded_goes_when_the_window_loses_its_focus_or_locks(
    real_desk: Desk, seats: Seats
) -> None:
    supervisor = seats.of("sofia")
    known = open_cases(supervisor)
    words = marked(f"he put it here {LINK}")
    real_desk.world.send_whatsapp(whatsapp(PLACE), words, profile_name="x")
    code, who = wait_for_case(supervisor, known)
    seat = seats.of(who)
    path = open_from_work(seat, code)
    page = seat.page
    _reveal(page)
    value = page.locator("#card-people .revealed")
    number = value.inner_text()
    assert number.startswith("+")
    fold = page.locator("#thread details.fold").first
    fold.locator("summary").click()
    expect(page.get_by_text(LINK)).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.get_by_text(LINK)).not_to_be_visible()
    expect(value).to_contain_text("•")
    assert number not in page.locator("body").inner_text()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(value).to_contain_text("•")  # coming back shows nothing by itself
    page.locator("#card-people").get_by_role("button", name="show again").click()
    expect(value).to_have_text(number)
    page.clock.install()
    seat.go(path + "?open=people")
    page.clock.fast_forward("10:05")
    expect(page.locator("#card-people .revealed")).to_have_count(0)
    assert number not in page.content(), "after their ten minutes nothing brings it back"


def _reveal(page: Page) -> None:
    card = page.locator("#card-people")
    card.locator("summary").first.click()
    card.get_by_role("link", name="reveal").first.click()
    page.select_option("[name=purpose]", "danger")
    page.fill("[name=words]", "somebody must be called")
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
