"""The whole journey in browsers, on all three channels: from a first message to forgetting.

Real processes, the real doors, the real outbox; only the world outside is played. One story, told
in chapters: each goes on where the one before ended.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from practice.desk import send_mail
from practice.personas import BY_KEY
from tests.browser.afterwards import (
    a_year_passes,
    days_left,
    folders_of,
    forget_what_is_due,
    readable,
)
from tests.browser.desk_page import Seat, Seats
from tests.browser.working import (
    DELIVERED,
    answer,
    enter_as_partner,
    note_place,
    open_cases,
    open_from_work,
    packet,
    prepare_request,
    refer,
    wait_for_case,
    write_down,
)
from tests.leaks import marked
from tests.processes import Desk

pytestmark = pytest.mark.browser

ASHA = BY_KEY["asha"]
TOLD = marked("is this private? he says he will post my picture at eight")
URL = "https://gallery.example/album/" + marked("").strip()
# Two seconds are promised. Two processors that run the desk, its world and two browsers at once
# are granted three more.
BY_ITSELF = 5.0


@dataclass
class Held:
    """One case of the story: who holds it, where it stands, and the folders it lies in."""

    seat: Seat
    code: str
    path: str
    folders: list[str] = field(default_factory=list)


class Story:
    """What the chapters hand on to each other."""

    def __init__(self, desk: Desk, seats: Seats) -> None:
        self.desk, self.world, self.seats = desk, desk.world, seats
        self.phone = seats.stranger()
        self.sofia = seats.of("sofia")
        self.known = open_cases(self.sofia)

    def given(self) -> Held:
        """Wait for the newest case; whoever was given it opens it from their list."""
        code, who = wait_for_case(self.sofia, self.known)
        seat = self.seats.of(who)
        return Held(seat, code, open_from_work(seat, code))

    def heard(self) -> Any:
        """The last thing said on the newest call with Asha."""
        return self.world.calls(**{"with": ASHA.phone})[-1]


def test_the_whole_journey(real_desk: Desk, seats: Seats) -> None:
    story = Story(real_desk, seats)
    case = somebody_trained_gets_it(story)
    they_talk_without_reloading(story, case)
    a_picture_is_never_opened(story, case)
    by_mail = a_mail_is_answered_in_its_thread(story)
    by_phone = an_answer_is_read_out_on_the_phone(story)
    what_is_known_is_written_down(case)
    a_report_reaches_the_hotline(story, case)
    a_link_of_their_own_opens_once(story, case)
    help_is_arranged_without_an_account(story, case)
    for held in (case, by_mail, by_phone):
        the_work_ends(story, held)
    it_is_forgotten_on_time(story, [case, by_mail, by_phone])
    assert [seat.complaints for seat in seats.everybody if seat.complaints] == []


def somebody_trained_gets_it(story: Story) -> Held:
    page = story.phone.page
    story.phone.go("/practice/?who=asha")
    page.fill("#practice-body", TOLD)
    page.locator("#whatsapp [data-send]").click()
    thread = page.locator("#whatsapp-thread")
    expect(thread).to_contain_text("You are not alone")
    expect(thread).to_contain_text("Are you safe right now?")
    page.fill("#practice-body", "YES")
    page.locator("#whatsapp [data-send]").click()
    expect(thread).to_contain_text("Before you tell more, here is how we keep what you say")

    case = story.given()
    expect(case.seat.page.locator("#case-head")).to_contain_text("urgent")
    on_shift = story.sofia.page.locator("section", has=story.sofia.page.locator("#on-title"))
    story.sofia.go("/team/")
    expect(on_shift).to_contain_text(story.known[case.code])
    expect(case.seat.card("why")).to_contain_text(re.compile(r"Why me.* load \d+ of \d+", re.S))
    expect(case.seat.page.locator("#thread")).to_contain_text(TOLD)
    return case


def they_talk_without_reloading(story: Story, case: Held) -> None:
    page = case.seat.page
    answer(case.seat, marked("It is good that you wrote. None of this is your fault."))
    expect(story.phone.page.locator("#whatsapp-thread")).to_contain_text("None of this is your")
    ours = page.locator("#thread .line.ours").last
    expect(ours.locator(".sign")).to_have_text(re.compile("delivered|read"))

    page.evaluate("window.before = true")
    page.fill("#reply", "half a sentence")
    words = marked("he has written again just now")
    page.evaluate(
        """words => new MutationObserver(() => {
            if (!window.seen && document.querySelector("#thread").textContent.includes(words))
                window.seen = Date.now();
        }).observe(document.body, {childList: true, subtree: true, characterData: true})""",
        words,
    )
    began = page.evaluate("Date.now()")
    story.world.send_whatsapp(ASHA.whatsapp, words, profile_name=ASHA.name)
    expect(page.locator("#thread")).to_contain_text(words)
    assert (page.evaluate("window.seen") - began) / 1000 <= BY_ITSELF
    assert page.evaluate("window.before") is True
    expect(page.locator("#reply")).to_have_value("half a sentence")
    page.fill("#reply", "")


def a_picture_is_never_opened(story: Story, case: Held) -> None:
    story.phone.page.get_by_role("button", name="Send a picture").click()
    expect(case.seat.page.locator("#thread")).to_contain_text("A picture came. It was not opened.")
    expect(story.phone.page.locator("#whatsapp-thread")).to_contain_text("We cannot look at pict")
    story.desk.wait_for(
        lambda: all(one["deleted"] for one in story.world.ledger()["Media"]), DELIVERED
    )
    assert {one["fetched"] for one in story.world.ledger()["Media"]} == {0}


def a_mail_is_answered_in_its_thread(story: Story) -> Held:
    send_mail(story.world, ASHA, "help", marked("can you also write to me here?"), answers="")
    held = story.given()
    expect(held.seat.page.locator("#thread")).to_contain_text("can you also write to me here?")
    answer(held.seat, marked("Yes, we can write here."))
    mails = story.world.wait_for(
        lambda: [m for m in story.world.mails_to(ASHA.mail) if "we can write here" in m["text"]],
        DELIVERED,
    )
    assert "help" not in mails[-1]["subject"]
    send_mail(story.world, ASHA, "", marked("thank you, that is good"), answers=mails[-1]["id"])
    expect(held.seat.page.locator("#thread")).to_contain_text("thank you, that is good")
    assert open_cases(story.sofia).keys() <= story.known.keys()
    return held


def an_answer_is_read_out_on_the_phone(story: Story) -> Held:
    call = story.world.call(ASHA.phone)
    for key in ("1", "1"):  # English; safe right now
        call = story.world.press(call["id"], key)
    call = nobody_takes(story, call["id"])
    for key in ("1", "1", "4", "1"):  # a call back; safe to call; any time; hang up on others
        call = story.world.press(call["id"], key)
    assert "Someone will call you" in call["said"][-1]["text"]
    held = story.given()
    thread = held.seat.page.locator("#thread")
    expect(thread).to_contain_text("They pressed: safe right now.")
    expect(thread).to_contain_text("They pressed: this number is safe to call.")
    words = marked("I will be here until six.")
    answer(held.seat, words)
    story.desk.wait_for(lambda: story.heard()["direction"] != "inbound", DELIVERED)
    ringing = story.heard()
    assert words not in str(ringing["said"])
    taken = story.world.act(ringing["id"], "answer")
    assert words not in str(taken["said"])
    assert words in str(story.world.press(ringing["id"], "1")["said"])
    expect(thread.locator(".line.ours").last.locator(".sign")).to_have_text("read")
    return held


def nobody_takes(story: Story, call_id: str) -> dict[str, Any]:
    """Let every colleague's telephone ring in vain; the caller then waits and listens."""
    for _ in range(12):
        call = story.world.call_now(call_id)
        if call["waits_for"] != "dial":
            break
        story.world.act(call["dialling"][0]["call"], "refuse", status="no-answer")
    assert call["waits_for"] == "gather", call
    return call


def what_is_known_is_written_down(case: Held) -> None:
    seat = case.seat
    facts = {"age_band": "13_15", "region": "IN-MH", "guardian_safe": "no"}
    write_down(seat, "people", "Save", inner="Change", call_me=marked("A"), **facts)
    write_down(seat, "harms", "Save", inner="Change", primary="sexual_extortion_images")
    write_down(seat, "notes", "Add note", body=marked("An aunt is safe to talk to."))
    agreed = "They agreed to something"
    facts = {"purpose": "takedown", "language": "en", "told": "yes"}
    write_down(seat, "consents", "Write down", inner=agreed, **facts)


def a_report_reaches_the_hotline(story: Story, case: Held) -> None:
    note_place(case.seat, URL)
    tariq = story.seats.of("tariq")
    prepare_request(tariq, case.code, "Internet Watch Foundation")
    sheet = tariq.page.locator("main")
    expect(sheet).to_contain_text("starts when it is sent")
    tariq.submit(sheet, "Send the report")
    story.desk.wait_for(lambda: reports(story), DELIVERED)
    (report,) = reports(story)
    assert report["fields"]["Live_Report"] == "T"
    assert report["fields"]["Reporter_Anonymous"] == "Y"
    assert all(secret not in str(report) for secret in (TOLD, case.code))

    def sent() -> bool:
        tariq.page.reload()
        return bool(sheet.get_by_role("button", name="Record the outcome").count())

    story.desk.wait_for(sent, DELIVERED)
    expect(sheet).to_contain_text(report["id"])
    expect(sheet).to_contain_text(re.compile(r"Clock\s*.*due in", re.S))
    sheet.locator("[name=outcome]").select_option("removed")
    tariq.submit(sheet, "Record the outcome")
    expect(sheet.locator("dl.facts").last).to_contain_text("Outcome")


def reports(story: Story) -> list[dict[str, Any]]:
    """What the hotline was told of this story's place."""
    return [one for one in story.world.iwf()["reports"] if one["fields"]["Reported_URL"] == URL]


def a_link_of_their_own_opens_once(story: Story, case: Held) -> None:
    case.seat.go(case.path)
    form = case.seat.card("own-link", inner="Ask for a link")
    form.locator("[name=age_band][value='13-15']").check()
    case.seat.submit(form, "Age confirmed: make and send the link")
    bubble = story.phone.page.locator("#whatsapp-thread a[href*='/iwf/link/']")
    expect(bubble).to_have_count(1)
    link = bubble.get_attribute("href") or ""
    assert [httpx.get(link).status_code for _ in range(2)] == [200, 410]
    assert story.world.iwf()["links"][-1]["age_range"] == "13-15"


def help_is_arranged_without_an_account(story: Story, case: Held) -> None:
    seat = case.seat
    seat.go(case.path)
    asked_for = ["call_me", "age_band", "language", "summary"]
    words = marked("Is threatened. Wants somebody to talk to.")
    mail, code = refer(seat, story.world, fields=asked_for, words=words)
    for secret in (code, case.code, marked("").strip(), "threatened"):
        assert secret not in mail
    promised = packet(seat)
    assert list(promised) == [
        *("What to call them", "Age", "Language", "What happened, in short"),
        *("How it is safe to reach them", "Parents and carers"),  # in every packet
    ]
    partner = enter_as_partner(story.seats, mail, code)
    assert packet(partner) == promised
    partner.submit(partner.page.locator("main"), "Yes, we can help")
    partner.page.get_by_role("radio", name="completed").check()
    partner.submit(partner.page.locator("main"), "Tell us")
    expect(partner.page.locator("main")).to_contain_text("Thank you")
    seat.page.reload()
    expect(seat.page.locator(".page-head .sign")).to_have_text("completed")


def the_work_ends(story: Story, held: Held) -> None:
    held.folders = folders_of(story.desk, held.path)
    seat = held.seat
    seat.go(held.path)
    seat.page.get_by_role("link", name="Close", exact=True).click()
    seat.page.get_by_label("they have what they came for").check()
    seat.page.get_by_label("What they say about it").fill(marked("You did not judge me."))
    seat.submit(seat.page.locator("main form"), "Close")
    assert seat.go(held.path) == 404
    seat.go("/")
    expect(seat.page.locator("#work-list")).not_to_contain_text(held.code)


def it_is_forgotten_on_time(story: Story, cases: list[Held]) -> None:
    folders = [folder for held in cases for folder in held.folders]
    desk = story.desk
    days = days_left(desk, folders)
    assert (days["identity"], days["contact"]) == (30, 90)
    assert days["narrative"] >= 365
    assert readable(desk, folders) > 0
    a_year_passes(desk, folders)
    figures = told_figures(story)
    forget_what_is_due(desk, folders)
    assert readable(desk, folders) == 0
    assert told_figures(story) == figures


def told_figures(story: Story) -> str:
    """What the analyst reads of the month that is over."""
    anil = story.seats.of("anil")
    anil.go("/figures/")
    expect(anil.page.locator("main table").first).to_be_visible()
    return anil.page.locator("main").inner_text()
