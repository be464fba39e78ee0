"""G1 and G2: what a provider did not sign is no row; what it signed is one message, for ever."""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import close_old_connections, connection
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from intake import arrival, tasks
from intake.models import InboundEvent, Message
from privacy import retention
from privacy.access import acting
from privacy.models import Folder
from tests.counterparts import ASHA, ASHA_PHONE, PUBLIC, SECRETS
from tests.intake.conftest import FORM, MARK, Desk

DOORS = {"whatsapp": ("/hooks/whatsapp/", ASHA), "sms": ("/hooks/sms/", ASHA_PHONE)}
TOKEN = SECRETS["TWILIO_AUTH_TOKEN"].encode()


def by_hand(url: str, pairs: list[tuple[str, str]], algorithm: str = "sha1") -> dict[str, str]:
    """The signature header, reckoned here from the published rule: sorted names, all values."""
    names = sorted({name for name, _ in pairs})
    told = [(name, sorted({value for one, value in pairs if one == name})) for name in names]
    signed = url + "".join(name + value for name, values in told for value in values)
    digest = hmac.new(TOKEN, signed.encode(), algorithm).digest()
    header = {"HTTP_X_TWILIO_SIGNATURE": base64.b64encode(digest).decode()}
    if algorithm == "sha256":
        told_by = "key=one,algorithm=HMAC_SHA256"
        header["HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"] = told_by
    return header


def knock(path: str, pairs: list[tuple[str, str]], **headers: str) -> int:
    answer = Client().post(path, urlencode(pairs), content_type=FORM, **headers)  # type: ignore[arg-type]
    return int(answer.status_code)


def stored() -> int:
    return int(InboundEvent.objects.count())


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("query", ["", "?region=in&part=%C3%A9", "?a=1&a=2"])
@pytest.mark.parametrize(
    "more",
    [
        [],
        [("Body", "नमस्ते 👋 é ́ \u202e")],
        [("Empty", ""), ("Blank", " ")],
        [("Repeated", "b"), ("Repeated", "a"), ("Repeated", "a")],
    ],
    ids=["plain", "unicode", "empty", "repeated"],
)
def test_g1_what_twilio_signed_is_taken_and_what_it_did_not_is_refused(
    desk: Desk, door: str, algorithm: str, query: str, more: list[tuple[str, str]]
) -> None:
    path, sender = DOORS[door]
    form = dict(desk.world.whatsapp_form(sender, f"hello {MARK}"))
    form.pop("Body") if any(name == "Body" for name, _ in more) else None
    pairs = [*form.items(), *more]
    good = by_hand(PUBLIC + path + query, pairs, algorithm)
    wrong = [
        {},
        by_hand(PUBLIC + path + "?other=1", pairs, algorithm),
        by_hand(f"https://evil.example{path}{query}", pairs, algorithm),
        by_hand(f"http://helpline.example{path}{query}", pairs, algorithm),
        by_hand(PUBLIC + DOORS["sms" if door == "whatsapp" else "whatsapp"][0], pairs, algorithm),
        by_hand(PUBLIC + path + query, [*pairs, ("Added", "later")], algorithm),
        by_hand(PUBLIC + path + query, pairs[1:], algorithm),
        good | {"HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS": "key=x,algorithm=NONE"},
        good | {"HTTP_X_TWILIO_SIGNATURE": good["HTTP_X_TWILIO_SIGNATURE"][:-2] + "=="},
    ]
    assert [knock(path + query, pairs, **headers) for headers in wrong] == [403] * len(wrong)
    assert stored() == 0
    assert knock(path + query, pairs, **good) == 200
    assert stored() == 1


@pytest.mark.parametrize("host", ["inside.proxy", "helpline.example:8443", "10.0.0.7:8000"])
def test_g1_the_proxys_host_and_port_have_no_say(desk: Desk, settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    pairs = list(desk.world.whatsapp_form(ASHA, f"hello {MARK}").items())
    header = by_hand(f"{PUBLIC}/hooks/whatsapp/", pairs)
    other = by_hand(f"https://{host}/hooks/whatsapp/", pairs)
    behind = {"HTTP_HOST": host, "HTTP_X_FORWARDED_HOST": "evil.example"}
    if not host.startswith("helpline"):
        assert knock("/hooks/whatsapp/", pairs, **other, **behind) == 403
    assert knock("/hooks/whatsapp/", pairs, **header, **behind) == 200


def test_g1_a_public_address_with_a_port_is_signed_with_it(desk: Desk, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "https://helpline.example:8443"
    pairs = list(desk.world.whatsapp_form(ASHA, f"hello {MARK}").items())
    assert knock("/hooks/whatsapp/", pairs, **by_hand(f"{PUBLIC}:9/hooks/whatsapp/", pairs)) == 403
    header = by_hand(f"{PUBLIC}:8443/hooks/whatsapp/", pairs)
    assert knock("/hooks/whatsapp/", pairs, **header) == 200


@pytest.mark.parametrize("right", [True, False])
def test_g1_a_whole_body_is_proven_by_its_hash_and_is_no_form(desk: Desk, right: bool) -> None:
    body = json.dumps({"MessageSid": "SM1", "From": ASHA, "Body": MARK}).encode()
    told = hashlib.sha256(body if right else b"another").hexdigest()
    path = f"/hooks/whatsapp/?bodySHA256={told}"
    answer: Any = desk.client.post(
        path,
        body,
        content_type="application/json",
        **by_hand(PUBLIC + path, []),  # type: ignore[arg-type]
    )
    assert answer.status_code == (400 if right else 403)
    assert stored() == 0


def test_g1_what_meta_did_not_sign_over_the_very_octets_is_refused(desk: Desk) -> None:
    body = desk.world.meta_body({"sender": ASHA, "body": f"नमस्ते {MARK}"})
    good = "sha256=" + hmac.new(b"practice-app-secret", body, "sha256").hexdigest()
    again = json.dumps(json.loads(body)).encode()  # the same meaning in other octets
    wrong = [
        (body, ""),
        (body, good.removeprefix("sha256=")),
        (body, good.upper()),
        (body, "sha256=" + hmac.new(b"another", body, "sha256").hexdigest()),
        (body, "sha1=" + hmac.new(b"practice-app-secret", body, "sha1").hexdigest()),
        (body, good[:-1] + "é"),
        (again, good),
        (body + b" ", good),
    ]
    for sent, signature in wrong:
        answer = desk.post_meta(sent, HTTP_X_HUB_SIGNATURE_256=signature)
        assert answer.status_code == 403, signature[:12]
    assert stored() == 0
    assert desk.post_meta(body, HTTP_X_HUB_SIGNATURE_256=good).status_code == 200
    assert stored() == 1


def test_g1_meta_signed_for_another_app_opens_no_door_of_twilios(desk: Desk) -> None:
    body = desk.world.meta_body({"sender": ASHA, "body": f"hello {MARK}"})
    answer: Any = desk.client.post(
        "/hooks/whatsapp/",
        body,
        content_type=FORM,
        **desk.world.sign_meta(body),  # type: ignore[arg-type]
    )
    assert answer.status_code in (400, 403)
    assert stored() == 0


def messages_in() -> int:
    with acting(part="intake"):
        return int(Message.objects.filter(direction="in", kind="text").count())


@pytest.mark.parametrize("times", [1, 2, 100])
def test_g2_the_same_signed_request_is_one_message(desk: Desk, times: int) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    body = desk.world.meta_body({"sender": "whatsapp:+447700900113", "body": f"me too {MARK}"})
    for _ in range(times):
        assert desk.post("/hooks/whatsapp/", form).status_code == 200
        assert desk.post_meta(body).status_code == 200
    desk.work()
    assert messages_in() == 2


def test_g2_next_year_it_is_still_the_one_message(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    desk.post("/hooks/whatsapp/", form)
    desk.work()
    past = timedelta(days=365)
    InboundEvent.objects.update(received_at=F("received_at") - past, done_at=F("done_at") - past)
    tasks.forget_dead_letters()
    assert arrival.forget_dead() == 0
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    assert messages_in() == 1


def test_g2_after_erasure_a_replay_brings_nothing_back(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    desk.post("/hooks/whatsapp/", form)
    desk.work()
    with acting(part="forgetting"):
        for folder in Folder.objects.all():
            retention.destroy(folder)
    for _ in range(3):
        assert desk.post("/hooks/whatsapp/", form).status_code == 200
        desk.work()
    assert messages_in() == 1
    assert all(MARK not in words for _, _, words in desk.said())


@pytest.mark.django_db(transaction=True)
def test_g2_a_hundred_at_once_are_one_message(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    signed = desk.world.sign("/hooks/whatsapp/", form)

    def once(_: int) -> int:
        try:
            return knock("/hooks/whatsapp/", list(form.items()), **signed)
        finally:
            connection.close()
            close_old_connections()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(once, range(100))) == {200}
    desk.work()
    assert (stored(), messages_in()) == (1, 1)
