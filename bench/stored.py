"""Fills the desk with conversations of before, as the product stored them.

Rows are copies of rows that the product wrote a moment ago, with keys, moments and hashes of their
own: every column, index and size is what it would be. Their words open nothing; nobody reads them.
"""

from typing import Any, Final

import psycopg

from bench.copying import Copies, statement
from bench.desk import Desk, say

EACH: Final = 4  # messages of one conversation: two of theirs, two of ours
AT_ONCE: Final = 25_000  # conversations in one transaction

_MADE: Final = """
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS a_folder, gen_random_uuid() AS a_conversation,
       gen_random_uuid() AS an_identity, now() - n * interval '3 seconds' AS begun
  FROM generate_series(1, %s::int) AS n
"""
_SAID: Final = """
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
SELECT gen_random_uuid() AS a_message, gen_random_uuid() AS an_event, made.*, place,
       made.begun + place * interval '1 minute' AS said_at, place %% 2 = 1 AS theirs
  FROM made, generate_series(1, %s::int) AS place
"""


_OF_FOLDER: Final = {"folder_id": "a_folder"}
_OF_CONVERSATION: Final = _OF_FOLDER | {"conversation_id": "a_conversation"}
_COPIES: Final = (
    Copies(
        "privacy_folder",
        "kind = 'conversation' ORDER BY created_at DESC",
        "made",
        {"id": "a_folder", "created_at": "begun"},
    ),
    Copies(
        "intake_conversation",
        "step = 'limits'",
        "made",
        _OF_FOLDER
        | {
            "id": "a_conversation",
            "state": "'held'",
            "started_at": "begun",
            "last_inbound_at": "begun",
        },
    ),
    Copies(
        "intake_identity",
        "scheme = 'number' ORDER BY first_seen_at DESC",
        "made",
        _OF_CONVERSATION
        | {
            "id": "an_identity",
            "first_seen_at": "begun",
            "value_hash": "encode(sha256(an_identity::text::bytea), 'hex')",
        },
    ),
    Copies(
        "intake_inboundevent",
        "state = 'done' ORDER BY done_at DESC",
        "said WHERE theirs",
        {
            "id": "an_event",
            "received_at": "said_at",
            "done_at": "said_at",
            "key": "encode(sha256(an_event::text::bytea), 'hex')",
        },
    ),
    Copies(
        "intake_message",
        "direction = 'in' AND body IS NOT NULL ORDER BY at DESC",
        "said WHERE theirs",
        _OF_CONVERSATION
        | {"id": "a_message", "event_id": "an_event", "at": "said_at", "order": "place"},
    ),
    Copies(
        "intake_message",
        "direction = 'out' AND body IS NOT NULL ORDER BY at DESC",
        "said WHERE NOT theirs",
        _OF_CONVERSATION | {"id": "a_message", "at": "said_at", "order": "place"},
    ),
    Copies(
        "intake_outboundmessage",
        "message_id IS NOT NULL ORDER BY created_at DESC",
        "said WHERE NOT theirs",
        _OF_CONVERSATION
        | {
            "id": "gen_random_uuid()",
            "message_id": "a_message",
            "identity_id": "an_identity",
            "client_key": "encode(sha256(a_message::text::bytea), 'hex')",
            "state": "'delivered'",
            "created_at": "said_at",
            "not_before": "said_at",
            "settled_at": "said_at",
        },
    ),
    Copies(
        "privacy_auditevent",
        "verb = 'arrived' ORDER BY at DESC",
        "said WHERE NOT theirs",
        {
            "id": "gen_random_uuid()",
            "at": "said_at",
            "folder": "a_folder",
            "subject_id": "a_message",
        },
    ),
)
_KEYS: Final = """
INSERT INTO privacy_datakey (id, folder, data_class, wrapped, created_at)
SELECT gen_random_uuid(), folder, class, wrapped, now()
  FROM (SELECT gen_random_uuid() AS folder FROM generate_series(1, %s::int)) AS made,
       (VALUES ('contact'), ('narrative')) AS classes (class),
       (SELECT wrapped FROM privacy_datakey WHERE wrapped IS NOT NULL LIMIT 1) AS one
"""


def fill(desk: Desk, messages: int) -> None:
    """Store what is missing to so many messages, then have the database look at all of it."""
    with desk.database() as database, desk.database("amaan_keys") as keys:
        copied = [statement(database, one) for one in _COPIES]
        while (missing := (messages - stored(database)) // EACH) > 0:
            many = min(missing, AT_ONCE)
            with database.transaction():
                # What looks at rows one by one has looked at those that these are copies of.
                database.execute("SET LOCAL session_replication_role = replica")
                database.execute(_MADE, [many])
                database.execute(_SAID, [EACH])
                for one in copied:
                    database.execute(one)
            keys.execute(_KEYS, [many])
            say(f"{stored(database):,} messages stored")
        for where in (database, keys):
            where.execute("VACUUM ANALYZE")
        database.execute("CHECKPOINT")


def stored(database: psycopg.Connection) -> int:
    """How many messages there are."""
    return int(_one(database, "SELECT count(*) FROM intake_message"))


def _one(database: psycopg.Connection, ask: str) -> Any:
    row = database.execute(ask.encode()).fetchone()
    if row is None:
        raise LookupError(f"nothing is stored yet: {ask}")
    return row[0]
