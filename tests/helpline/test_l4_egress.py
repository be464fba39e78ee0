"""From the namespace of our processes only configured providers and servers are reached."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest
from pytest_django import Settings

from helpline import egress
from tests.installation import ROOT

TWILIO: Final = ("192.0.2.10", 443)
META: Final = ("2001:db8::20", 443)
IWF: Final = ("192.0.2.30", 8443)
SMTP: Final = ("192.0.2.40", 587)
IMAP: Final = ("192.0.2.50", 993)
DATABASE: Final = ("192.0.2.60", 5432)
BELL: Final = ("192.0.2.70", 6379)
RESOLVER: Final = ("192.0.2.53", 53)
OURS: Final = (TWILIO, META, IWF, SMTP, IMAP, DATABASE, BELL)
STRANGERS: Final = (
    ("198.51.100.9", 443),  # anybody's server
    ("198.51.100.9", 53),  # somebody else's resolver: words leave as names, too
    ("2001:db8::99", 443),
    ("192.0.2.10", 22),  # a provider's address, another door
    ("192.0.2.40", 25),
    ("169.254.169.254", 80),  # where clouds keep their machines' secrets
)


@pytest.fixture
def configured(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Every provider and server, by address."""
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_API_BASE = "AC1", "https://192.0.2.10"
    settings.META_ACCESS_TOKEN, settings.META_API_BASE = "t", "https://[2001:db8::20]/graph"
    settings.IWF_REPORT_URL, settings.IWF_LINK_URL = "https://192.0.2.30:8443/report", ""
    settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP
    settings.IMAP_HOST, settings.IMAP_PORT = IMAP
    settings.CELERY_BROKER_URL = "redis://:secret@192.0.2.70:6379/0"
    for where in settings.DATABASES.values():
        monkeypatch.setitem(where, "HOST", "192.0.2.60")
        monkeypatch.setitem(where, "PORT", "5432")
    return settings


def _ask(rules: str, doors: tuple[tuple[str, int], ...]) -> Any:
    """Who is reached in a world of its own. Raises where namespaces or nft cannot be had."""
    alone = ["unshare", "--mount", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.egress_world"],
        cwd=ROOT,
        input=json.dumps({"rules": rules, "doors": doors}),
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, f"nftables and iproute2 are needed: {done.stderr[-1500:]}"
    found = json.loads(done.stdout)
    return {when: {tuple(door) for door in some} for when, some in found.items()}


def test_l4_only_configured_servers_are_reached(configured: Settings) -> None:
    rules = egress.ruleset(resolvers=[RESOLVER[0]])
    everybody = (*OURS, RESOLVER, *STRANGERS)
    found = _ask(rules, everybody)
    assert found["before"] == set(everybody)  # the world is there, and answers
    assert found["with"] == {*OURS, RESOLVER}


def test_l4_what_is_not_configured_is_not_reached(configured: Settings) -> None:
    configured.TWILIO_ACCOUNT_SID = configured.META_ACCESS_TOKEN = ""
    configured.IWF_REPORT_URL = configured.IMAP_HOST = ""
    assert {door.what for door in egress.doors()} == {"smtp", "database", "bell"}
    found = _ask(egress.ruleset(resolvers=[]), OURS)
    assert found["with"] == {SMTP, DATABASE, BELL}


def test_l4_no_secret_of_the_settings_stands_in_the_rules(configured: Settings) -> None:
    assert "secret" not in egress.ruleset(resolvers=[])
