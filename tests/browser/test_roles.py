"""Each at their own browser sees their row of the table and no more, in a case full of marks.

The marks are planted through the pages, as a counsellor works. Then everybody walks every page they
are offered, and tries the addresses of this one case by hand: pages, live fragments, print, API.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page import Seat, Seats
from tests.browser.working import (
    answer,
    enter_as_partner,
    note_place,
    open_cases,
    open_from_work,
    prepare_request,
    refer,
    wait_for_case,
    write_down,
)
from tests.leaks import WORD, number, whatsapp
from tests.processes import Desk

pytestmark = pytest.mark.browser

PLACE: Final = 4417  # of the reporter among the session's numbers
NARRATIVE: Final = (
    *("told", "answered", "drafted", "callme", "summary", "plan", "note", "task", "whyrisk"),
    *("sheet", "promised", "donotask"),
)
LOCATOR: Final = ("address", "reference")
IDENTITY: Final = ("realname", "school")
CONTACT: Final = ("codeword", "number")
CATEGORY: Final = ("region",)
PACKET: Final = ("packet", "callme")
WORK: Final = {*NARRATIVE, *LOCATOR, *CATEGORY, *PACKET, "code"}

# Who may find what, from the table of who sees what; a mask shows a shape and no mark.
MAY_FIND: Final = {
    "amina": WORK | {"realname"},  # opened by her for ten minutes, with a purpose
    "ben": set(),
    "tariq": {*LOCATOR, *CATEGORY, "code"},
    "rana": {*PACKET, *CATEGORY, "code"},
    "partner": {*PACKET, "codeword"},  # how it is safe to reach them is in every packet
    "sofia": {*CATEGORY, "code"},
    "anil": set(),
    "adil": set(),
    "aude": {"code"},
    "lea": set(),
    "nobody": set(),
}
# What their work cannot do without.
MUST_FIND: Final = {
    "amina": WORK | {"realname"},
    "tariq": {*LOCATOR, "code"},
    "rana": {*PACKET, "code"},
    "partner": set(PACKET),
    "sofia": {"code"},
    "aude": {"code"},
}


def mark(name: str) -> str:
    """A word that stands in one field of the case and nowhere else."""
    return f"{WORD}{name}"


@dataclass
class Planted:
    """The case: what each mark looks like, and the addresses of everything in it."""

    marks: dict[str, str]
    addresses: list[str] = field(default_factory=list)
    partner: Seat | None = None


@pytest.fixture(scope="module")
def planted(real_desk: Desk, seats: Seats) -> Planted:
    """A case that amina holds, with a mark in every field that a page can fill."""
    sofia = seats.of("sofia")
    known = open_cases(sofia)
    real_desk.world.send_whatsapp(whatsapp(PLACE), mark("told"))
    code, first = wait_for_case(sofia, known)
    if first == "amina":
        give(seats, code, "Meera Joshi")
    hand_over(seats.of("meera" if first == "amina" else first), code, to="Amina Shaikh")
    found = Planted({name: mark(name) for name in (*WORK, *IDENTITY, *CONTACT)})
    found.marks |= {"code": code, "number": number(PLACE).removeprefix("+"), "region": "XQ-Z7Q"}
    amina = seats.of("amina")
    path = open_from_work(amina, code)
    write_everything(amina)
    ask_others(amina, seats, found)
    found.addresses = addresses(real_desk, path)
    return found


def give(seats: Seats, code: str, name: str) -> None:
    """The supervisor moves a case by hand."""
    sofia = seats.of("sofia")
    open_cases(sofia)
    row = sofia.page.locator("tr", has=sofia.page.get_by_role("link", name=code))
    row.get_by_role("link", name="Who fits?").click()
    colleague = sofia.page.locator("main tr", has_text=name)
    with sofia.page.expect_navigation():
        colleague.get_by_role("button", name="Assign").click()


def hand_over(seat: Seat, code: str, *, to: str) -> None:
    """A counsellor gives the case to a colleague, with a sheet."""
    path = open_from_work(seat, code)
    seat.go(f"{path}hand-over/")
    form = seat.page.locator("main form")
    form.locator("[name=to]").select_option(label=to)
    for name, word in {
        "summary": "sheet",
        "promised": "promised",
        "do_not_ask": "donotask",
    }.items():
        form.locator(f"[name={name}]").fill(mark(word))
    seat.submit(form, "Hand over")


def write_everything(amina: Seat) -> None:
    """A mark in every field of the case page."""
    write_down(
        amina,
        "people",
        "Save",
        inner="Change",
        call_me=mark("callme"),
        name=mark("realname"),
        school=mark("school"),
        region="XQ-Z7Q",
        age_band="13_15",
    )
    write_down(amina, "summary", "Save", inner="Write it", summary=mark("summary"))
    write_down(amina, "plan", "Save", inner="Write it", safety_plan=mark("plan"))
    write_down(amina, "safe", "Save", inner="Change", safe_words=mark("codeword"))
    write_down(amina, "notes", "Add note", body=mark("note"))
    write_down(amina, "tasks", "Add", inner="Add", what=mark("task"), kind="to_do")
    judged = amina.card("why", inner="Judge the risk")
    judged.locator("[name=flags]").first.check()
    judged.locator("[name=why]").fill(mark("whyrisk"))
    amina.submit(judged, "Save")
    answer(amina, mark("answered"))
    amina.page.fill("#reply", mark("drafted"))
    expect(amina.page.locator("#saved")).to_have_text("draft kept")
    amina.card("people").locator(".masked a").first.click()
    amina.page.locator("[name=words]").fill("to ask how she is called")
    amina.submit(amina.page.locator("main form"), "Show")


def ask_others(amina: Seat, seats: Seats, found: Planted) -> None:
    """What stands where, and help from outside, by those whose work it is."""
    path, world = amina.path, amina.desk.world
    agreed = "They agreed to something"
    facts = {"purpose": "takedown", "language": "en", "told": "yes"}
    write_down(amina, "consents", "Write down", inner=agreed, **facts)
    note_place(amina, f"https://gallery.example/{mark('address')}")
    tariq = seats.of("tariq")
    prepare_request(tariq, found.marks["code"], "the site's own contact")
    form = tariq.page.locator("main form", has=tariq.page.locator("[name=reference]"))
    form.locator("[name=reference]").fill(mark("reference"))
    tariq.submit(form, "Mark as sent")
    amina.go(path)
    mail, code = refer(amina, world, fields=["call_me", "summary"], words=mark("packet"))
    found.partner = enter_as_partner(seats, mail, code)


def addresses(desk: Desk, path: str) -> list[str]:
    """Everything of the case that has an address, as somebody who knows the keys would try it."""
    (_, _, case, _) = path.split("/")
    ((conversation, identity, folder),) = desk.rows(
        "SELECT l.conversation_id, i.id, k.folder_id FROM cases_caseconversation l"
        " JOIN intake_identity i ON i.conversation_id = l.conversation_id"
        " JOIN cases_case k ON k.id = l.case_id WHERE l.case_id = %s",
        case,
    )
    ((request, place),) = desk.rows(
        "SELECT id, content_id FROM takedowns_takedownrequest WHERE case_id = %s", case
    )
    ((referral,),) = desk.rows("SELECT id FROM referrals_supportreferral WHERE case_id = %s", case)
    reveals = [f"{what}/{case}" for what in ("name", "school", "safe-words")]
    verbs = ["", "live/", "print/", "hand-over/", "close/", "assign/", "refer/", "takedowns/add/"]
    verbs += [f"reveal/{one}/" for one in (*reveals, f"address/{identity}")]
    lists = ["cases", "conversations", "takedowns", "takedown-places", "referrals"]
    details = zip(lists, (case, conversation, request, place, referral), strict=True)
    return [
        *(f"/cases/{case}/{verb}" for verb in verbs),
        *(f"/takedowns/{request}/", f"/takedowns/places/{place}/"),
        *(f"/referrals/{referral}/", f"/referrals/{referral}/change/"),
        *("/takedowns/?state=all", "/figures/", "/team/", f"/audit/?folder={folder}"),
        *(f"/api/{name}/" for name in lists),
        *(f"/api/{name}/{key}/" for name, key in details),
        *(f"/api/cases/{case}/notes/", f"/api/conversations/{conversation}/messages/"),
    ]


@pytest.mark.parametrize("name", MAY_FIND)
def test_each_sees_their_row_of_the_table(planted: Planted, seats: Seats, name: str) -> None:
    seat = seat_of(name, planted, seats)
    seen = set()
    for where, text in everything(seat, planted):
        marks = {one for one, looks in planted.marks.items() if looks in text}
        assert marks <= MAY_FIND[name], f"{name} at {where}"
        seen |= marks
    assert seen >= MUST_FIND.get(name, set())


def seat_of(name: str, planted: Planted, seats: Seats) -> Seat:
    if name == "partner":
        assert planted.partner is not None
        return planted.partner
    return seats.stranger() if name == "nobody" else seats.of(name)


def everything(seat: Seat, planted: Planted) -> Iterator[tuple[str, str]]:
    """Every page they are offered, in the browser, and every address of the case they might try."""
    if seat is not planted.partner:
        seat.go("/")
    links = seat.page.locator("nav.top-nav a").all()
    offered = [link.get_attribute("href") or "" for link in links]
    yield seat.path, seat.page.content()
    for path in [*offered, *planted.addresses[:1]]:
        answer_ = seat.page.goto(seat.desk.web_url + path)
        assert answer_ is not None
        yield path, answer_.text() + seat.page.content()
    for path in planted.addresses:
        yield path, seat.context.request.get(seat.desk.web_url + path).text()
