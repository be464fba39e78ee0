"""People of a running desk, each at a browser of their own, and what the browser complained of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.processes import Desk

# A test machine is slower and busier than a desk's. What the product promises in two seconds is
# waited for longer, and measured where it matters.
PATIENCE: Final = 20_000  # milliseconds


@dataclass
class Seat:
    """One person at one browser: `page` is what they look at."""

    desk: Desk
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors, refusals by the page's policy, and requests to anybody but the desk."""
    broken: list[str] = field(default_factory=list)
    """Those of them that are never forgiven: against the policy, or to somebody else."""

    def go(self, path: str) -> int:
        """Open an address of the desk; returns the status it answered with."""
        answer = self.page.goto(self.desk.web_url + path)
        assert answer is not None
        return answer.status

    @property
    def path(self) -> str:
        """Where they are, without the desk's address."""
        return self.page.url.removeprefix(self.desk.web_url)

    def sign_in(self, name: str) -> None:
        """Sign in by the page, as a colleague of the demo does."""
        self.go("/accounts/login/")
        self.page.fill("[name=login]", f"{name}@helpline.example")
        self.page.fill("[name=password]", self.desk.password)
        self.page.locator("main form button.primary").click()
        expect(self.page.locator("details.menu:not(.more)")).to_be_visible()

    def card(self, key: str, *, inner: str = "") -> Locator:
        """A card of the case page, opened, and in it the form folded away under some words."""
        card = self.page.locator(f"#card-{key}")
        unfold(card)
        if not inner:
            return card
        form = card.locator("details").filter(has=self.page.get_by_text(inner, exact=True))
        unfold(form)
        return form

    def submit(self, part: Locator, verb: str) -> None:
        """Press a button of a part of the page and wait for the page that follows."""
        with self.page.expect_navigation():
            part.get_by_role("button", name=verb, exact=True).click()


class Seats:
    """Who sits where: everybody signs in once."""

    def __init__(self, browser: Browser, desk: Desk) -> None:
        self.browser, self.desk = browser, desk
        self.taken: dict[str, Seat] = {}
        self.everybody: list[Seat] = []

    def of(self, name: str) -> Seat:
        """The seat of a colleague, who is signed in."""
        if name not in self.taken:
            self.taken[name] = self.stranger()
            self.taken[name].sign_in(name)
        return self.taken[name]

    def stranger(self) -> Seat:
        """A browser that nobody signed in with."""
        size = {"width": 1366, "height": 768}
        context = self.browser.new_context(locale="en", viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        seat = Seat(self.desk, context, context.new_page())
        listen(seat)
        self.everybody.append(seat)
        return seat


@pytest.fixture(scope="module")
def seats(browser: Browser, real_desk: Desk) -> Iterator[Seats]:
    """Browsers at the running desk, for one file of tests."""
    expect.set_options(timeout=PATIENCE)
    found = Seats(browser, real_desk)
    yield found
    broken = [line for seat in found.everybody for line in seat.broken]
    for seat in found.everybody:
        seat.context.close()
    assert broken == [], "J5, K6: a page broke its policy, or asked somebody else"
    assert "a page broke its policy" not in real_desk.logs()
    expect.set_options(timeout=5_000)


def unfold(details: Locator) -> None:
    """Open a folded part as a person does."""
    if details.get_attribute("open") is None:
        details.locator("> summary").click()
    expect(details).to_have_attribute("open", "")


def listen(seat: Seat) -> None:
    """Note whatever the browser complains of, and every request that leaves the desk."""
    ours = seat.desk.web_url + "/"

    def asked(request: Request) -> None:
        if not request.url.startswith((ours, "data:", "blob:")):
            seat.complaints.append(f"asked {request.url.split('?')[0]}")
            seat.broken.append(seat.complaints[-1])

    def note(kind: str, text: str) -> None:
        if "Content Security Policy" in text:
            seat.broken.append(text)
        # "Not found" is an answer to whoever may not know, not a mistake of the page.
        if kind in ("error", "warning") and "status of 404" not in text:
            seat.complaints.append(text)

    seat.context.on("request", asked)
    seat.context.on("console", lambda line: note(line.type, line.text))
    seat.context.on("weberror", lambda error: note("error", str(error.error)))
