"""Forgetting on time: class by class, the key destroyed and the values cleared."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Model

from privacy import audit, holds, keys, word_index
from privacy.access import acting, revoke
from privacy.classes import CONTACT, NARRATIVE, OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import (
    CaseData,
    Certificate,
    Due,
    Exclusion,
    Folder,
    KeepPeriod,
    LawfulBasis,
    TextWords,
)
from privacy.periods import FORGOTTEN_CLASSES, Rules, home, last_day, least_day
from privacy.wall import case_models

How = Certificate.How

# Asked before the rows of a folder are taken out: whether something of it is still under way.
not_yet: Final[list[Callable[[UUID], bool]]] = []

_SEALED: Final = tuple(klass for klass in FORGOTTEN_CLASSES if klass != OPERATIONAL)


@transaction.atomic
def set_forget_after(folder: Folder) -> list[Due]:
    """Write the day on which each class of a closed folder is forgotten (again: moves the days)."""
    now = database_now()
    folder.closed_at = now
    folder.save(update_fields=["closed_at"])
    rules, where = Rules.read(), jurisdictions([folder.pk]).get(folder.pk, home())
    made = []
    for klass in FORGOTTEN_CLASSES:
        rule = rules.on(now.date(), klass, where)
        due, _ = Due.objects.update_or_create(
            folder=folder,
            data_class=klass,
            defaults={"on": last_day(rule, now.date()), "period": _stored(rule)},
        )
        made.append(due)
    return made


def keep_open(folder: Folder) -> None:
    """A reopened folder forgets nothing until it is closed again."""
    folder.closed_at = None
    folder.save(update_fields=["closed_at"])
    Due.objects.filter(folder=folder, forgotten_at__isnull=True).delete()


def jurisdictions(folders: Iterable[UUID]) -> dict[UUID, str]:
    """Whose law each folder lies under, where its lawful basis says so."""
    rows = LawfulBasis.objects.filter(folder__in=folders, valid_from__lte=database_now().date())
    return dict(rows.order_by("valid_from", "recorded_at").values_list("folder", "jurisdiction"))


def follow_rules() -> int:
    """Move days that are still to come to what the rules of today say; how many were looked at.

    A shorter time holds for everything closed before, too. A longer one does not: nobody is kept
    longer than they were told, unless a law demands it (`at_least`).
    """
    rules, today, looked_at = Rules.read(), database_now().date(), 0
    for klass in FORGOTTEN_CLASSES:
        places = {one.jurisdiction for one in rules.rows if one.data_class == klass}
        current = {rules.on(today, klass, place).pk for place in places}
        old = Due.objects.filter(data_class=klass, forgotten_at__isnull=True)
        old = old.exclude(period__in=current) if places else old.none()
        for due in old.select_related("folder"):
            where = jurisdictions([due.folder_id]).get(due.folder_id, home())
            _follow(due, rules.on(today, klass, where))
            looked_at += 1
    return looked_at


def _follow(due: Due, rule: KeepPeriod) -> None:
    closed = (due.folder.closed_at or database_now()).date()
    due.on = max(min(due.on, last_day(rule, closed)), least_day(rule, closed))
    due.period = _stored(rule)
    due.save(update_fields=["on", "period"])


def _stored(rule: KeepPeriod) -> KeepPeriod | None:
    return None if rule._state.adding else rule


def due_on(day: date) -> "models.QuerySet[Due]":
    """What is to be forgotten by a day: due, not done, and held back by nothing.

    What is operational goes last, once every other class of its folder is gone.
    """
    rows: models.QuerySet[Due] = Due.objects.filter(on__lte=day, forgotten_at__isnull=True)
    others = Due.objects.filter(folder=models.OuterRef("folder"), forgotten_at__isnull=True)
    last = models.Q(data_class=OPERATIONAL) & models.Exists(
        others.exclude(data_class=OPERATIONAL).filter(on__gt=day)
    )
    rows = rows.exclude(holds.kept_from_forgetting()).exclude(last)
    is_last = models.ExpressionWrapper(
        models.Q(data_class=OPERATIONAL), output_field=models.BooleanField()
    )
    return rows.order_by(is_last, "on", "folder__kind", "pk")


@transaction.atomic
def forget(due: Due) -> int:
    """Destroy one class of one folder: first its key, then every value; returns how many values.

    Safe to run again after being killed at any point: the key goes first, so nothing is readable
    that is not also about to be cleared. Of what is operational the rows themselves go.
    """
    if due.data_class == OPERATIONAL:
        return _drop(due)
    keys.destroy(due.folder_id, due.data_class)
    if due.data_class == NARRATIVE:
        keys.destroy(due.folder_id, SECRET)
    count = _clear_all(due.folder_id, due.data_class)
    due.forgotten_at, due.values_forgotten = database_now(), count
    due.save(update_fields=["forgotten_at", "values_forgotten"])
    _certify(due.data_class, How.ON_TIME, count)
    audit.record("forgotten", folder=due.folder_id, classes=[due.data_class])
    return count


@transaction.atomic
def destroy(folder: Folder, *, how: Certificate.How = How.ON_REQUEST) -> int:
    """Destroy every class of one folder at once, as its own reporter asked; how many values.

    All keys go first. Safe to run again after being killed at any point.
    """
    for klass in (*_SEALED, SECRET):
        keys.destroy(folder.pk, klass)
    counts = {klass: _clear_all(folder.pk, klass) for klass in _SEALED}
    days = Due.objects.filter(folder=folder, forgotten_at__isnull=True)
    days.exclude(data_class=OPERATIONAL).update(forgotten_at=database_now())
    _leave_rows_their_day(folder)
    for klass, count in counts.items():
        _certify(klass, how, count)
    audit.record("destroyed", folder=folder.pk, classes=_SEALED)
    return sum(counts.values())


def _leave_rows_their_day(folder: Folder) -> None:
    """What is left of a destroyed folder are codes and moments: they go in their own time."""
    today = database_now().date()
    rule = Rules.read().on(today, OPERATIONAL, home())
    told = {"on": last_day(rule, today), "period": _stored(rule)}
    Due.objects.get_or_create(folder=folder, data_class=OPERATIONAL, defaults=told)


def to_forget(day: date) -> dict[str, tuple[int, int]]:
    """What the nights until a day will forget: by class how many folders, and how many values.

    Changes nothing. Part "forgetting" acts. Of what is operational, values are rows.
    """
    found = {}
    for klass in FORGOTTEN_CLASSES:
        folders = due_on(day).filter(data_class=klass).values("folder")
        count = len(folders)
        found[klass] = (count, _count_all(folders, klass) if count else 0)
    return found


def _count_all(folders: Any, klass: str) -> int:
    """How many values of a class lie in some folders, given as a subquery of their keys."""
    rows = (model._default_manager.filter(folder__in=folders) for model in case_models())
    if klass == OPERATIONAL:
        return sum(some.count() for some in rows)
    return sum(
        some.filter(**{f"{name}__isnull": False}).count()
        for some in rows
        for name in _names(some.model, klass)
    )


def _certify(klass: str, how: Certificate.How, values: int, *, folders: int = 1) -> None:
    """Count it up in the same transaction: two numbers, and nothing that names anybody."""
    row, _ = Certificate.objects.get_or_create(day=database_now().date(), data_class=klass, how=how)
    Certificate.objects.filter(pk=row.pk).update(
        folders=models.F("folders") + folders, values=models.F("values") + values
    )


def _drop(due: Due) -> int:
    """Take out every row of a folder, and it: only figures are left. 0 while others need them.

    A conversation that serves a case of later waits for that one.
    """
    folder = due.folder_id
    if any(ask(folder) for ask in not_yet):
        return 0
    try:
        with transaction.atomic():
            with acting(part="filing"):
                revoke(folder, by=None)
            of_it = (model._base_manager.filter(folder=folder) for model in case_models())
            gone = sum(_take_out_of(rows) for rows in of_it)
            _take_out_of(Exclusion.objects.filter(content_object=folder))
            _take_out_of(Folder.objects.filter(pk=folder))
            connection.check_constraints()
            _certify(OPERATIONAL, How.ON_TIME, gone)
            audit.record("forgotten", folder=folder, classes=[OPERATIONAL])
    except IntegrityError:
        return 0
    return gone


def _take_out_of(rows: "models.QuerySet[Any]") -> int:
    # Without Django's own search for what hangs on them: the database checks it all at the end.
    return rows._raw_delete(rows.db)


def _clear_all(folder: UUID, klass: str) -> int:
    count = sum(_clear(model, folder, klass) for model in case_models())
    if klass == NARRATIVE:
        TextWords.objects.filter(folder=folder).delete()
        word_index.look_again(folder)  # who is reading a text just now writes its words after this
    return count


def _clear(model: type[CaseData], folder: UUID, klass: str) -> int:
    names = _names(model, klass)
    if not names:
        return 0
    rows = model._default_manager.filter(folder=folder)
    some = models.Q()
    for name in names:
        some |= models.Q(**{f"{name}__isnull": False})
    return rows.filter(some).update(**dict.fromkeys(names, None))


def _names(model: type[Model], klass: str) -> list[str]:
    return [f.attname for f in personal_fields(model) if forgotten_with(f) == klass]


def personal_fields(model: type[Model]) -> list["models.Field[object, object]"]:
    """Sealed values and keyed hashes of a model: what forgetting clears."""
    return [f for f in model._meta.fields if isinstance(f, SealedField) or is_keyed_hash(f)]


def is_keyed_hash(field: "models.Field[object, object]") -> bool:
    """Keyed hashes are named so; they are nullable, because they are forgotten too."""
    return field.name.endswith("_hash")


def forgotten_with(field: "models.Field[object, object]") -> str:
    """The class a field is forgotten with: a contact's keyed hash goes with the narrative.

    So does a secret: it opened the story, and has no day of its own.
    """
    klass = field.db_comment or ""
    late = klass == SECRET or (klass == CONTACT and is_keyed_hash(field))
    return NARRATIVE if late else klass
