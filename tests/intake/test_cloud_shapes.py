"""Whatever Meta signs, of whatever shape: nothing raises, and no message of ours is lost in it."""

import copy
import json
from typing import Any

from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.channels.base import Unreadable, Webhook
from intake.channels.cloud import CLOUD
from intake.inbound import Inbound
from tests.counterparts import SECRETS

NUMBER = SECRETS["META_PHONE_NUMBER_ID"]
BODY: dict[str, Any] = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "1",
            "changes": [
                {
                    "field": "messages",
                    "value": {
                        "metadata": {"phone_number_id": NUMBER},
                        "contacts": [
                            {"profile": {"name": "A"}, "wa_id": "447700900101", "user_id": "IN.1"}
                        ],
                        "messages": [
                            {
                                "id": "wamid.a",
                                "from": "447700900101",
                                "timestamp": "1700000000",
                                "type": "text",
                                "text": {"body": "hello"},
                                "referral": {"body": "x"},
                            },
                            {
                                "id": "wamid.b",
                                "from_user_id": "IN.1",
                                "type": "image",
                                "image": {"id": "5", "mime_type": "image/png", "caption": "y"},
                            },
                            {
                                "id": "wamid.c",
                                "from": "447700900101",
                                "type": "interactive",
                                "interactive": {"type": "list_reply", "list_reply": {"id": "z"}},
                            },
                        ],
                        "statuses": [
                            {"id": "wamid.d", "status": "failed", "errors": [{"code": 131026}]}
                        ],
                    },
                }
            ],
        }
    ],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body, from its root."""
    found = [path]
    if isinstance(node, dict):
        for name, inner in node.items():
            found += places(inner, (*path, name))
    if isinstance(node, list):
        for place, inner in enumerate(node):
            found += places(inner, (*path, place))
    return found


def put(path: tuple[Any, ...], value: Any) -> Any:
    """The body with something else at one place."""
    if not path:
        return value
    body = copy.deepcopy(BODY)
    node: Any = body
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return body


def parsed(body: Any) -> list[Inbound]:
    raw = json.dumps(body).encode()
    return CLOUD.parse(Webhook(path="/hooks/meta/", headers={}, body=raw))


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(places(BODY)), value=ANYTHING)
def test_no_shape_raises_and_what_is_read_can_be_stored(path: tuple[Any, ...], value: Any) -> None:
    with override_settings(META_PHONE_NUMBER_ID=NUMBER):
        try:
            found = parsed(put(path, value))
        except Unreadable:
            assert not isinstance(put(path, value), dict)
            return
    for inbound in found:
        assert Inbound.from_bytes(inbound.to_bytes()) == inbound
        assert len(inbound.key) == 64
        assert len(inbound.provider_ref) <= 64
        assert inbound.problem or inbound.sender or inbound.kind == "status"


def test_a_message_without_an_id_or_a_sender_is_a_dead_letter_and_none_is_lost(
    settings: Any,
) -> None:
    settings.META_PHONE_NUMBER_ID = NUMBER
    body = put(("entry", 0, "changes", 0, "value", "messages", 0, "id"), None)
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"][2].pop("from")
    value["contacts"] = []
    assert [one.problem for one in parsed(body) if one.kind == "message"] == [
        "no_id",
        "",
        "no_sender",
    ]
