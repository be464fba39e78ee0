"""What each colleague finds on the takedown pages, and that the story is on none of them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from cases.models import Case
from privacy.access import acting
from privacy.models import AuditEvent, Consent
from takedowns import services
from takedowns.cards import link_card, takedown_card
from takedowns.models import ChildLink, ReportedContent, RequestStep, TakedownRequest
from tests import people
from tests.counterparts import World
from tests.takedowns.conftest import CANARY, LINK, enter, fresh, prepared
from tests.takedowns.outbox import carry

State = TakedownRequest.State
DESK = "/takedowns/"


def page(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def sheet_of(request: TakedownRequest) -> str:
    return reverse("takedowns:sheet", args=[request.pk])


def test_tariq_works_from_the_desk_to_the_outcome(
    case: Case, place: ReportedContent, agreed: Consent, tariq: User
) -> None:
    browser = enter(tariq)
    assert "choose a route" in page(browser, DESK)
    prepare = reverse("takedowns:prepare", args=[place.pk])
    answer = browser.post(prepare, {"route": "instagram-grievance-ncii"})
    sheet = answer["Location"]
    assert "Mark as sent" in page(browser, sheet)
    assert browser.post(f"{sheet}sent/", {"reference": "IG-1"}).status_code == 302
    shown = page(browser, sheet)
    assert "IG-1" in shown
    assert "due in 1:59" in shown or "due in 2:00" in shown
    told = {"outcome": "removed", "evidence": "platform_answer"}
    assert browser.post(f"{sheet}outcome/", told).status_code == 302
    assert "Removed" in page(browser, sheet)
    assert case.code not in page(browser, DESK)
    assert case.code in page(browser, f"{DESK}?state=closed")


def test_the_address_is_shown_so_that_it_opens_nothing(
    report: TakedownRequest, tariq: User
) -> None:
    shown = page(enter(tariq), sheet_of(report))
    assert f"hxxps://www[.]instagram[.]com/p/{CANARY}/" in shown
    assert f'href="{LINK}' not in shown
    assert LINK in shown  # once, as text to copy


def test_tariq_never_meets_the_name_or_the_story(
    case: Case, report: TakedownRequest, amina: User, tariq: User
) -> None:
    with acting(user=amina):
        case.name, case.summary, case.call_me = "canary-name", "canary-summary", "canary-call"
        case.save(update_fields=["name", "summary", "call_me"])
    browser = enter(tariq)
    addresses = [
        DESK,
        sheet_of(report),
        reverse("takedowns:place", args=[report.content_id]),
        reverse("takedowns:add_place", args=[case.pk]),
    ]
    for address in addresses:
        shown = page(browser, address)
        for word in ("canary-name", "canary-summary", "canary-call", "canary-story", "+9199"):
            assert word not in shown


def test_ben_finds_nothing_and_is_not_told_that_something_is_there(
    case: Case, report: TakedownRequest, ben: User
) -> None:
    browser = enter(ben)
    assert case.code not in page(browser, DESK)
    for address in (
        sheet_of(report),
        reverse("takedowns:place", args=[report.content_id]),
        reverse("takedowns:add_place", args=[case.pk]),
        reverse("takedowns:make_link", args=[case.pk]),
    ):
        page(browser, address, status=404)
    for verb in ("send", "sent", "not-sent", "reference", "outcome"):
        assert browser.post(f"{sheet_of(report)}{verb}/").status_code == 404
    assert fresh(report).state == State.PREPARED


def test_sofia_reads_states_and_clocks_and_no_place(
    case: Case, report: TakedownRequest, complaint: TakedownRequest, agreed: Consent, sofia: User,
) -> None:  # fmt: skip
    browser = enter(sofia)
    desk = page(browser, DESK)
    assert desk.count(case.code) == 2
    shown = page(browser, sheet_of(complaint))
    assert "Only who works on this case sees the place." in shown
    assert CANARY not in desk + shown
    assert "Mark as sent" not in shown
    page(browser, reverse("takedowns:place", args=[report.content_id]), status=404)
    assert browser.post(f"{sheet_of(report)}send/").status_code == 404
    assert fresh(report).state == State.PREPARED


def test_sofias_try_to_add_a_place_is_on_record(
    case: Case, place: ReportedContent, sofia: User
) -> None:
    address = reverse("takedowns:add_place", args=[case.pk])
    assert enter(sofia).post(address, {"place-locator": LINK}).status_code == 404
    assert AuditEvent.objects.filter(verb="refused", actor=str(sofia.pk)).exists()


@pytest.mark.parametrize("name", ["anil", "adil", "aude", "rana", "lea"])
def test_whose_work_it_is_not_has_no_takedown_pages(
    report: TakedownRequest, team: Team, name: str
) -> None:
    browser = enter(people.make_person(name, team))
    page(browser, DESK, status=404)
    page(browser, sheet_of(report), status=404)


def test_a_stranger_is_asked_to_sign_in(client: Client, report: TakedownRequest) -> None:
    for address in (DESK, sheet_of(report)):
        assert client.get(address).status_code in (302, 404)


def test_amina_adds_a_place_on_the_page_and_errors_lose_nothing(case: Case, amina: User) -> None:
    browser = enter(amina)
    address = reverse("takedowns:add_place", args=[case.pk])
    form = {
        "place-kind": "url",
        "place-locator": f"not a link {CANARY}",
        "place-medium": "image",
        "place-origin": "unknown",
        "place-place": "public",
        "place-age_in_content": "13_15",
    }
    answer = browser.post(address, form)
    assert answer.status_code == 422
    assert CANARY in answer.content.decode()  # what was typed stands in its field
    assert "This is not a web address" in answer.content.decode()
    assert browser.post(address, form | {"place-locator": LINK}).status_code == 302
    with acting(user=amina):
        assert ReportedContent.objects.count() == 1


def test_an_account_names_its_platform(case: Case, amina: User) -> None:
    browser = enter(amina)
    address = reverse("takedowns:add_place", args=[case.pk])
    form = {
        "place-kind": "account",
        "place-locator": "@some.one",
        "place-medium": "account",
        "place-origin": "unknown",
        "place-place": "public",
        "place-age_in_content": "unknown",
    }
    assert "Name the platform" in browser.post(address, form).content.decode()
    assert browser.post(address, form | {"place-platform": "telegram"}).status_code == 302


def test_the_desk_filters_by_codes(
    report: TakedownRequest, complaint: TakedownRequest, tariq: User
) -> None:
    browser = enter(tariq)
    assert page(browser, f"{DESK}?platform=instagram").count("grievance officer") == 1
    assert "No request is in this state" in page(browser, f"{DESK}?state=late")
    assert page(browser, f"{DESK}?state=<script>&page=x")


def test_an_encrypted_place_says_what_does_not_reach_it(case: Case, amina: User) -> None:
    with acting(user=amina):
        place = services.report_content(case, kind="url", locator="https://wa.me/1", by=amina)
    shown = page(enter(amina), reverse("takedowns:place", args=[place.pk]))
    assert "encrypted end to end" in shown
    assert "unverified" in shown


def test_what_is_unclear_asks_a_person_and_offers_no_sending(
    iwf: World, report: TakedownRequest, tariq: User
) -> None:
    browser = enter(tariq)
    assert "Send the report" in page(browser, sheet_of(report))
    browser.post(f"{sheet_of(report)}send/")
    iwf.misbehave("iwf", "accept-then-drop")
    carry(report.pk)
    shown = page(browser, sheet_of(report))
    assert "Did it arrive?" in shown
    assert "Send the report" not in shown
    assert browser.post(f"{sheet_of(report)}send/").status_code == 422
    assert browser.post(f"{sheet_of(report)}not-sent/").status_code == 302
    assert "Send the report" in page(browser, sheet_of(report))


def test_amina_confirms_the_age_and_the_link_goes_its_way(
    iwf: World, case: Case, amina: User
) -> None:
    browser = enter(amina)
    address = reverse("takedowns:make_link", args=[case.pk])
    shown = page(browser, address)
    assert "not covered" in shown
    assert "They said: 13 to 15." in shown
    assert "checked" not in shown
    with acting(user=amina):
        (conversation,) = [link.conversation_id for link in case.links.all()]
    form = {"age_band": "13-15", "conversation": str(conversation)}
    assert browser.post(address, {"conversation": str(conversation)}).status_code == 422
    assert browser.post(address, form).status_code == 302
    with acting(user=amina):
        link = ChildLink.objects.get()
    carry(link.pk)
    assert "sent to the young person" in page(browser, address)
    (made,) = iwf.iwf()["links"]
    assert made["id"] not in page(browser, address)


@pytest.mark.usefixtures("report")
def test_the_card_on_the_case_page_tells_each_their_part(
    case: Case, amina: User, tariq: User, sofia: User, ben: User
) -> None:
    seen = {}
    for person in (amina, tariq, sofia, ben):
        with acting(user=person):
            seen[person.name] = (takedown_card(case, person), link_card(case, person))
    assert seen["Ben"] == (None, None)
    assert seen["Amina"][1] is not None
    assert seen["Tariq"][1] is None
    assert seen["Sofia"][1] is None
    assert seen["Tariq"][0] is not None
    sofias = seen["Sofia"][0]
    assert sofias is not None
    assert sofias.gist == "0 of 1 down"
    assert sofias.context["place_form"] is None
    assert sofias.context["unrouted"] == []


def test_history_names_who_did_what(report: TakedownRequest, tariq: User) -> None:
    shown = page(enter(tariq), sheet_of(report))
    assert "Tariq" in shown
    with acting(user=tariq):
        assert RequestStep.objects.count() == 1


def test_many_rows_cost_no_more_questions_than_few(
    case: Case,
    place: ReportedContent,
    tariq: User,
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    browser = enter(tariq)
    for code in ("instagram-in-app", "instagram-grievance", "instagram-grievance-ncii", "iwf-url"):
        prepared(place, tariq, code)
    browser.get(DESK)
    with django_assert_max_num_queries(40) as asked:  # type: ignore[operator]
        browser.get(DESK)
    few = len(asked)
    for code in ("in-ncrp", "ncmec-take-it-down", "site-contact"):
        prepared(place, tariq, code)
    with django_assert_max_num_queries(few):  # type: ignore[operator]
        browser.get(DESK)
