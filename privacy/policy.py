"""Who sees what: one short table, meant to be read by people who do not program.

Rows are *capacities*: what a person is to one folder (a case or a conversation), written as a
grant by the service that gave them that work. Columns are the data classes.

    r   may read                 w   may write
    m   sees the shape only      p   sees it only as part of a packet that was agreed to leave us
    s   sees only a summary that was written for them, for their advice
    y   sees only what a colleague wrote to be reviewed, or co-signed, by them
    .   nothing: absent from page, API, search, export, history and live updates

The same table is the rule in Python (`minimised`) and in PostgreSQL (row-level security): the
database keeps a copy that `manage.py wall` writes and a test compares.
"""

from typing import Final

from privacy.classes import DATA_CLASSES

_TABLE: Final = """
               operational category contact identity narrative content_locator legal staff_private
own            rw          rw       wm      wm       rw        rw              rw    .
cover          rw          r        wm      wm       rw        r               r     .
danger_cover   rw          rw       wm      wm       rw        r               rw    .
break_glass    r           r        m       m        r         r               r     .
consulted      r           r        .       .        s         .               .     .
consulted_talk r           r        .       .        r         .               .     .
safeguarding   r           r        .       .        .         .               r     .
takedown       r           r        .       .        .         rw              .     .
referral       r           r        m       p        p         .               p     .
supervise      rw          r        .       .        y         .               y     .
reviewing      r           .        .       .        y         .               .     .
audit          r           .        .       .        .         .               .     .
partner        r           p        p       p        p         .               p     .
myself         rw          rw       .       .        .         .               .     rw
"""

_PART_TABLE: Final = """
               operational category contact identity narrative content_locator legal staff_private
intake         rw          rw       rw      rw       rw        rw              .     .
triage         rw          rw       .       .        r         .               .     .
assignment     rw          rw       .       .        .         .               .     .
delivery       rw          r        r       .        r         .               .     .
takedowns      rw          r        .       .        .         rw              .     .
referrals      rw          r        r       .        rw        .               .     .
forgetting     rw          rw       rw      rw       rw        rw              rw    rw
counting       r           r        .       .        .         .               .     .
filing         rw          rw       rw      .        rw        .               .     .
copying        r           r        r       r        r         .               .     .
indexing       r           .        .       .        rw        .               .     .
glass          rw          .        .       .        .         .               .     .
"""

Levels = dict[str, dict[str, str]]


def _read(table: str) -> Levels:
    header, *rows = [line.split() for line in table.strip().splitlines()]
    if tuple(header) != DATA_CLASSES[:-1]:
        raise ValueError("the policy table names other classes than privacy.classes")
    levels: Levels = {}
    for name, *cells in rows:
        levels[name] = {
            klass: cell.replace(".", "") for klass, cell in zip(header, cells, strict=True)
        }
    return levels


# What a person may see, by what they are to the folder.
CAPACITIES: Final = _read(_TABLE)

# What a named machine part may see, in every folder: a part does one job and no other.
PARTS: Final = _read(_PART_TABLE)

# Capacities held for a whole team by a duty, not for one folder.
TEAM_CAPACITIES: Final = frozenset({"supervise", "audit"})

# The parts that write grants, and those that open folders: a page by itself does neither.
GRANTING_PARTS: Final = ("assignment", "filing", "glass", "referrals", "takedowns")
OPENING_PARTS: Final = ("assignment", "filing", "intake")

# A packet row is open to whoever may read packets or the narrative itself.
PACKET: Final = "packet"


def level(capacities: frozenset[str], klass: str) -> str:
    """All letters that any of the capacities gives for a class: rights are the union per folder."""
    return "".join(
        letter
        for letter in "rwmpsy"
        if any(letter in CAPACITIES[capacity][klass] for capacity in capacities)
    )
