"""Within one command: what somebody could have seen, for the notice within 72 hours."""

import csv
import io
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case
from intake.models import Conversation
from privacy import keys
from privacy.access import acting
from privacy.minimise import minimised
from privacy.models import AuditEvent
from tests import people

SINCE = (timezone.now() - timedelta(hours=1)).isoformat()
CANARY = "canary-77"


@pytest.fixture
def cases(amina: User, ben: User, team: Team) -> tuple[Case, Case]:
    """One case that amina read, and one that ben did."""
    made = []
    for holder in (amina, ben):
        case = people.case_of(holder, team=team, text=CANARY, summary=CANARY, name=CANARY)
        with acting(user=holder):
            assert minimised(case, holder).summary == CANARY
        made.append(case)
    return made[0], made[1]


def _pack(*options: str, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    call_command("breach_pack", "--since", SINCE, *options)
    out = capsys.readouterr().out
    assert CANARY not in out
    return {row["case"]: row for row in csv.DictReader(io.StringIO(out))}


def test_l7_one_command_lists_what_a_colleague_could_have_seen(
    cases: tuple[Case, Case], amina: User, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _other = cases
    found = _pack("--actor", amina.email, capsys=capsys)
    assert set(found) == {mine.code}
    row = found[mine.code]
    with acting(part="counting"):
        talk = Conversation.objects.get(filed_to=mine.folder_id)
        event = AuditEvent.objects.get(verb="read", actor=str(amina.pk))
    assert row["people"] == str(talk.pk)
    assert row["classes"] == "narrative"
    assert "cases.Case.summary" in row["fields"].split()
    assert "cases.Case.name" not in row["fields"].split()
    assert row["by"] == f"person:{amina.pk}"
    assert row["first"] == row["last"] == event.at.isoformat()
    export = AuditEvent.objects.get(verb="export", subject="breach_pack")
    assert export.reason == "actor"


def test_l7_a_window_lists_what_anybody_saw_and_nothing_outside_it(
    cases: tuple[Case, Case], capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(_pack(capsys=capsys)) == {case.code for case in cases}
    assert _pack("--until", SINCE, capsys=capsys) == {}


def test_l7_a_stolen_key_lists_all_it_could_open_and_not_what_was_destroyed_before(
    cases: tuple[Case, Case], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, _other = cases
    found = _pack("--keys", capsys=capsys)
    assert {case.code for case in cases} <= set(found)
    assert {"identity", "narrative"} <= set(found[mine.code]["classes"].split())
    keys.destroy(mine.folder_id, "identity")
    now = (timezone.now() + timedelta(seconds=1)).isoformat()
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    call_command("breach_pack", "--since", now, "--until", later, "--keys")
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    row = next(row for row in rows if row["case"] == mine.code)
    assert "identity" not in row["classes"].split()


def test_l7_the_pack_in_a_file_is_for_nobody_else(
    cases: tuple[Case, Case], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "pack.csv"
    call_command("breach_pack", "--since", SINCE, "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert cases[0].code in out.read_text()
    assert "2 cases" in capsys.readouterr().err


def test_l7_a_moment_nobody_understands_is_said_so() -> None:
    with pytest.raises(CommandError):
        call_command("breach_pack", "--since", "yesterday")
