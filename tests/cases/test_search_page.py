"""The search page and its door for programs: posted, and nothing of it stays anywhere."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from privacy.access import acting
from privacy.models import AuditEvent
from privacy.tasks import index_words
from takedowns import services as takedowns
from tests import people

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    made = people.case_of(amina, team=team, text="he wants money by eight", name="Asha")
    index_words()
    return made


def test_a_code_in_the_top_line_goes_to_ones_own_case_and_to_no_other(
    browser: Client, at_desk: Sit, ben: User, case: Case
) -> None:
    assert 'action="/search/"' in browser.get("/").content.decode()
    answer = browser.post("/search/", {"code": f" {case.code.lower()} "})
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    page = at_desk(ben).post("/search/", {"code": case.code})
    assert page.status_code == 200
    assert "No case of yours" in page.content.decode()


def test_words_find_the_case_and_stand_only_in_the_form(browser: Client, case: Case) -> None:
    answer = browser.post("/search/", {"words": "money eight"})
    page = answer.content.decode()
    assert case.code in page
    assert "Asha" not in page
    assert page.count("money eight") == 1  # where they were typed
    assert "no-store" in answer.headers["Cache-Control"]
    assert "money" not in str(dict(browser.session))


def test_by_an_address_nothing_is_searched(browser: Client, case: Case) -> None:
    page = browser.get("/search/", {"code": case.code, "words": "money"}).content.decode()
    assert f"/cases/{case.pk}/" not in page
    assert "What is found will stand here" in page


def test_what_cannot_be_looked_for_says_why_and_keeps_what_was_typed(
    browser: Client, case: Case
) -> None:
    for asked, why in (
        ({"words": "the and"}, "These words are in nearly every story."),
        ({"words": " ".join(f"word{n}" for n in range(9))}, "At most eight words."),
        ({"code": ""}, "Fill in at least one field."),
    ):
        answer = browser.post("/search/", asked)
        assert answer.status_code == 422
        assert why in answer.content.decode()
    assert AuditEvent.objects.filter(verb="search").count() == 0


def test_pages_send_the_same_form_again(
    browser: Client, amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.search.PAGE_SIZE", 1)
    for _ in range(2):
        people.case_of(amina, team=team)
    page = browser.post("/search/", {"status": "open", "page": "1"}).content.decode()
    assert '<button form="search" name="page" value="2">' in page
    last = browser.post("/search/", {"status": "open", "page": "2"}).content.decode()
    assert "page 2 of 2" in last
    assert "Next page" not in last


def test_c4_tariq_is_not_offered_what_he_may_not_read(
    at_desk: Sit, tariq: User, case: Case, amina: User
) -> None:
    page = at_desk(tariq).get("/search/").content.decode()
    assert 'name="words"' not in page
    assert 'name="identifier"' in page


def test_c4_a_word_that_tariq_sends_all_the_same_is_not_found_and_on_record(
    at_desk: Sit, tariq: User, case: Case, amina: User
) -> None:
    with acting(user=amina):
        takedowns.report_content(case, kind="url", locator="https://a.example/1", by=amina)
    his = at_desk(tariq)
    answers = {his.post("/search/", {"words": word}).content for word in ("money", "nowhere")}
    codes = [his.post("/search/", {"words": word}).status_code for word in ("money", "nowhere")]
    assert codes == [404, 404]
    assert len(answers) == 1
    assert AuditEvent.objects.filter(verb="refused", reason="search").count() == 4


def test_the_program_door_finds_the_same_and_takes_no_unknown_name(
    browser: Client, case: Case
) -> None:
    def ask(**told: str) -> tuple[int, dict[str, object]]:
        answer = browser.post("/api/search/", told, content_type="application/json")
        return answer.status_code, answer.json()

    status, told = ask(words="money")
    assert (status, told["count"]) == (200, 1)
    assert case.code in str(told["results"])
    assert "money" not in str(told)
    assert ask(words="money", summary="x")[0] == 400
    assert ask()[0] == 400


def test_c4_the_program_door_refuses_words_to_whoever_may_not_read_them(
    at_desk: Sit, tariq: User, case: Case
) -> None:
    his = at_desk(tariq)
    for word in ("money", "nowhere"):
        answer = his.post("/api/search/", {"words": word}, content_type="application/json")
        assert answer.status_code == 404
