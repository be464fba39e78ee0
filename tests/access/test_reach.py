"""The self-test of who reaches what: complete, sees no values, leaves one row, and finds a leak."""

import io
from collections.abc import Callable
from functools import cache

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from insight.reach import Reach, class_of, reach
from insight.surfaces import KIND_NAMES, addresses, keys_of, kind_of, surfaces
from privacy.access import acting
from privacy.classes import CATEGORY, CONTENT_LOCATOR, OPERATIONAL
from privacy.fields import unseal
from privacy.minimise import Minimised
from privacy.models import AuditEvent
from privacy.services import NotPossible
from tests.access.test_minimisation import (
    _FOR_REFERRAL,
    _FOR_TAKEDOWN,
    _FOR_THE_WORK,
    Planted,
    planted,  # noqa: F401
)
from tests.access.world import NAMES, World

pytestmark = pytest.mark.django_db

_KNOWS_OF = {OPERATIONAL, CATEGORY}
# Written down here once more, away from the policy: whose very words each may ever find.
_MAY_READ = {
    "ben": set(),
    "sofia": _KNOWS_OF,
    "tariq": _KNOWS_OF | {CONTENT_LOCATOR},
    "rana": _KNOWS_OF,
    "anil": set(),
    "adil": set(),
    "aude": {OPERATIONAL},
    "lea": set(),
}
# Found by class beyond that, and meant: what was agreed to leave us; why somebody looked.
_MEANT = ("referrals.Packet.", "privacy.Reveal.", "privacy.Glass.", "privacy.CoSign.")


Asked = Callable[[str], Reach]


@pytest.fixture(scope="module")
def asked(here: World, planted: Planted) -> Asked:  # noqa: F811
    """What the self-test finds for each of the cast, asked once; every sealed field is filled."""
    return cache(lambda name: _reach(here, name))


def _reach(here: World, name: str) -> Reach:
    by = here.cast["aude" if name != "aude" else "sofia"]
    with acting(user=by):
        return reach(here.case, here.cast[name], by=by)


@pytest.mark.parametrize("name", NAMES)
def test_c3_the_self_test_finds_no_mark_that_the_table_does_not_allow(
    asked: Asked, name: str
) -> None:
    found = asked(name)
    assert found.beyond == []
    if name in _MAY_READ:
        read = {one for one, _folder in found.read if not one.startswith(_MEANT)}
        assert {class_of(one) for one in read} - _MAY_READ[name] == set()


@pytest.mark.parametrize(
    ("name", "needed"),
    [("amina", _FOR_THE_WORK), ("tariq", _FOR_TAKEDOWN), ("rana", _FOR_REFERRAL)],
)
def test_c3_the_self_test_is_not_blind(asked: Asked, name: str, needed: set[str]) -> None:
    assert needed - {one for one, _folder in asked(name).read} == set()


def test_c3_the_holder_sees_names_as_a_shape_and_the_self_test_says_so(asked: Asked) -> None:
    shapes = {one for one, _folder in asked("amina").shapes}
    assert {"cases.Case.name", "cases.Case.school"} <= shapes


def test_c3_a_page_that_tells_too_much_is_found(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Minimised, "_letter", lambda _self, _name: "r")
    assert "cases.Case.name" in _reach(here, "sofia").beyond


def test_c3_the_self_test_asks_every_kind_of_surface(here: World) -> None:
    with acting(user=here.cast["aude"]):
        asked = surfaces(here.case)
    assert KIND_NAMES.keys() - {one.kind for one in asked} == set()
    keyed = {name for name, one in addresses() if keys_of(one)}
    posted = {"api-reviews-glass", "api-reviews-reveal"}  # answer no GET
    unasked = keyed - posted - {one.name for one in asked}
    assert {name for name in unasked if kind_of(name, keyed=True) in ("api", "live")} == set()


def test_c3_the_self_test_leaves_one_row_and_nothing_else(here: World) -> None:
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    with transaction.atomic():
        _reach(here, "anil")
        rows = AuditEvent.objects.exclude(pk__in=before)
        assert [(one.verb, one.actor, one.subject_id) for one in rows] == [
            ("self_test", str(here.cast["aude"].pk), here.cast["anil"].pk)
        ]
        transaction.set_rollback(True)


def test_c3_the_page_shows_names_of_fields_and_no_value(here: World) -> None:
    amina = here.cast["amina"]
    body = {"person": str(amina.pk), "code": here.case.code}
    answer = here.browser("sofia").post("/reach/", body)
    text = answer.content.decode()
    assert "cases.Case.name" in text
    assert "intake.Message.body" in text
    with acting(part="intake"):
        here.case.refresh_from_db()
        values = [unseal(here.case, name) for name in ("name", "school", "safe_words")]
    assert [value for value in values if value and value in text] == []


def test_c3_nobody_tests_a_case_they_may_not_know_of(here: World) -> None:
    body = {"person": str(here.cast["amina"].pk), "code": here.case.code}
    answer = here.browser("lea").post("/reach/", body)
    assert answer.status_code == 200
    assert "cases.Case" not in answer.content.decode()


def test_c3_nobody_tests_themselves(here: World) -> None:
    aude: User = here.cast["aude"]
    with acting(user=aude), pytest.raises(NotPossible):
        reach(here.case, aude, by=aude)


def test_c3_the_command_says_the_same(here: World) -> None:
    out = io.StringIO()
    call_command("reach", here.cast["tariq"].email, here.case.code, stdout=out)
    assert "takedowns.ReportedContent.locator" in out.getvalue()
    assert "cases.Case.summary" not in out.getvalue()
    with pytest.raises(CommandError):
        call_command("reach", "nobody@helpline.example", here.case.code, stdout=out)
