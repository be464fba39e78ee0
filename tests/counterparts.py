"""The outside world for tests: Twilio, IWF, mail servers and people, in a process of their own.

Put `pytest_plugins = ["tests.counterparts"]` in the top conftest; then a test takes `world`:

    def test_a_message_is_answered(world, live_server):
        world.connect(live_server.url)                  # the world may now call our webhooks
        world.send_whatsapp(ASHA, "hello")              # signed, posted to /hooks/whatsapp/
        assert world.wait_for(lambda: world.messages_to(ASHA))[0]["body"] == "…"

`world` is empty at the start of each test and unconnected: unless `connect` is called it sends no
webhook and no status callback, so a test with Django's own client uses `whatsapp_form` and `sign`:

    form = world.whatsapp_form(ASHA, "hello")           # the provider now holds this message
    client.post("/hooks/whatsapp/", form, **world.sign("/hooks/whatsapp/", form))

`wired_world` is the same world with the product's settings (TWILIO_*, IWF_*, EMAIL_*,
PUBLIC_BASE_URL, MAIL_REPLY_DOMAIN) pointing at it for this test: what the product sends in this
process, by REST or SMTP, arrives there.

Addresses: `world.url` (Twilio's REST at /2010-04-01/…, IWF at /iwf/report, /iwf/case, /iwf/link/),
`world.smtp` (host and port of everybody's mail server). Secrets: `world.secrets`, the variables
shared with the product. All else is practice.counterpart.Counterpart: send_whatsapp,
send_mail, send_raw_mail, call, press, act, messages_to, mails_to, iwf, ledger, misbehave (faults),
behave, settle, let_pass, reset.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from practice.counterpart import Counterpart
from practice.personas import BY_KEY
from practice.signing import meta_signature, twilio_signature

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = "https://helpline.example"
SECRETS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 31 + "1",
    "TWILIO_AUTH_TOKEN": "practice-token",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15005550006",
    "TWILIO_SMS_FROM": "+15005550008",
    "TWILIO_VOICE_FROM": "+15005550006",
    "META_APP_SECRET": "practice-app-secret",
    "META_VERIFY_TOKEN": "practice-verify",
    "META_ACCESS_TOKEN": "practice-access",
    "META_PHONE_NUMBER_ID": "106540352242922",
    "IWF_USER": "practice",
    "IWF_PASSWORD": "practice-iwf",
    "IWF_SECRET_KEY": "practice-iwf-key",
    "DEFAULT_FROM_EMAIL": "hello@helpline.example",
}
ASHA = BY_KEY["asha"].whatsapp  # has a number
IMRAN = BY_KEY["imran"].whatsapp  # has only a business-scoped id
ASHA_MAIL = BY_KEY["asha"].mail
ASHA_PHONE = BY_KEY["asha"].phone
Found = TypeVar("Found")


class World(Counterpart):
    """A running world, and how a test signs and waits."""

    def __init__(self, http: int, smtp: int) -> None:
        super().__init__(f"http://127.0.0.1:{http}")
        self.smtp = ("127.0.0.1", smtp)
        self.secrets = SECRETS
        self.public = PUBLIC

    def connect(
        self,
        product_url: str = "",
        *,
        mail_door: tuple[str, int] | None = None,
        public: str = PUBLIC,
    ) -> None:
        """Say where the helpline really listens; webhooks are signed for `public` all the same."""
        if product_url:
            self.configure(public_base_url=public, deliver_url=product_url)
        if mail_door is not None:
            self.configure(mail_host=mail_door[0], mail_port=mail_door[1])

    def sign(
        self, path: str, form: Mapping[str, str], public: str = PUBLIC, *, algorithm: str = "sha1"
    ) -> dict[str, str]:
        """Return the signature headers, in the form Django's test client wants as **extra."""
        token = self.secrets["TWILIO_AUTH_TOKEN"]
        signature = twilio_signature(public + path, form, token, algorithm=algorithm)
        found = {"HTTP_X_TWILIO_SIGNATURE": signature}
        if algorithm == "sha256":
            settings = "key=practice,algorithm=HMAC_SHA256"
            found["HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"] = settings
        return found

    def sign_meta(self, body: bytes) -> dict[str, str]:
        """Return Meta's signature header of a body, as Django's test client wants it."""
        signature = meta_signature(body, self.secrets["META_APP_SECRET"])
        return {"HTTP_X_HUB_SIGNATURE_256": signature}

    def wait_for(self, look: Callable[[], Found], seconds: float = 5.0) -> Found:
        """Look until something true is seen and return it; fail the test after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.05)
        pytest.fail(f"not seen within {seconds} s; refusals: {self.ledger()['Refusal']}")


def start_world(**environment: str) -> tuple[subprocess.Popen[str], World]:
    """Start a world on free ports; the caller terminates the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "practice.world"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "WORLD_STATUS_DELAY": "0.02"} | SECRETS | environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ports = json.loads(process.stdout.readline())
    return process, World(ports["http"], ports["smtp"])


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    """One world for the whole session (one for each xdist worker)."""
    process, world = start_world()
    yield world
    world.close()
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def world(running_world: World) -> World:
    """Give the session's world, empty, well-behaved and unconnected."""
    running_world.reset()
    running_world.configure(
        public_base_url="",
        deliver_url="",
        mail_port=0,
        voice_clock=False,
        voice_fallback="",
        voice_status_path="",
        iwf_live=False,
        status_delay=0.02,
    )
    return running_world


@pytest.fixture
def wired_world(world: World, settings: Any) -> World:
    """Give the world with the product's settings pointing at it: Twilio, IWF, SMTP, secrets."""
    for name, value in SECRETS.items():
        setattr(settings, name, value)
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["*"]
    settings.TWILIO_API_BASE = world.url
    settings.META_API_BASE = f"{world.url}/graph"
    settings.IWF_REPORT_URL = f"{world.url}/iwf/report"
    settings.IWF_LINK_URL = f"{world.url}/iwf/case"
    settings.IWF_CHILD_PAGE = f"{world.url}/iwf/link"
    settings.IWF_LIVE = False
    settings.EMAIL_BACKEND = "intake.channels.mail_line.MailLine"
    settings.EMAIL_HOST, settings.EMAIL_PORT = world.smtp
    settings.MAIL_REPLY_DOMAIN = "helpline.example"
    return world
