"""THE predicate, in SQL: which folders an actor's live grants and duties open, for which class.

Asked in two shapes and never in two versions: as the set of folders for `visible_to`, and inside
the policies of the second wall, where a set is made once in a statement and each row only looked up
in it. What a duty opens is a whole team's folders and no set: there the row's folder is asked.
"""

import json
from typing import Final

from privacy.classes import OPERATIONAL
from privacy.policy import Levels

SEE: Final = "[rm]"
"""The letters of the table with which one knows that a row is there."""

# In PL/pgSQL where a policy asks: plans are kept, instead of being made with every statement.
_FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION privacy_gives(scope text, name text, klass text, need text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce(('{policy}'::jsonb -> scope -> name ->> klass) ~ need, false);
END $$;

CREATE OR REPLACE FUNCTION privacy_capacities(klass text, need text)
RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT c.key FROM jsonb_each('{policy}'::jsonb -> 'capacity') c
                  WHERE c.value ->> klass ~ need);
END $$;

CREATE OR REPLACE FUNCTION privacy_now_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('amaan.user', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION privacy_now_link() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('amaan.link', true), '')::uuid $$;

-- Whether the machine part that acts, if one does, may: the same for every folder.
CREATE OR REPLACE FUNCTION privacy_part_may(klass text, need text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN privacy_gives('part', current_setting('amaan.part', true), klass, need);
END $$;

-- The folders and teams an actor's live grants name for a class. Whoever asks it looks at the
-- folder too: a hidden one, or one the actor has a conflict of interest with, is reached by no
-- grant and by no duty, only by parts.
CREATE OR REPLACE FUNCTION privacy_standing(who uuid, door uuid, klass text, need text)
RETURNS TABLE (folder_id uuid, team_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT g.folder_id, g.team_id
    FROM privacy_grant g
    WHERE (g.user_id = who OR g.link = door)
      AND (g.until IS NULL OR g.until > clock_timestamp())
      AND g.permission_id IN (
          SELECT p.id FROM auth_permission p
           WHERE p.codename = ANY (privacy_capacities(klass, need)))
$$;

CREATE OR REPLACE FUNCTION privacy_closed_to(who uuid)
RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT x.folder_id FROM privacy_exclusion x
                  WHERE x.user_id = who AND x.ended_at IS NULL);
END $$;

-- … as the set of folders, for lists (`visible_to`); planned with the statement that asks …
CREATE OR REPLACE FUNCTION privacy_reach_of(who uuid, door uuid, klass text, need text)
RETURNS TABLE (folder_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM privacy_folder f JOIN privacy_standing(who, door, klass, need) s
      ON s.folder_id = f.id
    WHERE f.hidden_at IS NULL AND f.id <> ALL ((SELECT privacy_closed_to(who))::uuid[])
    UNION ALL
    SELECT f.id FROM privacy_folder f JOIN privacy_standing(who, door, klass, need) s
      ON s.team_id = f.team_id AND s.team_id IS NOT NULL
    WHERE f.hidden_at IS NULL AND f.id <> ALL ((SELECT privacy_closed_to(who))::uuid[])
$$;

-- … and in two halves, for the policies, which ask once in a statement and then look rows up in
-- the answer: the folders granted by name, and the teams that a duty gives.
CREATE OR REPLACE FUNCTION privacy_named(klass text, need text)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 AS $$
BEGIN
    RETURN QUERY SELECT s.folder_id
      FROM privacy_standing(privacy_now_user(), privacy_now_link(), klass, need) s
     WHERE s.folder_id IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION privacy_duties(klass text, need text)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 2 AS $$
BEGIN
    RETURN QUERY SELECT s.team_id
      FROM privacy_standing(privacy_now_user(), privacy_now_link(), klass, need) s
     WHERE s.team_id IS NOT NULL;
END $$;
"""

_PART: Final = "(SELECT privacy_part_may('{klass}', '{need}'))"
_GIVEN: Final = """
    ({folder}.id IN (SELECT privacy_named('{klass}', '{need}'))
     OR {folder}.team_id IN (SELECT privacy_duties('{klass}', '{need}')))
"""
_OPEN: Final = """
    privacy_folder.hidden_at IS NULL
    AND privacy_folder.id <> ALL ((SELECT privacy_closed_to(privacy_now_user()))::uuid[])
"""


def functions(policy: dict[str, Levels]) -> str:
    """The functions, with the policy as the database keeps it."""
    return _FUNCTIONS.replace("{policy}", json.dumps(policy))


def of_folder(need: str) -> str:
    """The policy of the table of folders; a row tells by itself whether it is hidden."""
    part = _PART.format(klass=OPERATIONAL, need=need)
    given = _GIVEN.format(folder="privacy_folder", klass=OPERATIONAL, need=need)
    return f"{part} OR ({_OPEN} AND {given})"


def of_row(table: str, klass: str, need: str) -> str:
    """The policy of a table of case data: who acts may do `need` with `klass` in the row's folder.

    The folder is looked up through its own policy, which knows what is hidden or closed to whom:
    a row of a folder that one may not know of is never there. `need` is a pattern of letters.
    """
    there = f"SELECT 1 FROM privacy_folder f WHERE f.id = {table}.folder_id"  # noqa: S608
    if (klass, need) != (OPERATIONAL, SEE):
        there += f" AND {_GIVEN.format(folder='f', klass=klass, need=need)}"
    return f"{_PART.format(klass=klass, need=need)} OR EXISTS ({there})"
