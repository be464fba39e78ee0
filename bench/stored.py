"""Fills the desk with conversations of before, as the product stored them.

Rows are copies of rows that the product wrote a moment ago, with keys, moments and hashes of their
own: every column, index and size is what it would be. Their words open nothing; nobody reads them.
"""

import json
from typing import Any, Final

import psycopg

from bench.desk import Desk, say

EACH: Final = 4  # messages of one conversation: two of theirs, two of ours
AT_ONCE: Final = 25_000  # conversations in one transaction

# One row of each table, written by the product for somebody who wrote twice and was answered twice.
_SAMPLES: Final = {
    "conversation": "SELECT to_jsonb(t) FROM intake_conversation t WHERE step = 'limits' LIMIT 1",
    "identity": "SELECT to_jsonb(t) FROM intake_identity t LIMIT 1",
    "event": "SELECT to_jsonb(t) FROM intake_inboundevent t WHERE state = 'done' LIMIT 1",
    "message": "SELECT to_jsonb(t) FROM intake_message t WHERE direction = 'in' LIMIT 1",
    "answer": "SELECT to_jsonb(t) FROM intake_message t WHERE direction = 'out' LIMIT 1",
    "outbound": 'SELECT to_jsonb(t) || \'{"state": "delivered"}\''
    " FROM intake_outboundmessage t WHERE message_id IS NOT NULL LIMIT 1",
    "audit": "SELECT to_jsonb(t) FROM privacy_auditevent t WHERE verb = 'arrived' LIMIT 1",
}

_STEPS: Final = (
    """CREATE TEMPORARY TABLE made ON COMMIT DROP AS
       SELECT n, gen_random_uuid() AS folder, gen_random_uuid() AS conversation,
              gen_random_uuid() AS identity, now() - n * interval '3 seconds' AS at
         FROM generate_series(%(first)s::int, %(last)s::int) AS n""",
    """CREATE TEMPORARY TABLE said ON COMMIT DROP AS
       SELECT gen_random_uuid() AS message, gen_random_uuid() AS event, made.*, place,
              made.at + place * interval '1 minute' AS said_at, place %% 2 = 1 AS theirs
         FROM made, generate_series(1, %(each)s::int) AS place""",
    """INSERT INTO privacy_folder (id, kind, team_id, created_at)
       SELECT folder, 'conversation', (SELECT id FROM accounts_team ORDER BY name LIMIT 1), at
         FROM made""",
    """INSERT INTO intake_conversation SELECT (jsonb_populate_record(NULL::intake_conversation,
         %(conversation)s::jsonb || jsonb_build_object('id', conversation, 'folder_id', folder,
           'state', 'held', 'started_at', at, 'last_inbound_at', at))).* FROM made""",
    """INSERT INTO intake_identity SELECT (jsonb_populate_record(NULL::intake_identity,
         %(identity)s::jsonb || jsonb_build_object('id', identity, 'folder_id', folder,
           'conversation_id', conversation, 'first_seen_at', at,
           'value_hash', encode(sha256(identity::text::bytea), 'hex')))).* FROM made""",
    """INSERT INTO intake_inboundevent SELECT (jsonb_populate_record(NULL::intake_inboundevent,
         %(event)s::jsonb || jsonb_build_object('id', event, 'received_at', said_at,
           'done_at', said_at, 'key', encode(sha256(event::text::bytea), 'hex')))).*
         FROM said WHERE theirs""",
    """INSERT INTO intake_message SELECT (jsonb_populate_record(NULL::intake_message,
         CASE WHEN theirs THEN %(message)s::jsonb ELSE %(answer)s::jsonb END
         || jsonb_build_object('id', message, 'folder_id', folder, 'conversation_id', conversation,
           'event_id', CASE WHEN theirs THEN event END, 'at', said_at, 'order', place))).*
         FROM said""",
    """INSERT INTO intake_outboundmessage SELECT
         (jsonb_populate_record(NULL::intake_outboundmessage,
         %(outbound)s::jsonb || jsonb_build_object('id', gen_random_uuid(), 'folder_id', folder,
           'conversation_id', conversation, 'message_id', message, 'identity_id', identity,
           'client_key', encode(sha256(message::text::bytea), 'hex'), 'created_at', said_at,
           'not_before', said_at, 'settled_at', said_at))).*
         FROM said WHERE NOT theirs""",
    """INSERT INTO privacy_auditevent SELECT (jsonb_populate_record(NULL::privacy_auditevent,
         %(audit)s::jsonb || jsonb_build_object('id', gen_random_uuid(), 'at', said_at,
           'folder', folder, 'subject_id', message))).* FROM said WHERE NOT theirs""",
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
        samples = {name: json.dumps(_one(database, ask)) for name, ask in _SAMPLES.items()}
        while (missing := (messages - stored(database)) // EACH) > 0:
            many = min(missing, AT_ONCE)
            with database.transaction():
                # What looks at rows one by one has looked at those that these are copies of.
                database.execute("SET LOCAL session_replication_role = replica")
                values = {**samples, "first": 1, "last": many, "each": EACH}
                for step in _STEPS:
                    database.execute(step, values)
            keys.execute(_KEYS, [many])
            say(f"{stored(database):,} messages stored")
        for one in (database, keys):
            one.execute("VACUUM ANALYZE")
        database.execute("CHECKPOINT")


def stored(database: psycopg.Connection) -> int:
    """How many messages there are."""
    return int(_one(database, "SELECT count(*) FROM intake_message"))


def _one(database: psycopg.Connection, ask: str) -> Any:
    row = database.execute(ask.encode()).fetchone()
    if row is None:
        raise LookupError(f"nothing is stored yet: {ask}")
    return row[0]
