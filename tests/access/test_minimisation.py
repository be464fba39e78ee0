"""A word planted in every sealed field: each person finds what the policy gives them, no more."""

import json
import secrets
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.urls import reverse

from privacy.access import acting, capacities
from privacy.classes import SECRET
from privacy.fields import SealedField
from privacy.models import CaseData
from privacy.policy import level
from privacy.wall import case_models
from tests.access.addresses import every_address
from tests.access.table import table
from tests.access.walk import Walker
from tests.access.world import NAMES, World

pytestmark = pytest.mark.django_db

Planted = dict[str, tuple[str, UUID, str]]  # word to (model.field, folder, class)

# Fields that hold JSON: what the word is wrapped in.
_WRAPPED: Final[dict[str, str]] = {
    "cases.Case.flags": "self_harm_or_suicide",
    "intake.Conversation.flags": "self_harm_or_suicide",
    "referrals.Packet.content": "summary",
    "referrals.Packet.contact": "phone",
    "referrals.Packet.identity": "name",
}
# Seen as part of what was agreed to leave: the packet's own fields.
_PACKET: Final = "referrals.Packet."
# Opened to amina for ten minutes, with a purpose: in the world, and by the API while she walks.
_REVEALED: Final = {"intake.Identity.value", "cases.Case.name"}
# What the holder's work is made of: they must find it.
_FOR_THE_WORK: Final = {
    "cases.Case.call_me",
    "cases.Case.flags",
    "cases.Case.safety_plan",
    "cases.Case.summary",
    "cases.Draft.body",
    "cases.Handover.do_not_ask",
    "cases.Handover.promised",
    "cases.Handover.summary",
    "cases.Note.body",
    "cases.Task.what",
    "intake.Message.body",
    "referrals.Packet.content",
    "referrals.SupportReferral.words",
    "takedowns.ReportedContent.locator",
    "takedowns.TakedownRequest.reference",
}
_FOR_TAKEDOWN: Final = {
    "takedowns.ReportedContent.locator",
    "takedowns.TakedownRequest.reference",
}
_FOR_REFERRAL: Final = {"referrals.Packet.content"}


@pytest.fixture(scope="module")
def planted(here: World) -> Planted:
    """A word of its own in every sealed field of every row of amina's case."""
    words: Planted = {}
    with acting(part="forgetting"):
        folders = {here.case.folder_id, here.conversation.folder_id}
        for model in case_models():
            for row in model._default_manager.filter(folder__in=folders):
                words |= _plant(row)
    return words


def _plant(row: CaseData) -> Planted:
    words: Planted = {}
    for field in row._meta.fields:
        if isinstance(field, SealedField):
            name, word = f"{row._meta.label}.{field.name}", f"zw{secrets.token_hex(8)}"
            inside = _WRAPPED.get(name)
            setattr(row, field.name, json.dumps({inside: word}) if inside else word)
            words[word] = (name, row.folder_id, field.data_class)
    if words:
        row.save()
    return words


def test_every_model_with_sealed_fields_is_in_the_world(planted: Planted) -> None:
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in case_models()
        for field in model._meta.fields
        if isinstance(field, SealedField)
    }
    assert sealed - {name for name, _folder, _klass in planted.values()} == set()


@pytest.mark.parametrize("name", NAMES)
def test_c3_nobody_finds_more_than_the_policy_gives(
    here: World, planted: Planted, name: str
) -> None:
    too_much: dict[str, str] = {}
    for where, text in _everything(here, name):
        for word in _found(text, planted):
            if not _allowed(here, name, planted[word]):
                too_much.setdefault(planted[word][0], where)
    assert too_much == {}


@pytest.mark.parametrize(
    ("name", "needed"),
    [("amina", _FOR_THE_WORK), ("tariq", _FOR_TAKEDOWN), ("rana", _FOR_REFERRAL)],
)
def test_each_finds_what_the_work_needs(
    here: World, planted: Planted, name: str, needed: set[str]
) -> None:
    seen = {
        planted[word][0]
        for _where, text in _everything(here, name)
        for word in _found(text, planted)
    }
    assert needed - seen == set()


def test_c7_a_partner_finds_the_packet_and_nothing_else(here: World, planted: Planted) -> None:
    client = here.browser("-")
    door = reverse("referrals:door", args=[here.keys["token"]])
    client.post(door, {"code": here.keys["code"]})
    answer = client.get(reverse("referrals:packet", args=[here.keys["token"]]))
    assert answer.status_code == 200
    seen = {planted[word][0] for word in _found(answer.content.decode(), planted)}
    assert seen == {f"{_PACKET}{part}" for part in ("content", "contact", "identity")}


def _everything(here: World, name: str) -> Iterator[tuple[str, str]]:
    """Every answer that shows this person something: its address, and head and body as text."""
    walker, told = Walker.of(here, name), table()
    for one in every_address():
        for method in ("GET", "POST"):
            if told[method, one.row][name] not in (404, 405):
                yield f"{method} {one.row}", _text(walker.ask(method, one))


def _text(answer: HttpResponse) -> str:
    return f"{answer.headers} {answer.cookies} {answer.content.decode()}"


def _found(text: str, planted: Planted) -> set[str]:
    return {word for word in planted if word in text}


def _allowed(here: World, name: str, what: tuple[str, UUID, str]) -> bool:
    field, folder, klass = what
    person: Any = here.cast[name]
    with acting(user=person):
        letters = level(capacities(person, [folder])[folder], klass) if klass != SECRET else ""
    label, name_of = field.rsplit(".", 1)
    written_for = apps.get_model(label).addressed.get(name_of, "-")
    if "r" in letters or written_for in letters or ("p" in letters and field.startswith(_PACKET)):
        return True
    return name == "amina" and field in _REVEALED
