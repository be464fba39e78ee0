"""What a browser keeps of a visit, title and address, tells nothing; who walks fast is stopped."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from django.conf import settings
from django.db.models import F
from django.http import HttpResponse
from django.utils.module_loading import import_string

from accounts import walking
from accounts.models import Walk
from privacy.models import AuditEvent
from tests.access.addresses import every_address, path_of
from tests.access.walk import Walker
from tests.access.world import World

pytestmark = pytest.mark.django_db

# What the world of the tests holds of somebody, and of what was written about them.
HELD: Final = (
    "a name", "a school", "a word", "a note", "a task", "an answer", "a draft", "typed note",
    "pictures.example", "link.example", "+91", "hello", "ka-",
)  # fmt: skip
_ABOUT_CASES: Final = ("cases:", "takedowns:", "referrals:", "intake:call")
_BODY: Final = re.compile(r"<body[^>]*>")
_FORM: Final = re.compile(r"<form.*?</form>", re.S)
_FREE: Final = re.compile(r'<textarea[^>]*>|<input[^>]*type="(?:text|search|tel|url)"[^>]*>')
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.S)


@pytest.mark.parametrize("name", ["amina", "sofia", "tariq", "rana", "lea", "-"])
def test_j3_title_and_address_tell_nothing(here: World, name: str) -> None:
    walker, told, titles = Walker.of(here, name), [], 0
    for one in every_address():
        path = path_of(one, here)
        for method in ("GET", "POST"):
            answer = walker.ask(method, one)
            kept = [answer.headers.get("Location", ""), path, *_title(answer)]
            titles += len(kept) > 2
            found = [mark for mark in HELD for text in kept if mark in text.lower()]
            if found and one.name != "referrals:door":
                told.append(f"{method} {one.row}: {found}")
    assert told == []
    assert titles > 10


def test_j3_nobody_searches_by_an_address(here: World) -> None:
    walker = Walker.of(here, "amina")
    for one in every_address():
        if one.name in {"cases:find", "cases:search", "insight:audit_find"}:
            assert walker.ask("GET", one).status_code in (200, 302, 404, 405)
    client = here.browser("amina")
    for word in ("code", "q", "text", "words", "search"):
        plain, asked = client.get("/"), client.get("/", {word: here.case.code})
        assert _shape(plain) == _shape(asked)


def test_j6_fields_about_somebody_ask_for_no_memory_and_no_dictionary(here: World) -> None:
    loose, seen = [], 0
    for name in ("amina", "sofia", "tariq", "rana", "lea"):
        walker = Walker.of(here, name)
        for one in every_address():
            if one.name.startswith(_ABOUT_CASES):
                answer = walker.ask("GET", one)
                seen += len(_FREE.findall(answer.content.decode("utf-8", "replace")))
                loose += [f"{one.row}: {field}" for field in _loose(answer)]
    assert seen > 50
    assert sorted(set(loose)) == []


def test_k3_no_page_of_a_list_is_longer_than_a_hundred(here: World) -> None:
    client = here.browser("amina")
    for size in ("page_size", "limit", "per_page", "size"):
        assert client.get("/api/cases/", {size: "100000"}).status_code == 400
    pages: Any = import_string(str(settings.REST_FRAMEWORK["DEFAULT_PAGINATION_CLASS"]))
    assert pages.page_size <= 100
    assert pages.page_size_query_param is None


def test_k3_who_walks_a_list_at_machine_speed_is_stopped_and_it_is_on_the_record(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pages are counted by the minute of the database's clock; this minute does not end meanwhile.
    monkeypatch.setattr(walking, "_TURN", walking._TURN.replace("clock_timestamp()", "now()"))
    client = here.browser("sofia")
    answers = [client.get("/team/", {"page": n}).status_code for n in range(walking.A_MINUTE + 1)]
    assert set(answers[: walking.A_MINUTE]) == {200}
    assert answers[-1] == 429
    assert client.get("/api/cases/").status_code == 429
    assert AuditEvent.objects.filter(verb="refused", reason="too_fast").exists()
    assert client.get("/").status_code == 200  # the work itself goes on
    assert here.browser("amina").get("/api/cases/").status_code == 200
    Walk.objects.update(minute=F("minute") - timedelta(minutes=2))
    assert client.get("/api/cases/").status_code == 200


def test_k3_who_walks_patiently_is_stopped_too(here: World) -> None:
    client = here.browser("sofia")
    client.get("/team/", {"page": 1})
    Walk.objects.update(minute=F("minute") - timedelta(minutes=30), turned=walking.AN_HOUR)
    assert client.get("/team/", {"page": 1}).status_code == 429


def test_k2_the_programs_door_takes_no_token_and_no_secret_in_an_address(here: World) -> None:
    """There are no tokens: a program comes in as a person does, with the same session and rules."""
    key = here.browser("amina").session.session_key or ""
    for given in ({"token": key}, {"sessionid": key}, {"access_token": key}, {"api_key": key}):
        assert here.browser("-").get("/api/cases/", given).status_code in (401, 403)
    for scheme in ("Bearer", "Token", "Basic"):
        headers = {"authorization": f"{scheme} {key}"}
        assert here.browser("-").get("/api/cases/", headers=headers).status_code in (401, 403)


def _loose(answer: HttpResponse) -> list[str]:
    """Fields for free words that a browser would remember, or send to a spell checker."""
    page = answer.content.decode("utf-8", "replace")
    quiet = 'spellcheck="false"' in (_BODY.findall(page) or [""])[0]
    found = []
    for form in _FORM.findall(page):
        for field in _FREE.findall(form):
            remembered = 'autocomplete="off"' not in field + form.partition(">")[0]
            checked = not quiet and 'spellcheck="false"' not in field
            if remembered or checked:
                found.append(re.sub(r'.*name="([^"]*)".*', r"\1", field))
    return found


def _title(answer: HttpResponse) -> list[str]:
    return _TITLE.findall(answer.content.decode("utf-8", "replace"))


def _shape(answer: Any) -> str:
    return re.sub(
        r'(value|nonce)="[^"]*"|"X-CSRFToken": "[^"]*"|next=[^"]*', "", answer.content.decode()
    )
