"""H1, H2, H6: no byte of a picture is fetched or kept, only that one came; none can be uploaded."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django import forms
from django.apps import apps
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from intake.models import InboundEvent, Message
from practice.world.pictures import PICTURE
from privacy.access import acting
from privacy.purposes import open_for_intake
from tests.counterparts import ASHA, ASHA_PHONE
from tests.intake.conftest import MARK, Desk

NAME = "rose-street-5.jpg"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every request that this process makes of a provider: method and path."""
    found: list[tuple[str, str]] = []
    send = httpx.Client.send

    def heard(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        if not request.url.path.startswith("/_world/"):
            found.append((request.method, request.url.path))
        return send(client, request, **options)

    monkeypatch.setattr(httpx.Client, "send", heard)
    return found


def send_pictures(desk: Desk) -> None:
    """Pictures, a video and a voice note by all three doors, with and without words."""
    desk.whatsapp(ASHA, f"look {MARK}", pictures=3)
    desk.sms(ASHA_PHONE, "", pictures=2, media_type="video/mp4")
    desk.meta(
        {"sender": ASHA, "pictures": 1, "media_type": "audio/ogg"},
        {"sender": ASHA, "body": f"and this {MARK}", "pictures": 1},
    )


def test_h1_no_picture_is_asked_for_by_any_door(desk: Desk, asked: list[tuple[str, str]]) -> None:
    send_pictures(desk)
    desk.work()
    desk.work()
    media = desk.world.ledger()["Media"]
    assert len(media) == 7
    assert [one["fetched"] for one in media] == [0] * 7
    assert all(one["deleted"] for one in media)
    reads = [path for method, path in asked if method == "GET"]
    assert all(path.endswith("/Media.json") or "/Messages" in path for path in reads)
    assert not [path for path in reads if "/Media/" in path or "/graph" in path]


def test_h1_the_world_would_have_given_the_picture_to_whoever_asks(desk: Desk) -> None:
    """The marks that are looked for are what a careless desk would get."""
    desk.whatsapp(ASHA, "", pictures=1)
    message = desk.world.messages(sender=ASHA)[0]
    path = f"/2010-04-01/Accounts/{desk.world.secrets['TWILIO_ACCOUNT_SID']}/Messages"
    url = f"{desk.world.url}{path}/{message['id']}/Media/{message['media'][0]}"
    assert httpx.get(url, trust_env=False).content == PICTURE
    assert desk.world.ledger()["Media"][0]["fetched"] == 1


def test_h2_of_a_picture_only_its_kind_its_number_and_its_time_are_kept(desk: Desk) -> None:
    body = json.loads(desk.world.meta_body({"sender": ASHA, "body": "", "pictures": 1}))
    image = body["entry"][0]["changes"][0]["value"]["messages"][0]["image"]
    image |= {"sha256": "c0ffee" * 10, "filename": NAME, "url": f"https://x.example/{NAME}"}
    desk.post_meta(json.dumps(body).encode())
    form = desk.world.whatsapp_form(ASHA_PHONE, "", pictures=2) | {"MediaFilename0": NAME}
    desk.post("/hooks/sms/", form)
    for event in InboundEvent.objects.all():
        kept = open_for_intake(bytes(event.sealed or b"")).decode()
        assert "c0ffee" not in kept
        assert NAME not in kept
        assert "http" not in kept
        assert '"kind": "image", "size": null' in kept
    desk.work()
    with acting(part="intake"):
        rows = list(Message.objects.filter(direction="in"))
    assert [(row.kind, row.notice, row.body) for row in rows] == [("media", "image", None)] * 3
    names = {field.name for field in Message._meta.get_fields()}
    assert not [name for name in names if "thumb" in name or "preview" in name or "hash" in name]


def test_h6_no_row_and_no_form_of_ours_takes_a_file() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in STAGES]
    assert len(ours) > 40
    taking = [model for model in ours for field in model._meta.get_fields() if _is_file(field)]
    assert taking == []
    made = [form for form in _subclasses(forms.BaseForm) if form.__module__.split(".")[0] in STAGES]
    assert made
    files = [form for form in made for field in _fields(form) if isinstance(field, forms.FileField)]
    assert files == []


def test_h6_the_bytes_of_an_upload_are_not_even_read(desk: Desk) -> None:
    assert configured.FILE_UPLOAD_HANDLERS == []
    for path in ("/hooks/whatsapp/", "/hooks/sms/", "/hooks/meta/"):
        upload = SimpleUploadedFile(NAME, PICTURE, content_type="image/jpeg")
        answer = Client().post(path, {"file": upload, "Body": "x"})
        assert answer.status_code in (400, 403)
    assert not InboundEvent.objects.exists()
    names = " ".join(_patterns(get_resolver()))
    assert "upload" not in names
    assert "attachment" not in names


STAGES = frozenset(configured.STAGES)


def _is_file(field: object) -> bool:
    return isinstance(field, models.FileField | models.FilePathField)


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _fields(form: type[Any]) -> list[forms.Field]:
    return list(getattr(form, "base_fields", {}).values())


def _patterns(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield str(one.pattern)
        else:
            yield from _patterns(one)
