"""What became of every message, asked of the database and the provider's ledger alone.

Shares no code with the product: table names, SQL, and SHA-256 of the provider's id.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC
from typing import NamedTuple

from tests.processes import Desk

STUCK_IN = "SELECT count(*) FROM intake_inboundevent WHERE state = 'waiting'"
STUCK_OUT = (
    "SELECT count(*) FROM intake_outboundmessage"
    " WHERE state IN ('approved', 'leased', 'calling', 'unknown')"
    " AND (priority < 9 OR not_before <= now())"  # tidying at providers has its own hour
)
DEAD = "SELECT problem FROM intake_inboundevent WHERE state = 'dead'"
ENTRIES = """
SELECT e.key, m.id, m.conversation_id, m."order"
FROM intake_inboundevent e LEFT JOIN intake_message m ON m.event_id = e.id
WHERE e.key = ANY(%s) AND e.kind = 'message' AND e.provider = 'twilio'
"""

CHAIN = """
SELECT l.seq, l.digest, e.id, e.at, e.actor_kind, e.actor, e.verb, coalesce(e.folder::text, 'None'),
       e.subject, coalesce(e.subject_id::text, 'None'), e.classes, e.reason
FROM privacy_auditlink l JOIN privacy_auditevent e ON e.id = l.event_id ORDER BY l.seq
"""


class Sent(NamedTuple):
    """One WhatsApp message as its sender knows it: in this order, taken or not."""

    sender: str
    sid: str
    taken: bool


def key_of(sid: str) -> str:
    """The key under which an arrival with this provider's id must lie."""
    return hashlib.sha256(sid.encode()).hexdigest()


def wrong(desk: Desk, sent: Iterable[Sent]) -> list[str]:
    """What is not so: each taken message once, in its sender's one conversation, in order."""
    sent = list(sent)
    by_key = {key_of(one.sid): one for one in sent}
    rows = desk.rows(ENTRIES, list(by_key))
    times = Counter(key for key, message, _conversation, _order in rows if message is not None)
    found = [f"lost: {one.sid}" for one in sent if one.taken and times[key_of(one.sid)] == 0]
    found += [f"doubled: {by_key[key].sid}" for key, count in times.items() if count > 1]
    homes, places = defaultdict(set), {}
    for key, message, conversation, order in rows:
        if message is not None:
            homes[by_key[key].sender].add(conversation)
            places[by_key[key].sid] = order
    found += [f"split: {sender}" for sender, where in homes.items() if len(where) > 1]
    everybody = [conversation for where in homes.values() for conversation in where]
    if len(everybody) != len(set(everybody)):
        found.append("two senders share a conversation")
    for sender in homes:
        order = [places[one.sid] for one in sent if one.sender == sender and one.sid in places]
        if order != sorted(order):
            found.append(f"out of order: {sender}")
    return found


def told_twice(desk: Desk, senders: Iterable[str]) -> list[str]:
    """Who got the same words from the helpline more than once, by the provider's ledger."""
    found = []
    for sender in senders:
        bodies = Counter(message["body"] for message in desk.world.messages_to(sender))
        found += [sender for times in bodies.values() if times > 1]
    return found


def stuck(desk: Desk) -> int:
    """How much still waits, in and out; what only time can settle (unknown sends) counts too."""
    return int(desk.rows(STUCK_IN)[0][0]) + int(desk.rows(STUCK_OUT)[0][0])


def let_time_pass(desk: Desk, minutes: float) -> None:
    """Make every lease, rest and doubt so much older, as if that time had passed."""
    with desk.database() as connection:
        for table, column in (
            ("intake_inboundevent", "leased_until"),
            ("intake_outboundmessage", "leased_until"),
            ("intake_outboundmessage", "not_before"),
            ("intake_outboundmessage", "settled_at"),
        ):
            connection.execute(
                f"UPDATE {table} SET {column} = {column} - %s * interval '1 minute'"  # noqa: S608
                f" WHERE {column} IS NOT NULL",
                [minutes],
            )


def called(desk: Desk) -> int:
    """How much is in the middle of being sent."""
    query = "SELECT count(*) FROM intake_outboundmessage WHERE state = 'calling'"
    return int(desk.rows(query)[0][0])


def arrived(desk: Desk, sent: Iterable[Sent]) -> bool:
    """Whether every message that was taken is an entry of a conversation."""
    keys = [key_of(one.sid) for one in sent if one.taken]
    found = {row[0] for row in desk.rows(ENTRIES, keys) if row[1] is not None}
    return len(found) == len(keys)


def arrivals(desk: Desk) -> int:
    """How much arrived in all, whatever became of it."""
    return int(desk.rows("SELECT count(*) FROM intake_inboundevent")[0][0])


def entries(desk: Desk, channel: str) -> int:
    """How many things people said on a channel."""
    query = (
        "SELECT count(*) FROM intake_message m JOIN intake_conversation c ON c.id = conversation_id"
        " WHERE m.direction = 'in' AND c.channel = %s"
    )
    return int(desk.rows(query, channel)[0][0])


def outcome(desk: Desk, sent: Sent) -> str:
    """How the only answer to a message fares; "" while there is none."""
    query = (
        "SELECT o.state FROM intake_outboundmessage o"
        " JOIN intake_message m ON m.conversation_id = o.conversation_id"
        " JOIN intake_inboundevent e ON e.id = m.event_id WHERE e.key = %s"
    )
    rows = desk.rows(query, key_of(sent.sid))
    return str(rows[0][0]) if rows else ""


def unchained(desk: Desk) -> int:
    """How many deeds have no place in the chain of the record yet."""
    query = "SELECT count(*) FROM privacy_auditevent e LEFT JOIN privacy_auditlink l"
    return int(desk.rows(f"{query} ON l.event_id = e.id WHERE l.seq IS NULL")[0][0])


def links_that_do_not_hold(desk: Desk) -> list[int]:
    """Where the chain of the record is broken: SHA-256 over the link before and the deed."""
    wrong_links, before = [], "0" * 64
    for place, (seq, digest, key, at, *rest) in enumerate(desk.rows(CHAIN), 1):
        facts = [before, key.hex, at.astimezone(UTC).isoformat(), *rest]
        if seq != place or hashlib.sha256(json.dumps(facts).encode()).hexdigest() != digest:
            wrong_links.append(place)
        before = digest
    return wrong_links
