"""The minimiser's own files served to a real browser as a page would have them, without a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route

from tests.installation import ROOT

ORIGIN: Final = "http://minimiser.test"
KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
FIND: Final = """async (texts) => {
    const { find } = await import("/static/minimiser/detect.js");
    return texts.map((text) => find(text));
}"""


@contextmanager
def blank_page(browser: Browser, html: str = "<!doctype html><title>.</title>") -> Iterator[Page]:
    """A page of our own origin that has our static files; everything else it asks for fails."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = ROOT / path.lstrip("/")
        if path == "/":
            route.fulfill(body=html, content_type="text/html")
        elif path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
        else:
            route.abort()

    page = browser.new_page()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


def find(browser: Browser, texts: list[str]) -> list[list[dict[str, Any]]]:
    """What the detector finds in each of some texts."""
    with blank_page(browser) as page:
        found: list[list[dict[str, Any]]] = page.evaluate(FIND, texts)
    return found
