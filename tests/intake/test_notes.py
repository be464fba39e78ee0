"""What is neither words nor a file becomes a short neutral note, and nothing more of it is kept."""

from typing import Any

import pytest

from intake import texts
from intake.models import Message
from privacy.access import acting
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk

PLACE = "28.6139", "77.2090"
CARD = [{"name": {"formatted_name": "Uncle"}, "phones": [{"phone": "+447700900555"}]}]

BY_TWILIO: dict[str, dict[str, Any]] = {
    "location": {
        "kind": "location",
        "facts": {"Latitude": PLACE[0], "Longitude": PLACE[1], "Address": "Rose Street 5"},
    },
    "contact": {"kind": "contacts", "pictures": 1, "media_type": "text/vcard"},
    "sticker": {"kind": "sticker", "pictures": 1, "media_type": "image/webp"},
    "unsupported": {"kind": "unsupported"},
    "revoked": {"kind": "revoked"},
}
BY_META: dict[str, dict[str, Any]] = {
    "location": {
        "kind": "location",
        "facts": {"latitude": PLACE[0], "longitude": PLACE[1], "name": "Rose Street 5"},
    },
    "contact": {"kind": "contacts", "facts": {"cards": CARD}},
    "sticker": {"kind": "sticker", "facts": {"id": "123", "mime_type": "image/webp"}},
    "unsupported": {"kind": "order", "facts": {"catalog_id": "5"}},
    "revoked": {"kind": "revoke", "facts": {"original_message_id": "wamid.x"}},
    "system": {"kind": "system", "facts": {"body": "Uncle changed to +447700900555"}},
}


def came(desk: Desk) -> list[tuple[str, str]]:
    return [(notice, words) for way, notice, words in desk.said() if way == "in"]


def send(desk: Desk, by: str, text: str = "", **more: Any) -> None:
    if by == "meta":
        desk.meta({"sender": ASHA, "body": text, **more})
    else:
        desk.whatsapp(ASHA, text, **more)
    desk.work()


@pytest.mark.parametrize(
    ("by", "note"), [("twilio", note) for note in BY_TWILIO] + [("meta", note) for note in BY_META]
)
def test_it_becomes_a_note_and_nothing_of_it_is_kept(desk: Desk, by: str, note: str) -> None:
    what = (BY_TWILIO if by == "twilio" else BY_META)[note]
    send(desk, by, **what)
    assert came(desk) == [(note, "")]
    with acting(part="intake"):
        message = Message.objects.filter(direction="in").get()
    assert message.kind == Message.Kind.NOTICE
    assert message.body is None
    assert texts.notice(note) != texts.notice("no such code")


@pytest.mark.parametrize("by", ["twilio", "meta"])
def test_a_button_is_its_words_and_its_payload_steers(desk: Desk, by: str) -> None:
    send(desk, by, f"hello {MARK}")
    send(desk, by, f"Rather not {MARK}", button="no")
    assert came(desk)[-1] == ("", f"Rather not {MARK}")
    assert desk.conversations()[0].risk == "danger"


def test_a_list_reply_of_meta_is_its_title(desk: Desk) -> None:
    facts = {"type": "list_reply", "list_reply": {"id": "later", "title": f"Later {MARK}"}}
    send(desk, "meta", kind="interactive", facts=facts)
    assert came(desk) == [("", f"Later {MARK}")]


def test_a_template_button_of_meta_is_its_words(desk: Desk) -> None:
    send(desk, "meta", kind="button", facts={"payload": "p", "text": f"Yes please {MARK}"})
    assert came(desk) == [("", f"Yes please {MARK}")]


@pytest.mark.parametrize("by", ["twilio", "meta"])
def test_a_reaction_is_a_note_and_its_sign(desk: Desk, by: str) -> None:
    facts = {"emoji": "👍"} if by == "meta" else {}
    send(desk, by, "👍", kind="reaction", facts=facts)
    assert came(desk) == [("reaction", ""), ("", "👍")]


def test_an_edited_message_is_a_note_and_the_new_words(desk: Desk) -> None:
    again = {"type": "text", "text": {"body": f"I mean Monday {MARK}"}}
    send(desk, "meta", kind="edit", facts={"original_message_id": "wamid.x", "message": again})
    assert came(desk) == [("edited", ""), ("", f"I mean Monday {MARK}")]


def test_somebody_who_comes_from_an_advertisement_is_noted_without_its_words(desk: Desk) -> None:
    facts = {"ReferralSourceType": "ad", "ReferralBody": "Rose Street 5"}
    send(desk, "twilio", f"hello {MARK}", facts=facts)
    assert came(desk) == [("referral", ""), ("", f"hello {MARK}")]


def test_parameters_nobody_knows_yet_are_signed_over_and_ignored(desk: Desk) -> None:
    send(desk, "twilio", f"hello {MARK}", facts={"BrandNew": "यह", "Empty": ""})
    assert came(desk) == [("", f"hello {MARK}")]
