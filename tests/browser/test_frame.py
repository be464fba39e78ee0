"""The frame of the pages: it fits, hides at once, is worked by keyboard, asks nobody else."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Browser, Page, Route

ORIGIN = "http://desk.example"
STATIC = Path(__file__).parents[2] / "static"
DESK = Path(__file__).with_name("desk.html")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CONTEXT = {
    "nav": [{"label": "Desk", "url": "#", "current": True}, {"label": "Takedowns", "url": "#"}],
    "shift": {"on": True, "label": "on shift", "since": "3:12", "url": "#"},
    "languages": [{"code": "en", "label": "English", "current": True}],
    "user": SimpleNamespace(is_authenticated=True),
    "hide_url": f"{ORIGIN}/away",
    "quick_exit_url": f"{ORIGIN}/away",
    "search_url": "/find",
    "lock_url": f"{ORIGIN}/away",
    "idle_seconds": 600,
    "codes": [f"KA-{number}XY" for number in range(10, 40)],
}
Show = Callable[..., Page]


def page_html(name: str, language: str) -> str:
    with translation.override(language):
        if name == "desk":
            return engines["django"].from_string(DESK.read_text("utf-8")).render(CONTEXT)
        return render_to_string(f"{name}.html", CONTEXT)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said no to."""
    return []


@pytest.fixture
def show(browser: Browser, complaints: list[str]) -> Iterator[Show]:
    """Opens a page of ours as the server would send it; nothing else can be reached."""
    opened = []

    def open_page(
        name: str, width: int = 1366, height: int = 768, language: str = "en", clock: bool = False
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        opened.append(context)
        page = context.new_page()
        if clock:
            page.clock.install()

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(ORIGIN)
            headers = {"content-security-policy": POLICY}
            if path.startswith("/static/"):
                file = STATIC / path.removeprefix("/static/")
                kind = KINDS[file.suffix]
                route.fulfill(body=file.read_bytes(), content_type=kind, headers=headers)
            elif path in {"/before", "/away"}:
                route.fulfill(body=f"<title>{path}</title>", content_type="text/html")
            elif path == "/page":
                body = page_html(name, language)
                route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)
            else:
                complaints.append(f"asked for {path}")
                route.abort()

        page.route("**/*", answer)
        page.on("console", lambda line: complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{ORIGIN}/before")
        page.goto(f"{ORIGIN}/page")
        return page

    yield open_page
    for context in opened:
        context.close()


def overflow(page: Page) -> tuple[int, int]:
    """How many pixels the page is wider and higher than its window."""
    wide, high = page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth,"
        " document.documentElement.scrollHeight - innerHeight]"
    )
    return wide, high


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_desk_shows_the_work_without_scrolling(show: Show, language: str) -> None:
    page = show("desk", language=language)
    assert overflow(page) == (0, 0)
    assert page.locator("#work").is_visible()
    assert page.locator("#main").is_visible()
    assert page.locator("#aside").is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (683, 384), (1024, 768)])
def test_no_window_is_too_narrow(show: Show, width: int, height: int, language: str) -> None:
    page = show("desk", width, height, language)
    assert overflow(page)[0] == 0
    assert page.locator("#reply").is_visible()
    page.locator(".tabs a[href='#work']").click()
    assert page.locator("#work").is_visible()
    assert not page.locator("#main").is_visible()
    assert overflow(page)[0] == 0


def test_a_phone_shows_the_case_on_its_own_tab(show: Show) -> None:
    page = show("desk", 360, 740)
    assert not page.locator("#aside").is_visible()
    page.locator(".tabs a[href='#aside']").click()
    assert page.locator("#aside").is_visible()
    assert page.locator(".tabs [aria-current]").inner_text() == "Case"


@pytest.mark.parametrize("name", ["desk", "404", "account/login"])
def test_k6_a_page_asks_nobody_else_for_anything(
    show: Show, complaints: list[str], name: str
) -> None:
    show(name).wait_for_load_state("networkidle")
    assert complaints == []


@pytest.mark.parametrize("name", ["desk", "404"])
def test_j2_escape_twice_leaves_and_back_does_not_return(show: Show, name: str) -> None:
    page = show(name)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**/away")
    page.go_back()
    assert page.url == f"{ORIGIN}/before"


def test_escape_once_leaves_the_page_alone(show: Show) -> None:
    page = show("desk")
    page.keyboard.press("Escape")
    page.wait_for_timeout(800)
    page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    assert page.url == f"{ORIGIN}/page"


def test_j2_hiding_empties_the_page_before_it_leaves(show: Show) -> None:
    page = show("404")
    # One breath of the page's own script: nothing else can have run in between.
    left = page.evaluate(
        "(document.querySelector('[data-hide]').click(),"
        " [document.body.textContent.trim(), document.title])"
    )
    assert left == ["", "\u200b"]
    page.wait_for_url("**/away")


def test_a_screen_nobody_sits_at_empties_itself(show: Show) -> None:
    page = show("desk", clock=True)
    page.clock.run_for("09:00")
    page.keyboard.press("Shift")
    page.clock.run_for("09:00")
    assert page.url == f"{ORIGIN}/page"
    page.clock.run_for("01:10")
    page.wait_for_url("**/away")


def test_the_list_is_walked_by_keys(show: Show) -> None:
    page = show("desk")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert "KA-11XY" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"


def test_letters_typed_into_a_field_stay_letters(show: Show) -> None:
    page = show("desk")
    page.keyboard.press("r")
    page.keyboard.type("jr?/")
    assert page.locator("#reply").input_value() == "jr?/"


def test_a_question_mark_shows_the_keys(show: Show) -> None:
    page = show("desk")
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()


def test_a_public_page_is_light_and_tells_nothing_in_its_title(show: Show) -> None:
    page = show("404")
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', page.content())
    weight = len(page.content().encode()) + sum((STATIC / file).stat().st_size for file in files)
    assert weight < 60_000
    assert "Amaan" not in page.content()
