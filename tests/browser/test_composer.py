"""The composer's script: how long an SMS is, and a window that closes while somebody types."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.installation import ROOT

pytestmark = pytest.mark.browser

PAGE = """<form><p class="verdict">
<span>closes in <span data-until="{until}" data-shuts>0:00</span></span>
<span class="sign done">safe</span><span class="sign attention" data-shut hidden>closed</span></p>
<textarea id="reply" data-longest="1600" {segments}></textarea><button class="primary">Send</button>
<span id="reply-length" data-left="%n left" data-parts="%n of %m, in %p SMS"></span></form>"""


def composer(browser: Browser, *, opens_for: timedelta, segments: bool = False) -> Page:
    page = browser.new_page()
    until = (datetime.now(UTC) + opens_for).isoformat()
    page.set_content(PAGE.format(until=until, segments="data-segments" if segments else ""))
    page.add_script_tag(path=ROOT / "static" / "composer.js")
    return page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 160, "160 of 160, in 1 SMS"),
        ("a" * 161, "161 of 306, in 2 SMS"),
        ("é" * 10, "10 of 160, in 1 SMS"),
        ("€" * 80, "160 of 160, in 1 SMS"),
        ("न" * 70, "70 of 70, in 1 SMS"),
        ("न" * 71, "71 of 134, in 2 SMS"),
        ("😀" * 35, "70 of 70, in 1 SMS"),
        ("ç" * 71, "71 of 134, in 2 SMS"),
    ],
    ids=lambda value: value[:12],
)
def test_an_sms_is_counted_as_telephones_do(browser: Browser, text: str, said: str) -> None:
    """3GPP TS 23.038: 160 letters of its alphabet, two for some, else 70; less when in parts."""
    page = composer(browser, opens_for=timedelta(hours=2), segments=True)
    page.fill("#reply", text)
    expect(page.locator("#reply-length")).to_have_text(said)
    page.close()


def test_what_is_left_is_told_only_when_it_becomes_little(browser: Browser) -> None:
    page = composer(browser, opens_for=timedelta(hours=2))
    page.fill("#reply", "a" * 1000)
    expect(page.locator("#reply-length")).to_have_text("")
    page.fill("#reply", "a" * 1590)
    expect(page.locator("#reply-length")).to_have_text("10 left")
    page.close()


def test_a_window_that_closes_while_somebody_types_says_so_and_keeps_what_was_typed(
    browser: Browser,
) -> None:
    page = composer(browser, opens_for=timedelta(seconds=2))
    page.fill("#reply", "half a sentence")
    expect(page.locator("button.primary")).to_be_enabled()
    expect(page.locator("[data-shut]")).to_be_visible(timeout=9000)
    expect(page.locator("button.primary")).to_be_disabled()
    expect(page.locator(".sign.done")).to_be_hidden()
    expect(page.locator("#reply")).to_have_value("half a sentence")
    page.close()
