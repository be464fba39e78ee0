"""C4: no list tells by filtering or ordering what its reader may not read."""

import re
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.models import Case
from insight import figures
from insight.forms import MonthForm, PersonForm
from intake.models import Identity, Message
from privacy.access import acting
from referrals.forms import FilterForm, FinderForm
from takedowns.forms import DeskFilter
from tests.access.addresses import every_address, names_something
from tests.access.walk import shape
from tests.access.world import NAMES, World

pytestmark = pytest.mark.django_db

STAGES: Final = ("accounts", "cases", "helpline", "insight", "intake", "referrals", "takedowns")

# What an address may be asked for in its query, and nothing else is read from one anywhere: which
# page, what an open page shows already, which part to open, a language, where one came from.
_HOW: Final = {"page", "before", "v", "w", "on", "open", "lang", "next", "prove"}
# … and what lists are filtered by. Each is operational, or a category of a directory without cases.
_FILTERS: Final = {"state", "show", "team", "week"}
_FORM_FIELDS: Final = {"state", "platform", "kind", "region", "language", "month", "days"} | {
    "person",
    "folder",
}
_FORMS: Final = {"FilterForm", "FinderForm", "DeskFilter", "MonthForm", "PersonForm", "CopyForm"}

# The clock, the query as it stands in links, and a form's secret.
_BY_ITSELF: Final = re.compile(r'\d|href="\?[^"]*"|"X-CSRFToken": "[^"]*"')

# Guesses at fields that somebody would like to filter or order by.
PROBES: Final = {
    "ordering": "name",
    "order_by": "summary",
    "sort": "-school",
    "search": "a note",
    "q": "hello",
    "words": "hello",
    "name": "A Name",
    "name__startswith": "A",
    "case__summary__contains": "s",
    "harm": "grooming",
    "age_band": "13_15",
    "identifier": "+919900000001",
    "group_by": "school",
    "fields": "name",
}


def test_c4_nothing_else_is_read_from_a_query_than_what_is_declared_here() -> None:
    read: set[str] = set()
    bound: set[str] = set()
    for stage in STAGES:
        for path in (settings.BASE_DIR / stage).rglob("*.py"):
            text = path.read_text()
            read |= set(re.findall(r'(?:GET|query_params)\.get\(\s*"(\w+)"', text))
            read |= set(re.findall(r'"(\w+)" in request\.GET', text))
            bound |= set(
                re.findall(r"(\w+(?:Form|Filter))\(\s*request\.(?:GET|POST or request\.GET)", text)
            )
    assert read <= _HOW | _FILTERS
    assert bound <= _FORMS
    assert {f for form in _declared().values() for f in form} == _FORM_FIELDS


def _declared() -> dict[str, Any]:
    """Every list that is filtered by a form, with the form's fields."""
    return {
        "takedowns:desk": DeskFilter().fields,
        "referrals:list": FilterForm().fields,
        "referrals:services": FinderForm().fields,
        "insight:figures": MonthForm(months=[]).fields,
        "insight:audit": PersonForm(people=[]).fields,
    }


@pytest.mark.parametrize("name", NAMES)
def test_c4_a_page_answers_the_same_whatever_is_asked_beside_and_a_program_is_refused(
    here: World, name: str
) -> None:
    browser = here.browser(name)
    for address in every_address():
        if names_something(address) or address.keys or not _is_list(address.name):
            continue
        path = reverse(address.name)
        plain = _get(browser, path, {})
        if plain[0] != 200:
            continue
        probed = _get(browser, path, PROBES)
        refused = address.name.startswith("api-") and probed[0] == 400
        assert refused or probed == plain, address.name


def _is_list(name: str) -> bool:
    return not name.startswith(("account", "mfa", "practice", "schema", "health", "hooks"))


@pytest.mark.parametrize("name", ["tariq", "rana", "anil", "aude", "sofia"])
def test_c4_no_declared_filter_tells_of_what_is_written(here: World, name: str) -> None:
    found = []
    for change in (lambda _: None, _write_something_else):
        with transaction.atomic():
            change(here)
            found.append(_filtered(here, name))
            transaction.set_rollback(True)
    before, after = found
    assert len(before) > 3
    assert [asked for asked in before if before[asked] != after[asked]] == []


def _filtered(here: World, name: str) -> dict[str, tuple[int, str]]:
    """What somebody sees of every list under every filter, one after the other."""
    browser = here.browser(name)
    found = {}
    for address, fields in _lists(here).items():
        for field, values in fields.items():
            for value in values:
                answer = _get(browser, reverse(address), {field: value})
                found[f"{address} {field}={value}"] = answer
    return found


def _lists(here: World) -> dict[str, dict[str, list[str]]]:
    """Each filtered list's fields with values to try: some of what the form offers."""
    person = PersonForm(people=list(here.cast.values())).fields
    month = MonthForm(months=figures.months()).fields
    offered = _declared() | {"insight:audit": person, "insight:figures": month}
    return {
        address: {
            field: [str(code) for code, _ in getattr(form[field], "choices", [("", "")])][:4]
            for field in form
        }
        for address, form in offered.items()
    } | {"intake:letters": {"state": ["", "aside"]}, "insight:reviews": {"show": ["open", "done"]}}


def _write_something_else(here: World) -> None:
    """Other words, another name, another number: nothing these readers may see."""
    with acting(part="forgetting"):
        case = Case.objects.get(pk=here.case.pk)
        case.name, case.school, case.summary = "Another Name", "Another School", "another summary"
        case.safe_words = case.safety_plan = "another"
        case.save(update_fields=["name", "school", "summary", "safe_words", "safety_plan"])
        for message in Message.objects.filter(folder=case.folder_id):
            message.body = "other words"
            message.save(update_fields=["body"])
        for identity in Identity.objects.filter(conversation=here.conversation):
            identity.value = "+919900000009"
            identity.value_hash = "0" * 64
            identity.save(update_fields=["value", "value_hash"])


def _get(browser: Client, path: str, asked: dict[str, str]) -> tuple[int, str]:
    """Status and page, without what differs by chance, by the clock, and by the query itself."""
    query = QueryDict(mutable=True)
    query.update(asked)
    with transaction.atomic():  # the record would grow by every look at it
        answer: Any = browser.get(f"{path}?{query.urlencode()}")
        status, body = shape(answer)
        transaction.set_rollback(True)
    return status, _BY_ITSELF.sub("", body)


def test_c4_the_program_door_refuses_a_filter_by_name_of_the_field(here: World) -> None:
    answer = here.browser("tariq").get("/api/takedowns/", {"case__summary": "s"})
    assert answer.status_code == 400
    assert b"case__summary" in answer.content
