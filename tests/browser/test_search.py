"""Search at a real browser: by keyboard, leaving nothing in address, title, storage or history."""

from playwright.sync_api import expect

from tests.browser.desk_page import Seats

ASKED = "umbrella rainstorm"


def test_search_goes_by_keyboard_and_leaves_no_word_behind(seats: Seats) -> None:
    seat = seats.of("amina")
    page = seat.page
    seat.go("/search/")
    page.keyboard.press("/")
    expect(page.locator("#search-words")).to_be_focused()
    page.keyboard.type(ASKED)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No case of yours")).to_be_visible()
    expect(page.locator("#search-words")).to_have_value(ASKED)
    kept = page.evaluate(
        "() => JSON.stringify([location.href, document.title, history.state,"
        " {...localStorage}, {...sessionStorage}, document.cookie])"
    )
    assert "umbrella" not in kept
    assert seat.path == "/search/#found"  # a long form does not hide what was found


def test_what_is_found_is_walked_and_opened_by_keyboard(seats: Seats) -> None:
    seat = seats.of("amina")
    page = seat.page
    seat.go("/search/")
    page.select_option("#search-status", "open")
    seat.submit(page.locator("#search"), "Search")
    rows = page.locator("tbody[data-rows] a")
    assert rows.count() > 0
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert seat.path.startswith("/cases/")
    assert seat.complaints == []
