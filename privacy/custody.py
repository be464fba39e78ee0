"""Sealing: a folder's keys locked away so that only two custodians together can open them.

A key of the keys is made, split in two halves, and each half sealed to one custodian's public key;
their private keys are nowhere here. The master key alone then opens nothing of the folder.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit, crypto, holds, keys
from privacy.access import Person, acting
from privacy.clock import database_now
from privacy.keys import DataKey, place_of
from privacy.models import Certificate, Custodian, Folder, LegalHold, Seal
from privacy.retention import destroy
from privacy.ring import KEY_BYTES
from privacy.services import NotPossible

_HALF: Final = b"half"
LATEST: Final = timedelta(hours=24)

# Asked before a folder is locked away: whether something still has to be read to leave us, such as
# the message that tells them. A day later it is locked all the same.
not_yet: Final[list[Callable[[UUID], bool]]] = []


@transaction.atomic
def add_custodian(*, name: str, public_key: bytes, by: Person | None) -> Custodian:
    """Name somebody who keeps one half. The caller has checked the right. Raises NotPossible."""
    if len(public_key) != KEY_BYTES:
        raise NotPossible(_("This is not a custodian's public key."))
    if Custodian.objects.filter(public_key=public_key).exists():
        raise NotPossible(_("This key is a custodian's already."))
    made = Custodian(name=name, public_key=public_key, named_by_id=by.pk if by else None)
    made.save(force_insert=True)
    audit.record("custodian", subject="custodian", subject_id=made.pk, reason="named")
    return made


@transaction.atomic
def retire_custodian(custodian: Custodian, *, by: Person | None) -> None:
    """Give them no new halves; those they have stay theirs. The caller has checked the right."""
    if custodian.retired_at is None:
        custodian.retired_at = database_now()
        custodian.save(update_fields=["retired_at"])
        audit.record("custodian", subject="custodian", subject_id=custodian.pk, reason="retired")


def custodians() -> list[Custodian]:
    """Those who get halves now, in the order in which they were named."""
    return list(Custodian.objects.filter(retired_at__isnull=True).order_by("named_at"))


@transaction.atomic
def begin_seal(folder: Folder, *, hold: LegalHold, destroy_on: date, by: Person) -> Seal:
    """Have a folder locked away after this transaction (`finish_seals`). The right is checked.

    Raises NotPossible without two custodians, without a hold, or for a day that is past.
    """
    if len(custodians()) < 2:
        raise NotPossible(_("Nothing can be sealed: two custodians must be named in the set-up."))
    if destroy_on <= database_now().date():
        raise NotPossible(_("Choose the day on which it is destroyed: after today."))
    made = Seal(folder=folder, hold=hold, destroy_on=destroy_on, decided_by_id=by.pk)
    made.save(force_insert=True)
    audit.record("seal", folder=folder.pk, subject="seal", subject_id=made.pk, reason=hold.reason)
    return made


def finish_seals() -> int:
    """Lock away what is to be locked; how many. Killed at any point, the next run ends it.

    The halves are committed before any key changes, and all keys of a folder change together.
    """
    with acting(part="forgetting"):
        waiting = [one.pk for one in holds.sealed().filter(sealed_at__isnull=True) if _may(one)]
    return sum(_finish(key) for key in waiting)


def _may(seal: Seal) -> bool:
    late = database_now() - seal.decided_at > LATEST
    return late or not any(ask(seal.folder_id) for ask in not_yet)


def _finish(key: UUID) -> bool:
    lock = crypto.new_key()
    if not _is_locked(key):
        _keep_halves(key, lock)
    with acting(part="forgetting"):
        seal = _held(key)
        if seal is None or (not _is_locked(key) and not _lock_away(seal, lock)):
            return False
        seal.sealed_at = database_now()
        seal.save(update_fields=["sealed_at"])
        audit.record("sealed", folder=seal.folder_id, subject="seal", subject_id=seal.pk)
    return True


def _held(key: UUID) -> Seal | None:
    rows = holds.sealed().select_for_update().filter(pk=key, sealed_at__isnull=True)
    found: Seal | None = rows.first()
    return found


def _is_locked(key: UUID) -> bool:
    return bool(DataKey.objects.filter(custody=key).exists())


def _keep_halves(key: UUID, lock: bytes) -> None:
    """Write down the halves of a key that locks nothing yet; those of a killed run are replaced."""
    with acting(part="forgetting"):
        seal = _held(key)
        if seal is None:
            return
        seal.first, seal.second = custodians()[:2]
        mine, yours = crypto.halves(lock)
        seal.first_half = crypto.seal_to(bytes(seal.first.public_key), mine, _place(seal))
        seal.second_half = crypto.seal_to(bytes(seal.second.public_key), yours, _place(seal))
        seal.save(update_fields=["first", "second", "first_half", "second_half"])


def _lock_away(seal: Seal, lock: bytes) -> bool:
    """Wrap every key of the folder under the lock too, all in one transaction of their database."""
    with transaction.atomic(using="keys"):
        rows = DataKey.objects.select_for_update().filter(
            folder=seal.folder_id, wrapped__isnull=False, custody__isnull=True
        )
        some = list(rows)
        for row in some:
            place = place_of(row.folder, row.data_class)
            inner = crypto.unwrap(bytes(row.wrapped or b""), place)
            row.wrapped = crypto.wrap(crypto.seal(lock, inner, place), place)
            row.version, row.custody = crypto.wrapped_by(row.wrapped), seal.pk
        DataKey.objects.bulk_update(some, ["wrapped", "version", "custody"])
    (keys.opened.get() or {}).clear()
    return True


@transaction.atomic
def open_seal(seal: Seal, *, private_keys: Sequence[bytes]) -> int:
    """Give a folder its keys back, with the private keys of both custodians; how many keys.

    The folder stays hidden from the desk. Raises NotPossible when a half does not open.
    """
    try:
        first, second = private_keys
        lock = crypto.joined(
            crypto.open_with(first, bytes(seal.first_half or b""), _place(seal)),
            crypto.open_with(second, bytes(seal.second_half or b""), _place(seal)),
        )
    except (ValueError, crypto.CannotOpen):
        raise NotPossible(_("These are not the keys of its two custodians, in order.")) from None
    with transaction.atomic(using="keys"):
        some = list(DataKey.objects.select_for_update().filter(custody=seal.pk))
        for row in some:
            place = place_of(row.folder, row.data_class)
            outer = crypto.unwrap(bytes(row.wrapped or b""), place)
            row.wrapped = crypto.wrap(crypto.open_sealed(lock, outer, place), place)
            row.version, row.custody = crypto.wrapped_by(row.wrapped), None
        DataKey.objects.bulk_update(some, ["wrapped", "version", "custody"])
    seal.opened_at = database_now()
    seal.save(update_fields=["opened_at"])
    audit.record("unsealed", folder=seal.folder_id, subject="seal", subject_id=seal.pk)
    return len(some)


def destroy_ended() -> int:
    """Destroy what was sealed until today; how many. Safe to run again after being killed."""
    today = database_now().date()
    with acting(part="forgetting"):
        due = list(holds.sealed().filter(destroy_on__lte=today).values_list("pk", flat=True))
    for key in due:
        with acting(part="forgetting"):
            seal = holds.sealed().select_for_update().select_related("folder").get(pk=key)
            destroy(seal.folder, how=Certificate.How.SEAL_ENDED)
            seal.destroyed_at = database_now()
            seal.first_half = seal.second_half = None
            seal.save(update_fields=["destroyed_at", "first_half", "second_half"])
    return len(due)


def _place(seal: Seal) -> bytes:
    """What a half is bound to: it opens no other seal."""
    return b"\x1f".join([_HALF, seal.pk.hex.encode()])
