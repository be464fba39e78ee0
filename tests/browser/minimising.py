"""The minimiser's own files served to a real browser as a page would have them, without a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, Page, Request, Route

from tests.installation import ROOT

ORIGIN: Final = "http://minimiser.test"
KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
POLICY: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
}
FIND: Final = """async (texts) => {
    const { find } = await import("/static/minimiser/detect.js");
    return texts.map((text) => find(text));
}"""


@dataclass
class Blank:
    """A page, and what it asked for."""

    page: Page
    posted: list[tuple[str, str]] = field(default_factory=list)
    """Forms that were sent: address and body."""
    told: set[str] = field(default_factory=set)
    """Wherever it sent anything at all, by whatever means, or asked for what is not ours."""
    refuses: bool = False
    """Whether a post is answered as a form with errors is."""


@contextmanager
def blank_page(browser: Browser, html: str = "<!doctype html><title>.</title>") -> Iterator[Blank]:
    """A page of an origin of its own that has our static files and takes what is posted."""
    blank = Blank(browser.new_page())

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = ROOT / path.lstrip("/")
        if route.request.method == "POST":
            blank.posted.append((path, route.request.post_data or ""))
            route.fulfill(status=422) if blank.refuses else route.fulfill(
                status=302, headers={"location": "/"}
            )
        elif path == "/":
            route.fulfill(body=html, content_type="text/html", headers=POLICY)
        elif path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        else:
            route.abort()

    def note(request: Request) -> None:
        path = request.url.removeprefix(ORIGIN)
        if request.method != "GET" or not (path == "/" or path.startswith("/static/")):
            blank.told.add(path)

    blank.page.route("**/*", answer)
    blank.page.on("request", note)
    blank.page.goto(f"{ORIGIN}/")
    yield blank
    blank.page.close()


def find(browser: Browser, texts: list[str]) -> list[list[dict[str, Any]]]:
    """What the detector finds in each of some texts."""
    with blank_page(browser) as blank:
        found: list[list[dict[str, Any]]] = blank.page.evaluate(FIND, texts)
    return found
