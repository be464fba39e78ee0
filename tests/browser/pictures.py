"""Takes the pictures of the main pages into var/pictures; `script/pictures` calls it.

Needs a running demo helpline. Every page in every language, window and colour scheme, or those
that --only names. Says which page answered with an error or is wider than its window; then exits 1.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.pages import LANGUAGES, PAGES, SCHEMES, WINDOWS, Shown

ROOT = Path(__file__).parents[2]


def main() -> int:
    """0 when every page was fine, else 1."""
    wishes = arguments()
    wishes.into.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        for person in dict.fromkeys(shown.person for shown in PAGES):
            pages = [s for s in PAGES if s.person == person and s.name in wishes.only]
            if pages:
                wrong += take(browser, wishes, person, pages)
        browser.close()
    print(f"{wishes.into}: {wrong} of the pictures show a mistake", flush=True)
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    """Where the helpline is, how its demo people sign in, which pictures."""
    parser = argparse.ArgumentParser(prog="script/pictures", description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--domain", default="helpline.example", help="of the demo people's e-mail")
    parser.add_argument("--into", type=Path, default=ROOT / "var" / "pictures")
    parser.add_argument("--only", nargs="*", default=[shown.name for shown in PAGES])
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--windows", nargs="*", default=list(WINDOWS))
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    return parser.parse_args()


def take(browser: Browser, wishes: argparse.Namespace, person: str, pages: list[Shown]) -> int:
    """All pictures of one person's pages, signed in once; how many show a mistake."""
    state = sign_in(browser, wishes, person) if person else None
    wrong = 0
    for language, window, scheme in product(wishes.languages, wishes.windows, wishes.schemes):
        width, height = WINDOWS[window]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            storage_state=state,
        )
        speak(context, wishes.address, language)
        page = context.new_page()
        for shown in pages:
            name = f"{shown.name}-{language}-{window}-{scheme}"
            for mistake in mistakes(page, wishes.address, shown, width):
                print(f"{name}: {mistake}", flush=True)
                wrong += 1
            page.screenshot(path=wishes.into / f"{name}.png")
        context.close()
    return wrong


def sign_in(browser: Browser, wishes: argparse.Namespace, person: str) -> StorageState:
    """Sign in by the page itself; returns the session's cookies."""
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{wishes.address}/accounts/login/")
    page.fill("[name=login]", f"{person}@{wishes.domain}")
    page.fill("[name=password]", os.environ["DEMO_PASSWORD"])
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    if "/login/" in page.url:
        raise SystemExit(f"{person} could not sign in; is this the demo helpline?")
    state = context.storage_state()
    context.close()
    return state


def speak(context: BrowserContext, address: str, language: str) -> None:
    """Choose the language as the switch on the page does."""
    context.add_cookies([{"name": "language", "value": language, "url": address}])


def mistakes(page: Page, address: str, shown: Shown, width: int) -> Iterator[str]:
    """Open the page and say what is wrong with it."""
    answer = page.goto(address + shown.url)
    for link in filter(None, (shown.follow, shown.then)):
        if not page.locator(link).count():
            yield f"no {link} to follow"
            break
        href = page.locator(link).first.get_attribute("href") or "/"
        with page.expect_navigation() as following:
            page.goto(urljoin(page.url, href))
        answer = following.value
    expected = {200, 404} if shown.name == "nothing-here" else {200}
    if answer is None or answer.status not in expected:
        yield f"answered {answer.status if answer else 'nothing'}"
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        yield f"is {wide - width} pixels wider than its window"


if __name__ == "__main__":
    sys.exit(main())
