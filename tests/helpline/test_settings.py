"""Which environments the project refuses to start in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from helpline.checks import check_forged_forms, check_mail, check_no_superuser, check_production

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PRODUCTION": "1",
    "PRACTICE": "0",
    "SECRET_KEY": "x" * 60,
    "PUBLIC_BASE_URL": "https://helpline.example",
    "AMAAN_INTAKE_PUBLIC_KEY_FILE": "/nowhere/intake.pub",
}


def checked(*options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in an environment; an empty value takes the variable away."""
    return managed("check", *options, **more)


def managed(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command of manage.py in an environment."""
    env = {**os.environ, "AMAAN_MASTER_KEY_FILE": "", "AMAAN_MASTER_KEY": "", **more}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={name: value for name, value in env.items() if value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_l1_the_practice_desk_cannot_be_switched_on_in_production() -> None:
    refused = checked(**PRODUCTION | {"PRACTICE": "1", "AMAAN_MASTER_KEY_FILE": "/nowhere/key"})
    assert refused.returncode != 0
    assert "practice desk cannot be switched on" in refused.stderr


def test_l1_debug_cannot_be_switched_on_in_production() -> None:
    refused = checked(**PRODUCTION | {"DEBUG": "1", "AMAAN_MASTER_KEY_FILE": "/nowhere/key"})
    assert refused.returncode != 0
    assert "DEBUG cannot be switched on" in refused.stderr


def test_l1_a_production_desk_passes_djangos_own_checks() -> None:
    secret = "".join(map(chr, range(48, 112)))
    sound = PRODUCTION | {"AMAAN_MASTER_KEY_FILE": "/nowhere/key", "SECRET_KEY": secret}
    found = checked("--deploy", "--tag", "security", "--fail-level", "WARNING", **sound)
    assert found.returncode == 0, found.stderr
    weak = checked("--deploy", "--tag", "security", **sound | {"SECRET_KEY": "short"})
    assert "security.W009" in weak.stderr  # so the checks were really asked


def test_b1_cookies_of_a_real_desk_are_for_this_host_alone() -> None:
    show = (
        "from django.conf import settings as s\n"
        "for n in ('SESSION', 'CSRF', 'LANGUAGE'):\n"
        "    print(getattr(s, n + '_COOKIE_NAME'), getattr(s, n + '_COOKIE_SECURE'),"
        " getattr(s, n + '_COOKIE_HTTPONLY'), getattr(s, n + '_COOKIE_SAMESITE'))\n"
        "print(s.PLACE_COOKIE_NAME, s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH)"
    )
    told = managed("shell", "--no-imports", "-c", show, **PRODUCTION)
    assert told.stdout.split("\n")[:4] == [
        "__Host-sessionid True True Lax",
        "__Host-csrftoken True True Lax",
        "__Host-language True True Lax",
        "__Host-place None /",
    ], told.stderr


def test_production_without_a_master_key_does_not_start() -> None:
    refused = checked(**PRODUCTION)
    assert refused.returncode != 0
    assert "helpline.E001" in refused.stderr


def test_production_with_a_key_file_that_cannot_be_read_still_starts() -> None:
    assert checked(**PRODUCTION | {"AMAAN_MASTER_KEY_FILE": "/nowhere/key"}).returncode == 0


def test_production_without_a_secret_key_does_not_start() -> None:
    refused = checked(**PRODUCTION | {"SECRET_KEY": "", "AMAAN_MASTER_KEY_FILE": "/nowhere/key"})
    assert refused.returncode != 0
    assert "SECRET_KEY" in refused.stderr


def test_another_database_than_postgresql_is_refused() -> None:
    refused = checked(AMAAN_PROCESS="owner", DATABASE_OWNER_URL="sqlite:///desk.sqlite3")
    assert refused.returncode != 0
    assert "must name a PostgreSQL database" in refused.stderr


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"PUBLIC_BASE_URL": "http://helpline.example"}, "helpline.E003"),
        ({"ALLOWED_HOSTS": ["*"]}, "helpline.E004"),
        ({"DEBUG": True}, "helpline.E005"),
    ],
)
def test_l1_production_refuses_a_weak_setting(changed: dict[str, object], code: str) -> None:
    sound = {
        "PRODUCTION": True,
        "PRACTICE": False,
        "DEBUG": False,
        "AMAAN_MASTER_KEY_FILE": "/nowhere/key",
        "PUBLIC_BASE_URL": "https://helpline.example",
        "ALLOWED_HOSTS": ["helpline.example"],
    }
    with override_settings(**sound):
        assert check_production() == []
    with override_settings(**sound | changed):
        assert [error.id for error in check_production()] == [code]


def test_no_account_can_be_a_superuser() -> None:
    assert check_no_superuser() == []


def test_a_desk_without_protection_of_its_forms_does_not_start() -> None:
    assert check_forged_forms() == []
    without = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    with override_settings(MIDDLEWARE=without):
        assert [error.id for error in check_forged_forms()] == ["helpline.E008"]


def test_j5_the_policy_of_every_page_has_no_unsafe_word() -> None:
    policy: Any = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert policy["default-src"] == ["'none'"]
    assert not any("unsafe" in str(word) for words in policy.values() for word in words)


@pytest.mark.django_db
def test_j5_every_answer_tells_browsers_to_keep_and_share_nothing(client: Client) -> None:
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"MAIL_REPLY_DOMAIN": "localhost"}, ["helpline.E010"]),
        ({"MAIL_WEBHOOK_SECRET": "a:short"}, ["helpline.E011"]),
        ({"MAIL_WEBHOOK_SECRET": "x" * 60}, ["helpline.E011"]),
        ({"MAIL_WEBHOOK_SECRET": "", "IMAP_HOST": "", "MAIL_REPLY_DOMAIN": "localhost"}, []),
    ],
)
def test_mail_does_not_come_in_where_answers_could_not_come_back(
    changed: dict[str, Any], codes: list[str]
) -> None:
    whole = {
        "PRODUCTION": True,
        "IMAP_HOST": "imap.example",
        "MAIL_REPLY_DOMAIN": "post.example",
        "MAIL_WEBHOOK_SECRET": "name:" + "x" * 40,
    }
    with override_settings(**whole | changed):
        assert [error.id for error in check_mail()] == codes
