"""What people do at a running desk, step by step as they would: with the pages and nothing else."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import expect

from helpline.demo.people import COLLEAGUES
from practice.counterpart import Counterpart
from tests.browser.desk_page import Seat, Seats

PERSON_OF: Final = {one.name: one.key for one in COLLEAGUES}
SERVICE: Final = "Talking, ten weeks"
PARTNER: Final = "hello@saathi.example"
DELIVERED: Final = 30.0  # seconds after which the sweep has sent everything, bell or no bell


def open_cases(supervisor: Seat) -> dict[str, str]:
    """Every open case on the supervisor's board: its code, and the name of who holds it."""
    found: dict[str, str] = {}
    page = "?page=1"
    while page:
        supervisor.go(f"/team/{page}")
        for row in supervisor.page.locator("#main tbody[data-rows] tr").all():
            holder = row.locator("td").nth(2).inner_text().strip()
            found[row.locator("a.code").inner_text()] = holder
        following = supervisor.page.locator("#main .pager a[rel=next]")
        page = (following.get_attribute("href") or "") if following.count() else ""
    return found


def wait_for_case(supervisor: Seat, known: dict[str, str]) -> tuple[str, str]:
    """Wait until the newest case stands on the board with somebody's name: its code, their key."""

    def given() -> dict[str, str]:
        found = open_cases(supervisor)
        return {code: who for code, who in found.items() if code not in known and who in PERSON_OF}

    supervisor.desk.wait_for(given, DELIVERED)
    ((code, who),) = given().items()
    known[code] = who
    return code, PERSON_OF[who]


def open_from_work(seat: Seat, code: str) -> str:
    """Open one's own case from the list of work; returns its address."""
    seat.go("/")
    seat.page.locator("#work-list a").filter(has_text=code).click()
    expect(seat.page.locator("#case-head")).to_contain_text(code)
    return seat.path.split("?")[0]


def answer(seat: Seat, words: str) -> None:
    """Write in the composer of the open case and send it."""
    seat.page.fill("#reply", words)
    seat.submit(seat.page.locator("form.composer"), "Send")
    expect(seat.page.locator("#thread")).to_contain_text(words)


def write_down(seat: Seat, card: str, verb: str, *, inner: str = "", **facts: str) -> None:
    """Fill fields of a card of the open case by their names, and save it."""
    part = seat.card(card, inner=inner)
    for name, value in facts.items():
        field = part.locator(f"[name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    seat.submit(part, verb)


def note_place(seat: Seat, url: str) -> None:
    """Write down where a picture stands, as told by somebody of 13 to 15."""
    place = seat.card("takedowns", inner="Add a place")
    place.get_by_label("Address, account or fingerprint").fill(url)
    place.get_by_label("Age of the person in it, then").select_option("13_15")
    seat.submit(place, "Note this place")


def prepare_request(officer: Seat, code: str, route: str) -> str:
    """Choose a route for a case's new place; returns the address of the request's sheet."""
    officer.go("/takedowns/")
    officer.page.locator("ul[data-rows] a").filter(has_text=code).click()
    offer = officer.page.locator("tr", has=officer.page.get_by_text(route, exact=True))
    with officer.page.expect_navigation():
        offer.get_by_role("button").click()
    return officer.path


def refer(seat: Seat, world: Counterpart, *, fields: list[str], words: str) -> tuple[str, str]:
    """Ask a service for help with the open case: returns the partner's mail and the code."""
    page = seat.page
    seat.card("referrals").get_by_role("link", name="Ask a service for help").click()
    page.get_by_role("link", name=f"Choose {SERVICE}").click()
    for field in fields:
        page.locator(f"[name=fields_picked][value={field}]").check()
    page.locator("[name=words]").fill(words)
    seat.submit(page.locator("main"), "See exactly what would leave")
    page.locator("[name=read_out]").check()
    seat.submit(page.locator("#agreement"), "They agree")
    before = len(world.mails_to(PARTNER))
    seat.submit(page.locator("#aside"), "Send the link")
    code = page.locator(".partner-code .code").inner_text()
    seat.desk.wait_for(lambda: len(world.mails_to(PARTNER)) > before, DELIVERED)
    mail = world.mails_to(PARTNER)[before]
    return f"{mail['subject']}\n{mail['text']}", code


def enter_as_partner(seats: Seats, mail: str, code: str) -> Seat:
    """Follow the link of a mail in a browser of their own, and type the code."""
    partner = seats.stranger()
    (link,) = re.findall(r"http\S+/p/\S+", mail)
    partner.page.goto(link)
    partner.submit(partner.page.locator("main"), "Open")
    partner.page.get_by_label("Your code").fill(code)
    partner.submit(partner.page.locator("main"), "Open")
    return partner


def packet(seat: Seat) -> dict[str, str]:
    """What stands in a packet, line by line."""
    names = seat.page.locator("dl.packet dt").all_inner_texts()
    return dict(zip(names, seat.page.locator("dl.packet dd").all_inner_texts(), strict=True))
