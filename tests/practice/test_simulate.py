"""The shell plays a young person and shows what came back."""

import os
import subprocess

import pytest

from practice import simulate
from tests.counterparts import ASHA, ROOT, World
from tests.practice.conftest import Doors


@pytest.fixture(autouse=True)
def shell(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_PORT", world.url.rsplit(":", 1)[1])


def test_asha_writes_from_a_shell(
    world: World, doors: Doors, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate.main(["whatsapp", "--from", "asha", "--wait", "0", "hello"]) == 0
    assert doors.forms("/hooks/whatsapp/")[0]["From"] == ASHA
    assert "→ hello  [taken]" in capsys.readouterr().out


def test_the_script_runs_without_the_products_settings(world: World, doors: Doors) -> None:
    command = [str(ROOT / "script/simulate"), "whatsapp", "--from", "imran", "--wait", "0", "hello"]
    environment = {"PATH": os.environ["PATH"], "WORLD_PORT": world.url.rsplit(":", 1)[1]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "→ hello  [taken]\n"


def test_a_stranger_sends_a_picture(world: World, doors: Doors) -> None:
    simulate.main(["whatsapp", "--from", "+447700900999", "--picture", "--wait", "0"])
    assert doors.forms("/hooks/whatsapp/")[0]["From"] == "whatsapp:+447700900999"
    assert doors.forms("/hooks/whatsapp/")[0]["NumMedia"] == "1"


def test_layla_mails_from_a_shell(world: World, doors: Doors) -> None:
    asked = ["email", "--from", "layla", "--subject", "a question", "--wait", "0", "hello"]
    assert simulate.main(asked) == 0
    assert doors.mails[0]["Subject"] == "a question"


def test_asha_calls_from_a_shell(
    world: World, doors: Doors, capsys: pytest.CaptureFixture[str]
) -> None:
    doors.answer(
        "/hooks/phone/", "<Response><Gather numDigits='1'><Say>1 or 2?</Say></Gather></Response>"
    )
    assert simulate.main(["call", "--press", "1", "--wait", "0"]) == 0
    assert "← 1 or 2?\n→ 1\n" in capsys.readouterr().out


def test_a_person_without_mail_cannot_mail(world: World) -> None:
    with pytest.raises(SystemExit, match="Imran has no mail"):
        simulate.main(["email", "--from", "imran", "hello"])


def test_no_world_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_PORT", "9")
    assert simulate.main(["whatsapp", "hello"]) == 1
    assert "Is script/start running?" in capsys.readouterr().out
