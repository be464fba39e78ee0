"""The whole way of a posted mail through the web process's own application."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from intake.models import InboundEvent
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import PICTURE, heard, mail
from tests.intake.posted import AUTH, KEY, SECRET, posted


@pytest.fixture
def application(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, transactional_db: None
) -> Iterator[Any]:
    monkeypatch.setenv("AMAAN_PROCESS", os.environ.get("AMAAN_PROCESS", "owner"))  # put back after
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
    settings.SECURE_SSL_REDIRECT = False
    from helpline.asgi import application  # noqa: PLC0415 (it names the process it is)

    yield application
    with connection.cursor() as cursor:  # its threads keep theirs; the next test begins without
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def post(application: Any, request: dict[str, Any], *, secret: bool = True) -> int:
    headers = {"content-type": request["content_type"], "host": "testserver"}
    if secret:
        headers["authorization"] = AUTH["HTTP_AUTHORIZATION"]

    async def ask() -> int:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answer = await client.post(request["path"], content=request["data"], headers=headers)
            return answer.status_code

    return asyncio.run(ask())


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
@pytest.mark.parametrize("provider", ["sendgrid", "mailgun raw", "postmark"])
def test_h3_five_megabytes_pass_the_web_process_and_touch_no_disk(
    desk: Desk,
    application: Any,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rolled: list[object] = []
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", rolled.append)
    letter = mail(f"see this {MARK}")
    big = PICTURE * (5 * 1024 * 1024 // len(PICTURE))
    letter.add_attachment(big, maintype="image", subtype="png", filename="a.png")
    request = posted(provider, letter)
    assert post(application, request, secret=False) == 413
    assert not InboundEvent.objects.exists()
    assert post(application, request) == 200
    assert rolled == []
    assert list(tmp_path.iterdir()) == []
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["", "image"]
