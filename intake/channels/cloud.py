"""WhatsApp by Meta's Cloud API: batched webhooks in our words, answers by the Graph API."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from intake.channels import meta_api
from intake.channels.base import (
    Channel,
    NotVerified,
    Outgoing,
    Unreadable,
    Webhook,
    kind_of_media,
    read_bound,
    refuse_outside_window,
)
from intake.inbound import Address, Inbound, MediaNotice, key_of_content, key_of_id
from intake.models import OutboundMessage

CARRIER: Final = "cloud"
LONGEST_REF: Final = 64
_NUMBER: Final = re.compile(r"\d{6,15}")

# Meta's words for how a message fares, in ours. Others are stored and change nothing.
STATUSES: Final = {
    "accepted": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "played": "read",
    "read": "read",
    "failed": "failed",
}
MEDIA: Final = frozenset({"image", "video", "audio", "document", "voice"})
NOTES: Final = {
    "location": "location",
    "contacts": "contact",
    "sticker": "sticker",
    "reaction": "reaction",
    "revoke": "revoked",
    "revoked": "revoked",
    "edit": "edited",
    "system": "system",
    "button": "button",
    "interactive": "button",
}
_SAID: Final = {"text": "body", "reaction": "emoji", "button": "text"}  # where words stand
Facts = dict[str, Any]


class Cloud(Channel):
    """The door for WhatsApp messages that Meta itself carries."""

    @property
    def ready(self) -> bool:
        """Whether this line is in use."""
        return bool(settings.META_PHONE_NUMBER_ID and settings.META_APP_SECRET)

    def verify(self, hook: Webhook) -> None:
        if not self.ready:
            raise NotVerified
        meta_api.verify(hook)

    def parse(self, hook: Webhook) -> list[Inbound]:
        """Every message to our number and every status in the body, in Meta's order."""
        try:
            body = json.loads(hook.body)
        except (ValueError, RecursionError):
            raise Unreadable from None
        if not isinstance(body, dict):
            raise Unreadable
        return list(_arrivals(body))

    def send(self, outbound: OutboundMessage) -> str:
        refuse_outside_window(outbound)
        told = meta_api.call(
            "POST",
            f"/{settings.META_PHONE_NUMBER_ID}/messages",
            json=_written(outbound, read_bound(outbound)),
        )
        return ref_of(str(told["messages"][0]["id"]))

    def settled(self, outbound: OutboundMessage) -> None:
        """Meta keeps no list that we could delete from."""

    def redact(self, ref: str) -> str:
        """Have Meta delete a picture or file; its words it does not keep for us."""
        try:
            meta_api.call("DELETE", f"/{ref}")
        except LookupError:
            return "404"
        return "204"


CLOUD: Final = Cloud()


def ref_of(message_id: str) -> str:
    """What we keep of Meta's id of a message: its hash, because the number is part of the id."""
    return key_of_id(message_id)


def _written(outbound: OutboundMessage, words: Outgoing) -> Facts:
    """The message as the Graph API wants it; our own key comes back with each status."""
    if words.scheme == "number":
        whom = {"to": words.value.removeprefix("+")}
    else:
        whom = {"recipient": words.value}
    if words.approved:
        language = {"code": words.language.replace("-", "_")}
        what: Facts = {
            "type": "template",
            "template": {"name": words.approved, "language": language},
        }
    else:
        what = {"type": "text", "text": {"preview_url": False, "body": words.body}}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **whom,
        **what,
        "biz_opaque_callback_data": outbound.pk.hex,
    }


def _arrivals(body: Facts) -> Iterator[Inbound]:
    for entry in _rows(body.get("entry")):
        for change in _rows(entry.get("changes")):
            value = _object(change.get("value"))
            line = _text(_object(value.get("metadata")).get("phone_number_id"))
            if line != settings.META_PHONE_NUMBER_ID:
                continue  # another number of the same app: not ours to take in
            people = _people(value)
            for message in _rows(value.get("messages")):
                yield _message(message, people)
            for status in _rows(value.get("statuses")):
                if _text(status.get("id")):
                    yield _status(status)


def _message(message: Facts, people: dict[str, Facts]) -> Inbound:
    """One message; a dead letter when it has no id of its own or nobody sent it."""
    ref = _text(message.get("id"))
    number, own_id = _text(message.get("from")), _text(message.get("from_user_id"))
    person = people.get(number) or people.get(own_id) or {}
    if not number and not own_id and len(people) == 1:
        (person,) = people.values()
    number = number or _text(person.get("wa_id"))
    addresses = _addresses(number, own_id or _text(person.get("user_id")))
    kind = _text(message.get("type"))
    what = _object(message.get(kind))
    media = _media(kind, what)
    text, button = _words(kind, what)
    return Inbound(
        provider="meta",
        kind="message",
        key=key_of_id(ref) if ref else key_of_content(json.dumps(message, sort_keys=True)),
        channel="whatsapp",
        carrier=CARRIER,
        sender=addresses[0] if addresses else None,
        also=addresses[1:],
        profile_name=_text(_object(person.get("profile")).get("name")),
        text=text,
        media=media,
        notice=_note(message, kind),
        provider_ref=_text(what.get("id"))[:LONGEST_REF] if media or kind == "sticker" else "",
        button=button,
        occurred_at=_moment(message.get("timestamp")),
        problem=_problem(ref, addresses),
    )


def _problem(ref: str, addresses: tuple[Address, ...]) -> str:
    if not ref:
        return "no_id"
    return "" if addresses else "no_sender"


def _status(status: Facts) -> Inbound:
    ref, word = _text(status.get("id")), _text(status.get("status"))
    error = next(iter(_rows(status.get("errors"))), {})
    code = error.get("code")
    problem = meta_api.problem_of(code if isinstance(code, int) else None) if error else ""
    return Inbound(
        provider="meta",
        kind="status",
        key=key_of_id(f"{ref} {word} {code}"),
        channel="whatsapp",
        carrier=CARRIER,
        provider_ref=ref_of(ref),
        outbound=_our_key(_text(status.get("biz_opaque_callback_data"))),
        status=STATUSES.get(word, ""),
        error=problem,
    )


def _people(value: Facts) -> dict[str, Facts]:
    """Who is named in a change, by number and by business-scoped id."""
    found = {}
    for person in _rows(value.get("contacts")):
        for name in (_text(person.get("wa_id")), _text(person.get("user_id"))):
            if name:
                found[name] = person
    return {name: one for name, one in found.items() if name}


def _addresses(number: str, own_id: str) -> tuple[Address, ...]:
    """The number first, where one is shown: answers to it keep it shown."""
    found = [Address("number", f"+{number}")] if _NUMBER.fullmatch(number) else []
    if number and not found:
        own_id = own_id or number  # where the number stood, an id may stand
    if own_id:
        found.append(Address("bsuid", own_id))
    return tuple(found)


def _words(kind: str, what: Facts) -> tuple[str, str]:
    """What they said, and the payload of the button they pressed."""
    if kind == "interactive":
        pressed = _object(what.get(_text(what.get("type"))))
        return _text(pressed.get("title")), _text(pressed.get("id"))
    if kind == "edit":
        again = _object(what.get("message"))
        inner = _text(again.get("type"))
        return _words(inner, _object(again.get(inner))) if inner in ("text", *MEDIA) else ("", "")
    said = "caption" if kind in MEDIA else _SAID.get(kind, "")
    return _text(what.get(said)), _text(what.get("payload")) if kind == "button" else ""


def _media(kind: str, what: Facts) -> tuple[MediaNotice, ...]:
    if kind not in MEDIA:
        return ()
    declared = _text(what.get("mime_type"))
    return (MediaNotice(kind_of_media(declared) if declared else kind),)


def _note(message: Facts, kind: str) -> str:
    """The note for what came that is neither words nor a file; "" for those."""
    if kind == "text" or kind in MEDIA:
        return "referral" if _object(message.get("referral")) else ""
    return NOTES.get(kind, "unsupported")


def _our_key(told: str) -> str:
    try:
        return str(UUID(told))
    except ValueError:
        return ""


def _moment(told: object) -> str:
    """Meta's moment (seconds since 1970) as ISO 8601, UTC; "" when it tells none."""
    word = _text(told)
    if not word.isascii() or not word.isdecimal() or len(word) > 11:
        return ""
    return datetime.fromtimestamp(int(word), UTC).isoformat()


def _rows(told: object) -> list[Facts]:
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _object(told: object) -> Facts:
    return told if isinstance(told, dict) else {}


def _text(told: object) -> str:
    """A string of theirs; NUL is no letter, and half a letter is none."""
    if not isinstance(told, str):
        return ""
    return told.replace("\0", "").encode(errors="replace").decode()
