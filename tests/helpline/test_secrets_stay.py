"""Keys are nowhere but in the ring: no report, page, setting or command line shows one."""

from __future__ import annotations

import base64
import json
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import cast

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as live
from django.core import mail
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter, get_exception_reporter_class
from pytest_django import Settings

from accounts.models import User
from helpline.checks import check_ring_file
from privacy import crypto, ring
from tests import leaks

ROOT = Path(__file__).resolve().parents[2]


def shapes(key: bytes) -> list[str]:
    """How a key could be written."""
    encoded = base64.b64encode(key).decode()
    return [encoded, encoded.rstrip("="), key.hex(), repr(key)[2:-1], str(list(key))[1:-1]]


@pytest.fixture
def key() -> bytes:
    """The version of the ring that wraps now."""
    now = ring.current_ring()
    return now.versions[now.current]


def test_e4_settings_do_not_hold_the_key(key: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("diffsettings", "--all")
    told = capsys.readouterr().out + repr(live) + repr(ring.current_ring())
    told += "".join(repr(getattr(live, name)) for name in dir(live) if name.isupper())
    assert not any(shape in told for shape in shapes(key))


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("form", ["html", "text"])
def test_e4_no_report_of_an_error_shows_a_key_or_a_word(
    key: bytes, settings: Settings, debug: bool, form: str
) -> None:
    settings.DEBUG = debug
    wrapped = crypto.wrap(key, b"place")
    word, number = leaks.marked("her words"), leaks.number(1)
    request = RequestFactory().post(f"/?q={leaks.WORD}", {"body": word}, HTTP_X_SAID=word)
    request.COOKIES["said"] = word
    try:
        crypto.open_sealed(key, wrapped[3:], number.encode())
    except crypto.CannotOpen as error:
        error.add_note(word)
        kind = cast("type[ExceptionReporter]", get_exception_reporter_class(request))
        reporter = kind(request, *_about(ValueError(word), error))
        told = getattr(reporter, f"get_traceback_{form}")()
    assert "open_sealed" in told or "test_secrets_stay" in told
    assert not leaks.rings(told)
    assert not any(shape in told for shape in shapes(key))


def _about(
    error: BaseException, cause: BaseException
) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """The error as if it had come of the other."""
    error.__cause__ = cause
    return type(error), error, cause.__traceback__


def test_e3_no_error_is_sent_by_mail(
    client: Client, amina: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words travel in what failed; whoever reads the administrator's mail may not read them."""
    settings.ADMINS = settings.MANAGERS = [("Adil", "adil@helpline.example")]
    seen: list[object] = []
    got_request_exception.connect(lambda **about: seen.append(about), weak=False, dispatch_uid="e3")

    def fail(*_arguments: object) -> None:
        raise ValueError(leaks.marked("her words"))

    monkeypatch.setattr("accounts.views.render", fail)
    client.raise_request_exception = False
    client.force_login(amina)
    assert client.get("/me/").status_code == 500
    got_request_exception.disconnect(dispatch_uid="e3")
    assert seen
    assert mail.outbox == []


def test_e3_a_process_that_dies_leaves_no_picture_of_its_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    assert (soft, hard) == (0, 0)
    units = [unit.read_text() for unit in (ROOT / "deploy" / "systemd").glob("*.service")]
    ours = [unit for unit in units if "manage.py" in unit]
    assert ours
    assert all("LimitCORE=0" in unit for unit in ours)


@pytest.mark.parametrize(("mode", "refused"), [(0o400, False), (0o600, False), (0o440, True)])
def test_e4_a_ring_that_others_can_read_stops_the_start_of_a_real_desk(
    settings: Settings, tmp_path: Path, mode: int, refused: bool
) -> None:
    file = tmp_path / "ring"
    file.touch()
    file.chmod(mode)
    settings.AMAAN_MASTER_KEY_FILE = str(file)
    assert check_ring_file() == []  # trying out
    settings.PRODUCTION = True
    assert [one.id for one in check_ring_file()] == ["helpline.E032"] * refused


def test_e4_systemds_own_copy_of_the_ring_is_guarded_by_systemd(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ring"
    file.touch()
    file.chmod(0o440)  # so it looks where the right to read is in an access list
    settings.AMAAN_MASTER_KEY_FILE, settings.PRODUCTION = str(file), True
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert check_ring_file() == []


def test_e4_the_key_itself_in_the_environment_is_warned_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION, settings.AMAAN_MASTER_KEY_FILE = True, ""
    monkeypatch.setenv("AMAAN_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert [one.id for one in check_ring_file()] == ["helpline.W030"]
    assert ring.current_ring().versions == {1: b"k" * 32}


def test_e4_the_key_is_in_neither_database_nor_in_the_repository(db: None, key: bytes) -> None:
    assert stat.S_IMODE(ring.ring_file().stat().st_mode) == 0o400
    assert not ring.ring_file().is_relative_to(ROOT)
    for used in (connection, connections["keys"]):
        with used.cursor() as cursor:
            for table in used.introspection.table_names():
                cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")  # noqa: S608
                (held,) = cursor.fetchone()
                assert not any(shape in held for shape in shapes(key)), table


def test_e7_seeds_of_second_factors_and_recovery_codes_are_encrypted_at_rest(
    amina: User,
) -> None:
    Authenticator.objects.filter(user=amina).delete()
    TOTP.activate(amina, "JBSWY3DPEHPK3PXPSEED")
    RecoveryCodes.activate(amina)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM mfa_authenticator t")
        (held,) = cursor.fetchone()
    assert "JBSWY3DPEHPK3PXPSEED" not in held
    for factor in Authenticator.objects.filter(user=amina):
        for sealed in (factor.data[name] for name in ("secret", "seed") if name in factor.data):
            raw = base64.b64decode(sealed)
            assert b"JBSWY3DP" not in raw
            assert crypto.wrapped_by(raw) in ring.current_ring().versions
    codes = Authenticator.objects.get(user=amina, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(codes).get_unused_codes()[0] not in held


PLANTED = {
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a cloud's key": 'key = "AKIA' + 'QWERTYUIOPASDFGH"',
    "a provider's key": "SK" + "0123456789abcdef" * 2,
    "random letters": 'token = "' + base64.b64encode(bytes(range(60, 108))).decode() + '"',
}


@pytest.mark.parametrize("kind", PLANTED)
def test_e7_a_secret_in_the_repository_is_found(tmp_path: Path, kind: str) -> None:
    """script/lint runs the same scanner, with the same list of what was looked at, over all."""
    planted = tmp_path / "planted.py"
    planted.write_text(f"{PLANTED[kind]}\n")
    found = subprocess.run(
        [
            *(sys.executable, "-m", "detect_secrets.pre_commit_hook"),
            *("--baseline", ".secrets.baseline", str(planted)),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert found.returncode == 1


def test_e7_what_the_scanner_passes_over_is_written_down() -> None:
    known = json.loads((ROOT / ".secrets.baseline").read_text())["results"]
    assert all((ROOT / name).is_file() for name in known)
    assert not any(one.get("is_verified") for found in known.values() for one in found)
