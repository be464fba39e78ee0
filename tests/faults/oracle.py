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
# Copies at providers are tidied away in their own time: see `untidied`. A doubtful send is settled
# by a provider that lists what it took; mail servers and Meta list nothing, and the doubt is shown.
STUCK_OUT = (
    "SELECT count(*) FROM intake_outboundmessage"
    " WHERE priority < 9 AND (state IN ('approved', 'leased', 'calling')"
    " OR state = 'unknown' AND carrier NOT IN ('email', 'cloud'))"
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


def wrong(desk: Desk, sent: Iterable[Sent], *, ordered: bool = True) -> list[str]:
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
    for sender in homes if ordered else ():
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


def sends_that_disagree(desk: Desk) -> list[str]:
    """Where our rows and the provider's ledger tell different stories of what was sent.

    Sent says the row, and the ledger has no such message; or the ledger has one that no row knows.
    The provider also holds what was never ours to send: those are not `outbound`.
    """
    rows = desk.rows(
        "SELECT provider_ref, state FROM intake_outboundmessage"
        " WHERE carrier IN ('whatsapp', 'cloud') AND message_id IS NOT NULL AND created_at > %s",
        desk.opened_at,
    )
    ours = Counter(ref for ref, _state in rows if ref)
    theirs = {
        _reference(message["id"])
        for message in desk.world.ledger()["Message"]
        if message["direction"].startswith("outbound") and message["to"].startswith("whatsapp:")
    }
    told = {ref for ref, state in rows if state in ("accepted", "delivered", "read")}
    found = [f"one send, two rows: {ref}" for ref, times in ours.items() if times > 1]
    found += [f"said to be sent, and was not: {ref or 'no reference'}" for ref in told - theirs]
    found += [f"sent, and nobody knows: {sid}" for sid in theirs - set(ours)]
    return found


def _reference(sid: str) -> str:
    """What a row must keep of a message's id: Meta's has a number in it, and is kept as a hash."""
    return key_of(sid) if sid.startswith("wamid.") else sid


def replies_off_the_record(desk: Desk) -> int:
    """How many answers of colleagues have no row in the record."""
    query = (
        "SELECT count(*) FROM intake_message m WHERE m.direction = 'out' AND m.kind = 'text'"
        " AND m.author_id IS NOT NULL AND m.at > %s AND NOT EXISTS (SELECT 1"
        " FROM privacy_auditevent e WHERE e.verb = 'reply' AND e.subject_id = m.id)"
    )
    return int(desk.rows(query, desk.opened_at)[0][0])


def late(desk: Desk, sent: Iterable[Sent]) -> int:
    """How many of these are marked as found at the provider afterwards."""
    query = "SELECT count(*) FROM intake_inboundevent WHERE late AND key = ANY(%s)"
    return int(desk.rows(query, [key_of(one.sid) for one in sent])[0][0])


def doubts(desk: Desk) -> int:
    """How many sends nobody knows the outcome of."""
    query = (
        "SELECT count(*) FROM intake_outboundmessage WHERE state = 'unknown' AND created_at > %s"
    )
    return int(desk.rows(query, desk.opened_at)[0][0])


def dead(desk: Desk) -> list[str]:
    """Why arrivals became dead letters, one code for each."""
    return [problem for (problem,) in desk.rows(DEAD)]


def at_work(desk: Desk) -> bool:
    """Whether anything that waits moves on: no arrival waits longer than a minute."""
    query = "SELECT min(received_at) > clock_timestamp() - interval '1 minute' FROM"
    (found,) = desk.rows(f"{query} intake_inboundevent WHERE state = 'waiting'")[0]
    return found is None or bool(found)


def new_periods(desk: Desk) -> None:
    """Make all periodic work due anew."""
    with desk.database() as connection:
        connection.execute("UPDATE privacy_schedulerun SET period = ''")


def stuck(desk: Desk) -> int:
    """How much still waits, in and out; what only time can settle (unknown sends) counts too."""
    return int(desk.rows(STUCK_IN)[0][0]) + int(desk.rows(STUCK_OUT)[0][0])


def untidied(desk: Desk) -> int:
    """How many copies at providers should be gone by now."""
    query = (
        "SELECT count(*) FROM intake_outboundmessage WHERE priority = 9"
        " AND state IN ('approved', 'leased', 'calling', 'unknown') AND not_before <= now()"
    )
    return int(desk.rows(query)[0][0])


def let_time_pass(desk: Desk, minutes: float) -> None:
    """Make every lease, rest and doubt so much older, as if that time had passed."""
    with desk.database() as connection:
        for table, column in (
            ("intake_inboundevent", "leased_until"),
            ("intake_outboundmessage", "leased_until"),
            ("intake_outboundmessage", "not_before"),
            ("intake_outboundmessage", "settled_at"),
            ("intake_outboundmessage", "asked_at"),
            ("intake_trouble", "last_at"),
            ("intake_sendingline", "rests_until"),
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


def is_quiet(desk: Desk) -> bool:
    """Whether nothing is due, and every call that was begun was begun too long ago to go on.

    A lease is for a minute, a call takes ten seconds at most.
    """
    query = (
        "SELECT count(*) FROM intake_outboundmessage WHERE priority < 9"
        " AND (state = 'approved' AND not_before <= clock_timestamp()"
        " OR state IN ('leased', 'calling')"
        " AND leased_until > clock_timestamp() + interval '48 seconds')"
    )
    return desk.rows(query) == [(0,)] and desk.rows(STUCK_IN) == [(0,)]


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
