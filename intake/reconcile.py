"""Fetches from providers what their webhooks did not bring us, and settles what they did not tell.

Twilio tries a message twice and then never again: what came while we were away is only in its list.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from intake import asking, copies, services, troubles
from intake.channels.sms import SMS
from intake.channels.twilio_messages import TwilioMessages, media_of
from intake.channels.whatsapp import WHATSAPP
from intake.inbound import Inbound
from intake.models import InboundEvent
from intake.registry import CarrierError, NotKnown
from privacy.clock import database_now

LOOK_BACK: Final = timedelta(hours=48)
# A webhook on its way gets this long, its one repetition included.
ON_ITS_WAY: Final = timedelta(minutes=2)
AT_ONCE: Final = 500  # keys looked up with one question

LINES: Final = (WHATSAPP, SMS)

logger = logging.getLogger("helpline.intake")


def arrivals() -> int:
    """Store what providers hold of the last 48 hours and we do not; returns how many came late.

    Each line by itself: one that cannot be asked now is asked next time.
    """
    return sum(_asked(line) for line in LINES if line.sender)


def everything() -> int:
    """Late arrivals, the fate of what was sent, and what should be gone at providers."""
    found = arrivals()
    found += asking.ask_how_they_fared()
    copies.watch()
    return found


def _asked(line: TwilioMessages) -> int:
    try:
        found = _of_line(line)
    except CarrierError as refusal:
        if refusal.problem in troubles.HALTING:
            troubles.note(line.channel, refusal.problem)
    except NotKnown as doubt:
        logger.warning("a provider's list cannot be read: %s", line.channel, exc_info=doubt)
    else:
        troubles.end(line.channel, "credentials")
        return found
    return 0


def _of_line(line: TwilioMessages) -> int:
    settled = database_now() - ON_ITS_WAY
    listed = [
        (inbound, media)
        for inbound, media in line.held(since=database_now() - LOOK_BACK)
        if inbound.occurred_at < settled.isoformat()
    ]
    return sum(services.receive(inbound) for inbound in _unknown(line, listed))


def _unknown(line: TwilioMessages, listed: list[tuple[Inbound, bool]]) -> Iterator[Inbound]:
    """What we never stored, in the order it was sent; and what nobody could read goes there."""
    for start in range(0, len(listed), AT_ONCE):
        some = listed[start : start + AT_ONCE]
        keys = [inbound.key for inbound, _media in some]
        rows = InboundEvent.objects.filter(provider="twilio", kind="message", key__in=keys)
        states = dict(rows.values_list("key", "state"))
        for inbound, media in some:
            if inbound.key not in states:
                kinds = media_of(inbound.provider_ref) if media else ()
                yield replace(inbound, media=kinds)
            elif states[inbound.key] == InboundEvent.State.DEAD:
                line.redact(inbound.provider_ref)  # it lies here as a dead letter, in no folder
