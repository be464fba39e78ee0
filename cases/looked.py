"""Who looked at a case, as its team may know: colleagues by name, what they saw, as what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from privacy import audit
from privacy.explained import CLASSES, STANDINGS


@dataclass
class Looked:
    """One colleague: when first and last, what they saw, what they were to the case."""

    who: str
    saw: list[str]
    why: list[str]
    first: datetime
    last: datetime


def looked_at(case: Case) -> list[Looked]:
    """Everybody who looked at the case, the latest first. That somebody asks is on record.

    What our programs open to do their work (to send, to sort) is left out: it shows nobody.
    """
    audit.record("audit_read", folder=case.folder_id, subject="case", subject_id=case.pk)
    looks = [look for look in audit.looks(case.folder_id) if look.actor_kind in ("person", "link")]
    keys = {UUID(look.actor) for look in looks if look.actor_kind == "person"}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))
    found: dict[str, Looked] = {}
    for look in looks:
        who = names.get(UUID(look.actor), "") if look.actor_kind == "person" else _("a partner")
        one = found.setdefault(look.actor, Looked(who, [], [], look.first, look.last))
        one.first, one.last = min(one.first, look.first), max(one.last, look.last)
        _add(one.saw, [str(CLASSES[klass].name) for klass in look.classes])
        _add(one.why, [_standing(part) for part in look.reason.split("+") if part])
    return list(found.values())


def _standing(reason: str) -> str:
    return str(STANDINGS[reason].name) if reason in STANDINGS else reason


def _add(known: list[str], more: list[str]) -> None:
    known += [one for one in more if one not in known]
