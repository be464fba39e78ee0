"""The minimiser at a running desk: in a note and in the reply, by pages and nothing else."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk_page import Seat, Seats

pytestmark = pytest.mark.browser

NUMBER = "98000 01234"


@pytest.fixture
def seat(seats: Seats) -> Seat:
    """Amina at one of her cases."""
    seat = seats.of("amina")
    seat.go("/")
    seat.go(seat.page.locator("[data-rows] a").first.get_attribute("href") or "/")
    return seat


def write(page: Page, field: str, words: str) -> Locator:
    """Type into a field that was emptied; answers the panel under it."""
    page.fill(field, "")
    page.focus(field)
    page.keyboard.insert_text(words)
    return page.locator(f".minded:near({field})").first


def test_a_number_in_the_reply_is_masked_before_it_leaves(seat: Seat) -> None:
    page = seat.page
    panel = write(page, "#reply", f"Is {NUMBER} still right?")
    expect(panel).to_contain_text(NUMBER)
    panel.get_by_role("button", name="Mask").first.click()
    seat.submit(page.locator("form.composer"), "Send")
    ours = page.locator("#thread .line.ours").last
    expect(ours).to_contain_text("Is ••• ••• •••• still right?")
    assert seat.complaints == []


def test_a_name_in_a_note_moves_to_its_card_masked_and_the_note_keeps_initials(
    seat: Seat,
) -> None:
    """The network log (`complaints`) holds nothing but the desk itself."""
    page, notes = seat.page, seat.card("notes")
    people = page.locator("#card-people")
    before = people.locator("dt", has_text="School").count()
    write(page, "#note-body", "She is in class 9 at Sunrise Public School.")
    panel = notes.locator(".minded")
    expect(panel).to_contain_text("Sunrise Public")
    if before:  # somebody wrote it down already: it can only be masked
        panel.get_by_role("button", name="Mask").first.click()
    else:
        panel.get_by_role("button", name=re.compile("Move to “School”")).click()
    seat.submit(notes, "Add note")
    expect(page.locator("#card-notes .notes")).to_contain_text("She is in class 9 at ••• School.")
    expect(page.locator("#card-people dt", has_text="School")).to_have_count(1)
    expect(page.locator("#card-people")).not_to_contain_text("Sunrise")
    assert seat.complaints == []
