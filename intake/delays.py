"""How long work stands still that should be done at once: for the board, and for monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Min, Q

from intake.models import InboundEvent, OutboundMessage
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import ScheduleRun

LATE: Final = timedelta(minutes=2)  # from here on a person is told
_TIDYING: Final = 9  # OutboundMessage.priority of what nobody waits for

State = OutboundMessage.State


@dataclass(frozen=True)
class Delays:
    """Since when the oldest waits (UTC); None where nothing does.

    `arrivals` are not yet in a conversation, `sending` should have left us, `sweep` is when
    periodic work was last finished.
    """

    now: datetime
    arrivals: datetime | None
    sending: datetime | None
    sweep: datetime | None

    def seconds(self) -> dict[str, int]:
        """The age of each in seconds, 0 where nothing waits."""
        since = {"arrivals": self.arrivals, "sending": self.sending, "sweep": self.sweep}
        return {
            name: max(0, int((self.now - at).total_seconds())) if at else 0
            for name, at in since.items()
        }

    @property
    def late(self) -> list[str]:
        """The names of those a person must hear of."""
        return [name for name, age in self.seconds().items() if age > LATE.total_seconds()]


def delays() -> Delays:
    """The delays of this moment, of all teams together: ages only, of nobody in particular."""
    now = database_now()
    waiting = InboundEvent.objects.filter(state=InboundEvent.State.WAITING)
    return Delays(
        now=now,
        arrivals=waiting.aggregate(at=Min("received_at"))["at"],
        sending=_oldest_unsent(now),
        sweep=ScheduleRun.objects.aggregate(at=Max("ended_at"))["at"],
    )


def _oldest_unsent(now: datetime) -> datetime | None:
    """When the oldest was written that should have left us: due, tried in vain, or in doubt."""
    with acting(part="counting"):
        tried = OutboundMessage.objects.filter(
            Q(state=State.APPROVED, attempts__gt=0)
            | Q(state=State.APPROVED, not_before__lte=now)
            | Q(state__in=[State.LEASED, State.CALLING])
        )
        found: datetime | None = tried.exclude(priority=_TIDYING).aggregate(at=Min("created_at"))[
            "at"
        ]
    return found
