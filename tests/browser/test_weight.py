"""No page makes a phone on a slow line load more than 60 kB of our own style and script."""

import re

import httpx
import pytest
from playwright.sync_api import Response

from tests.browser.desk_page import Seat, Seats
from tests.browser.pages import PAGES, Shown

pytestmark = pytest.mark.browser

MOST = 60_000  # bytes before compression; vendored code is not ours and not counted
OURS = re.compile(r"/static/(?!vendor/)[^?]*\.(css|js)$")
WRITTEN_IN = re.compile(r"<(style|script)\b[^>]*>(.*?)</\1>", re.DOTALL)


def weigh(seat: Seat, shown: Shown) -> int:
    """How many bytes of our own style and script a page loads and holds."""
    loaded: set[str] = set()

    def note(answer: Response) -> None:
        if OURS.search(answer.url.split("?")[0]):
            loaded.add(answer.url)

    seat.context.on("response", note)
    seat.go(shown.url)
    if shown.follow:
        loaded.clear()
        seat.go(seat.page.locator(shown.follow).first.get_attribute("href") or "/")
    seat.page.wait_for_load_state("networkidle")
    seat.context.remove_listener("response", note)
    files = sum(len(httpx.get(url).content) for url in loaded)
    inside = sum(len(text) for _tag, text in WRITTEN_IN.findall(seat.page.content()))
    return files + inside


@pytest.mark.parametrize("shown", PAGES, ids=[shown.name for shown in PAGES])
def test_a_page_is_light(seats: Seats, shown: Shown) -> None:
    seat = seats.of(shown.person) if shown.person else seats.stranger()
    assert 0 < weigh(seat, shown) <= MOST
