"""What stands in a carrier's way until a person puts it right; it clears itself when that is done.

While the provider refuses *us* (not a message), the carrier is silent but for one try each five
minutes: what waits is kept, and nobody is flooded.
"""

from datetime import timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from intake.models import OutboundMessage, Trouble
from privacy.clock import database_now

# Our access is refused, or our number is: nothing would get through, whoever it is for.
HALTING: Final = frozenset({"credentials", "sender_restricted"})
PROBE_EVERY: Final = timedelta(minutes=5)

# A restricted sender's messages are taken all the same: only one that arrived shows it is over.
_ARRIVED: Final = frozenset({OutboundMessage.State.DELIVERED, OutboundMessage.State.READ})
_ACCEPTANCE_SHOWS_NOTHING: Final = frozenset({"sender_restricted", "overdue"})

_OPEN: Final = Q(cleared_at__isnull=True)


def note(carrier: str, problem: str) -> None:
    """Note that this stands in the way, or that it still does."""
    now = database_now()
    known = Trouble.objects.filter(_OPEN, carrier=carrier, problem=problem)
    if not known.update(last_at=now, times=F("times") + 1):
        made = Trouble(carrier=carrier, problem=problem, since=now, last_at=now)
        Trouble.objects.bulk_create([made], ignore_conflicts=True)


def clear(carrier: str, state: str) -> None:
    """Something of this carrier got through (`state`): what stood in its way does so no more."""
    rows = Trouble.objects.filter(_OPEN, carrier=carrier)
    if state not in _ARRIVED:
        rows = rows.exclude(problem__in=_ACCEPTANCE_SHOWS_NOTHING)
    rows.update(cleared_at=database_now())


def end(carrier: str, problem: str) -> None:
    """This one is over."""
    rows = Trouble.objects.filter(_OPEN, carrier=carrier, problem=problem)
    rows.update(cleared_at=database_now())


def standing() -> list[Trouble]:
    """What a person must put right now, oldest first."""
    return list(Trouble.objects.filter(_OPEN).order_by("since"))


def not_silent(rows: QuerySet[OutboundMessage]) -> QuerySet[OutboundMessage]:
    """Without what a halted carrier would send; `troubled`: whether its carrier has any trouble."""
    mine = Trouble.objects.filter(_OPEN, carrier=OuterRef("carrier"))
    lately = mine.filter(problem__in=HALTING, last_at__gt=database_now() - PROBE_EVERY)
    return rows.annotate(troubled=Exists(mine)).filter(~Exists(lately))


def take_probe(carrier: str) -> bool:
    """Whether this carrier may be tried now; of all who ask in five minutes, one may."""
    halting = Trouble.objects.filter(_OPEN, carrier=carrier, problem__in=HALTING)
    if not halting.exists():
        return True
    now = database_now()
    return halting.filter(last_at__lte=now - PROBE_EVERY).update(last_at=now) > 0
