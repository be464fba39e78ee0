"""Fills the desk with cases of years: what a helpline has written down after a hundred thousand.

Rows are copies of rows that the product wrote a moment ago, with keys of their own. Their words
open nothing and their marks are random, which is what marks under other folders' keys look like.
"""

from typing import Final

import psycopg

from bench.copying import Copies, statement
from bench.desk import Desk, say

AT_ONCE: Final = 20_000
TEAMS: Final = 4
OPEN_EACH: Final = 25  # one case in so many is open
SAID: Final = 6  # messages of a case that a person wrote
NOTED: Final = 2

_MADE: Final = f"""
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n, gen_random_uuid() AS a_case, gen_random_uuid() AS a_case_folder,
       gen_random_uuid() AS a_folder, gen_random_uuid() AS a_conversation,
       now() - n * interval '10 minutes' AS begun, n %% {OPEN_EACH} = 0 AS is_open,
       (SELECT id FROM accounts_team t ORDER BY id OFFSET n %% {TEAMS} LIMIT 1) AS a_team,
       (ARRAY['en', 'hi', 'ar', 'fr'])[1 + n %% 4] AS a_language,
       (ARRAY['danger', 'urgent', 'normal', 'normal', 'normal'])[1 + n %% 5] AS a_risk
  FROM generate_series(%(first)s::int, %(last)s::int) AS n
"""  # noqa: S608 (figures of our own)
_WRITTEN: Final = f"""
CREATE TEMPORARY TABLE written ON COMMIT DROP AS
SELECT gen_random_uuid() AS a_row, made.*, place,
       made.begun + place * interval '3 minutes' AS at,
       CASE WHEN place <= {SAID} THEN 'intake.message' ELSE 'cases.note' END AS a_subject,
       CASE WHEN place <= {SAID} THEN 8 + 8 * (random() < 0.4)::int ELSE 32 END AS many
  FROM made, generate_series(1, {SAID + NOTED}) AS place
"""  # noqa: S608
_MARKS: Final = (
    "(SELECT array_agg(m ORDER BY m) FROM (SELECT (random() * 4294967295 - 2147483648)::bigint::int"
    " AS m FROM generate_series(1, {many})) AS marks WHERE {row} IS NOT NULL)"
)
_OF_CASE: Final = {"folder_id": "a_case_folder", "case_id": "a_case"}
_COPIES: Final = (
    Copies(
        "privacy_folder",
        "kind = 'case' ORDER BY created_at DESC",
        "made",
        {"id": "a_case_folder", "created_at": "begun", "team_id": "a_team"},
    ),
    Copies(
        "privacy_folder",
        "kind = 'conversation' ORDER BY created_at DESC",
        "made",
        {"id": "a_folder", "created_at": "begun", "team_id": "a_team", "hidden_at": "NULL"},
    ),
    Copies(
        "intake_conversation",
        "channel = 'whatsapp' AND hidden_at IS NULL ORDER BY started_at DESC",
        "made",
        {
            "id": "a_conversation",
            "folder_id": "a_folder",
            "filed_to_id": "a_case_folder",
            "state": "CASE WHEN is_open THEN 'held' ELSE 'closed' END",
            "channel": "(ARRAY['whatsapp', 'email', 'phone', 'sms'])[1 + n % 4]",
            "started_at": "begun",
            "last_inbound_at": "begun",
            "waiting_since": "NULL",
            "reply_token": "''",
        },
    ),
    Copies(
        "intake_identity",
        "scheme = 'number' ORDER BY first_seen_at DESC",
        "made",
        {
            "id": "gen_random_uuid()",
            "folder_id": "a_folder",
            "conversation_id": "a_conversation",
            "first_seen_at": "begun",
            "value_hash": "encode(sha256(a_conversation::text::bytea), 'hex')",
        },
    ),
    Copies(
        "cases_case",
        "summary IS NOT NULL ORDER BY opened_at DESC",
        "made",
        {
            "id": "a_case",
            "folder_id": "a_case_folder",
            "code": "'YEARS' || n",
            "status": "CASE WHEN is_open THEN 'open' ELSE 'closed' END",
            "risk": "a_risk",
            "language": "a_language",
            "holder_id": "NULL",
            "opened_at": "begun",
            "closed_at": "CASE WHEN is_open THEN NULL ELSE begun + interval '9 days' END",
            "closing_reason": "CASE WHEN is_open THEN '' ELSE 'helped' END",
        },
    ),
    Copies(
        "cases_caseconversation",
        "unlinked_at IS NULL",
        "made",
        _OF_CASE
        | {"id": "gen_random_uuid()", "conversation_id": "a_conversation", "linked_at": "begun"},
    ),
    Copies(
        "cases_caseharm",
        '"primary"',
        "made",
        _OF_CASE
        | {
            "id": "gen_random_uuid()",
            "code": "(ARRAY['sexual_extortion_money', 'images_shared_without_consent',"
            " 'grooming', 'bullying'])[1 + n % 4]",
        },
    ),
    Copies(
        "intake_message",
        "direction = 'in' AND kind = 'text' AND body IS NOT NULL ORDER BY at DESC",
        f"written WHERE place <= {SAID}",
        {
            "id": "a_row",
            "folder_id": "a_case_folder",
            "conversation_id": "a_conversation",
            "event_id": "NULL",
            "at": "written.at",
            "order": "place",
        },
    ),
    Copies(
        "cases_note",
        "body IS NOT NULL",
        f"written WHERE place > {SAID}",
        _OF_CASE | {"id": "a_row", "at": "written.at"},
    ),
    Copies(
        "privacy_textwords",
        "words_hash IS NOT NULL",
        "written",
        {
            "id": "gen_random_uuid()",
            "folder_id": "a_case_folder",
            "subject": "a_subject",
            "subject_id": "a_row",
            "words_hash": _MARKS.format(many="many", row="a_row"),
        },
    ),
    Copies(
        "privacy_textwords",
        "words_hash IS NOT NULL",
        "made",
        {
            "id": "gen_random_uuid()",
            "folder_id": "a_case_folder",
            "subject": "'cases.case'",
            "subject_id": "a_case",
            "words_hash": _MARKS.format(many="48", row="a_case"),
        },
    ),
    *(
        Copies(
            "privacy_grant",
            "folder_id IS NOT NULL AND user_id IS NOT NULL",
            "made WHERE is_open",
            {
                "id": "gen_random_uuid()",
                "folder_id": folder,
                "user_id": "md5('colleague ' || n % 67)::uuid",
                "until": "NULL",
            },
        )
        for folder in ("a_case_folder", "a_folder")
    ),
)
_KEYS: Final = """
INSERT INTO privacy_datakey (id, folder, data_class, wrapped, created_at)
SELECT gen_random_uuid(), folder, class, wrapped, now()
  FROM (SELECT gen_random_uuid() AS folder FROM generate_series(1, %s::int)) AS made,
       (VALUES ('contact'), ('narrative')) AS classes (class),
       (SELECT wrapped FROM privacy_datakey WHERE wrapped IS NOT NULL LIMIT 1) AS one
"""
_TEAM: Final = """
INSERT INTO accounts_team
SELECT (jsonb_populate_record(NULL::accounts_team, to_jsonb(one)
           || jsonb_build_object('id', gen_random_uuid(), 'name', 'Team ' || n))).*
  FROM (SELECT * FROM accounts_team LIMIT 1) AS one, generate_series(2, %s::int) AS n
 WHERE (SELECT count(*) FROM accounts_team) = 1
"""


def fill(desk: Desk, cases: int) -> None:
    """Store what is missing to so many cases of years, then have the database look at all of it."""
    with desk.database() as database, desk.database("amaan_keys") as keys:
        database.execute(_TEAM.encode(), [TEAMS])
        copied = [statement(database, one) for one in _COPIES]
        done = stored(database)
        while done < cases:
            last = min(cases, done + AT_ONCE)
            with database.transaction():
                # What looks at rows one by one has looked at those that these are copies of.
                database.execute("SET LOCAL session_replication_role = replica")
                for made in (_MADE, _WRITTEN):
                    database.execute(made.encode(), {"first": done + 1, "last": last})
                for one in copied:
                    database.execute(one)
            keys.execute(_KEYS.encode(), [2 * (last - done)])
            done = last
            say(f"{done:,} cases stored")
        for store in (database, keys):
            store.execute("VACUUM ANALYZE")
        database.execute("CHECKPOINT")


def stored(database: psycopg.Connection) -> int:
    """How many cases of years there are."""
    row = database.execute("SELECT count(*) FROM cases_case WHERE code LIKE 'YEARS%'").fetchone()
    return int(row[0]) if row else 0
