"""The keyed word index: kept by the worker after a text was stored, asked by search.

Nothing here is in the way of what arrives: saving a row says that its words are due, and
`index_due` takes them up a moment later. What the index tells somebody without the keys is written
in docs/threat-model.md.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Exists, OuterRef

from privacy import keys
from privacy.actor import Person
from privacy.classes import NARRATIVE
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import CaseData, Folder, TextWords, WordsDue
from privacy.words import words_of

MOST_WORDS: Final = 4000
"""Of one row; a text of more words than a long book's chapter is found by these."""

AT_ONCE: Final = 200
"""Rows taken up in one transaction."""

_FILLED_TO: Final = 8  # how many words a text has is kept in steps of eight

_READABLE: Final = "SELECT folder_id FROM privacy_reach_of(%s, NULL, %s, 'r')"
_FIND: Final = f"""
SELECT t.folder_id, t.subject, t.subject_id, q.place
  FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS q (folder, mark, place)
  JOIN {TextWords._meta.db_table} t ON t.folder_id = q.folder AND q.mark = ANY (t.words_hash)
"""  # noqa: S608 (the name of our own table)

_LOCK: Final = 0x776F726473  # "words"

Hit = tuple[UUID, str, UUID, int]
"""Folder, model and key of the row, and which of the words it was."""


def searched_models() -> list[type[CaseData]]:
    """The models whose rows have words that are looked for."""
    return [m for m in apps.get_models() if issubclass(m, CaseData) and m.searched]


def index_due(limit: int = AT_ONCE) -> int:
    """Bring the index up to date with rows that were written; how many were taken up.

    Run in a transaction as the part `indexing`. Nobody waits for it, and it waits for nobody: what
    is written while a row is read is due again.
    """
    _one_at_a_time()
    dues = list(WordsDue.objects.order_by("at")[:limit])
    by_model: dict[str, set[UUID]] = {}
    for due in dues:
        by_model.setdefault(due.subject, set()).add(due.subject_id)
    for subject, wanted in by_model.items():
        index_rows(apps.get_model(subject), wanted)
    WordsDue.objects.filter(pk__in=[due.pk for due in dues]).delete()
    return len(dues)


def index_rows(model: type[CaseData], wanted: set[UUID]) -> None:
    """Write the words of these rows anew.

    What is gone, forgotten, hidden or empty has no entry afterwards.
    """
    _one_at_a_time()
    rows = list(model._default_manager.filter(pk__in=wanted))
    open_folders = _not_hidden({row.folder_id for row in rows})
    keys.open_many(open_folders, {NARRATIVE})
    made = [entry for row in rows if row.folder_id in open_folders and (entry := _entry(row))]
    TextWords.objects.filter(subject_id__in=wanted - {entry.subject_id for entry in made}).delete()
    TextWords.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["subject_id"],
        update_fields=["folder", "subject", "words_hash"],
    )


def _one_at_a_time() -> None:
    """Two that index could write what the other has just replaced."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def unread(model: type[CaseData], *, after: UUID | None = None) -> list[UUID]:
    """Keys of rows that have no entry, in order, from a key on: rows from before the index."""
    rows = model._default_manager.order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    entry = TextWords.objects.filter(subject_id=OuterRef("pk"))
    return list(rows.exclude(Exists(entry)).values_list("pk", flat=True)[:AT_ONCE])


def look_again(folder: UUID) -> None:
    """Have the words of everything in a folder taken up again: it was hidden, or forgotten."""
    for model in searched_models():
        subject = model._meta.label_lower
        there = model._default_manager.filter(folder=folder).values_list("pk", flat=True)
        WordsDue.objects.bulk_create(WordsDue(subject=subject, subject_id=key) for key in there)


def folders_with(words: Iterable[str], *, user: Person) -> set[UUID]:
    """The folders whose narrative this person may read now and in which every word occurs.

    An entry counts only while its row lies in the same folder and this person may know of the row.
    """
    asked = sorted(set(words))
    hits = _hits(asked, _open_keys(user)) if asked else []
    some = _with_all({(folder, place) for folder, _, _, place in hits}, len(asked))
    standing = _standing([hit for hit in hits if hit[0] in some], user)
    return _with_all({(folder, place) for folder, _, _, place in standing}, len(asked))


def marks_of(data_key: bytes, words: Iterable[str]) -> list[int]:
    """What stands for words in the index of one folder: HMAC-SHA256 under a key of the folder's.

    Cut to 32 signed bits: enough to find a word among a folder's few hundred, and all that is kept.
    The key is made from the folder's data key: destroying that one ends these marks too, in backups
    as well, and nobody can try words on a folder whose story they could not read anyway.
    """
    key = hmac.digest(data_key, b"amaan words", "sha256")
    return [
        int.from_bytes(hmac.digest(key, word.encode(), "sha256")[:4], "big", signed=True)
        for word in words
    ]


def readable_folders(user: Person) -> set[UUID]:
    """The folders whose narrative the person may read as it is, now."""
    with connection.cursor() as cursor:
        cursor.execute(_READABLE, [user.pk, NARRATIVE])
        return {folder for (folder,) in cursor.fetchall()}


def _open_keys(user: Person) -> dict[UUID, bytes]:
    """The narrative keys of the folders whose stories the person may read."""
    folders = readable_folders(user)
    keys.open_many(folders, {NARRATIVE})
    remembered = keys.opened.get() or {}
    found = {folder: remembered.get((folder, NARRATIVE)) for folder in folders}
    return {folder: key for folder, key in found.items() if key is not None}


def _hits(words: list[str], opened: dict[UUID, bytes]) -> list[Hit]:
    asked = [
        (folder, mark, place)
        for folder, key in opened.items()
        for place, mark in enumerate(marks_of(key, words))
    ]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [list(column) for column in zip(*asked, strict=True)])
        found: list[Hit] = cursor.fetchall()
    return found


def _with_all(found: set[tuple[UUID, int]], many: int) -> set[UUID]:
    """The folders in which every one of so many words was found."""
    counts: dict[UUID, int] = {}
    for folder, _place in found:
        counts[folder] = counts.get(folder, 0) + 1
    return {folder for folder, count in counts.items() if count == many}


def _standing(hits: list[Hit], user: Person) -> Iterator[Hit]:
    """The hits whose row is where it was when it was read, and visible to the person."""
    for subject in {subject for _, subject, _, _ in hits}:
        named = {row for _, of, row, _ in hits if of == subject}
        rows = apps.get_model(subject)._default_manager.visible_to(user).filter(pk__in=named)
        there = dict(rows.values_list("pk", "folder"))
        yield from (hit for hit in hits if hit[1] == subject and there.get(hit[2]) == hit[0])


def _not_hidden(folders: set[UUID]) -> set[UUID]:
    rows = Folder.objects.filter(pk__in=folders, hidden_at__isnull=True)
    return set(rows.values_list("pk", flat=True))


def _entry(row: CaseData) -> TextWords | None:
    """The entry of one row; none when there is nothing to find in it."""
    words = words_of(" ".join(_texts(row))) if row.has_words else frozenset()
    if not words:
        return None
    marks = marks_of(keys.folder_key(row.folder_id, NARRATIVE), sorted(words)[:MOST_WORDS])
    marks += [secrets.randbits(32) - 2**31 for _ in range(-len(marks) % _FILLED_TO)]
    return TextWords(
        folder_id=row.folder_id,
        subject=row._meta.label_lower,
        subject_id=row.pk,
        words_hash=sorted(marks),
    )


def _texts(row: CaseData) -> Iterator[str]:
    for name in sorted(row.searched):
        try:
            yield unseal(row, name) or ""
        except CannotOpen:  # forgotten, or damaged: nothing to find
            continue
