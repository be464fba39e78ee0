"""One arrival becomes one entry: identity, conversation, message, danger, first steps."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet

from intake import danger, first_steps, outbox, registry
from intake.belonging import conversation_of
from intake.channels.email import token_hash
from intake.identities import known_identity
from intake.inbound import Inbound
from intake.models import Channel, Conversation, InboundEvent, Message, Risk
from intake.services import add_message, lock, queue, raise_risk
from privacy import audit, crypto
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.crypto import CannotOpen

State = InboundEvent.State

MOST_ATTEMPTS: Final = 5
# Long enough for a person to open a dead letter and mend what tripped; its words are in no folder,
# so nothing else would ever forget them.
DEAD_KEPT: Final = timedelta(days=30)

# What a poisonous arrival may raise; after MOST_ATTEMPTS it is a dead letter for a person to open.
POISON: Final = (
    ArithmeticError,
    AttributeError,
    CannotOpen,
    DataError,
    IntegrityError,
    LookupError,
    NotAllowed,
    ObjectDoesNotExist,
    OSError,
    RuntimeError,
    TypeError,
    ValidationError,
    ValueError,
)

logger = logging.getLogger("helpline.intake")


def process(key: UUID, *, wait: bool = True) -> int:
    """Process an arrival, and before it whatever waits in its sender's lane; returns how many.

    `wait` is false for the sweep, which leaves a lane that somebody else is on. Raises
    KeyUnavailable while the master key is away: nothing is tried then, and nothing lost.
    """
    crypto.master_key()
    event = InboundEvent.objects.filter(pk=key, state=State.WAITING).first()
    if event is None:
        return 0
    waiting = [event.pk]
    if event.lane:
        waiting = list(
            due()
            .filter(lane=event.lane, received_at__lte=event.received_at)
            .order_by("received_at", "pk")
            .values_list("pk", flat=True)
        )
    with _lane(event.lane or str(event.pk), wait=wait) as ours:
        return sum(_process(one) for one in waiting) if ours else 0


def due() -> QuerySet[InboundEvent]:
    """What waits and is not resting after a failure."""
    waiting = InboundEvent.objects.filter(state=State.WAITING)
    return waiting.exclude(leased_until__gt=database_now())


def forget_dead() -> int:
    """Forget the words of dead letters older than DEAD_KEPT; that they came stays. How many."""
    with acting(part="forgetting"):
        old = InboundEvent.objects.select_for_update(skip_locked=True).filter(
            state=State.DEAD, sealed__isnull=False, received_at__lt=database_now() - DEAD_KEPT
        )
        keys = list(old.values_list("pk", flat=True))
        InboundEvent.objects.filter(pk__in=keys).update(sealed=None)
        for key in keys:
            audit.record("forgotten", subject="inbound_event", subject_id=key)
    return len(keys)


def _process(key: UUID) -> bool:
    if not _begin(key):
        return False
    try:
        with acting(part="intake"):
            event = InboundEvent.objects.select_for_update().get(pk=key)
            if event.state != State.WAITING or event.sealed is None:
                return False
            inbound = Inbound.from_bytes(crypto.open_for_intake(bytes(event.sealed)))
            _done(event, _handle(event, inbound))
        return True
    except POISON as fault:
        logger.error("an arrival failed: %s", key, exc_info=fault)
        _rest(key, type(fault).__name__)
    except (OperationalError, InterfaceError):
        InboundEvent.objects.filter(pk=key).update(attempts=F("attempts") - 1)
        raise
    return False


def _begin(key: UUID) -> bool:
    """Count an attempt before it is made, so that one that kills the worker is counted too."""
    waiting = InboundEvent.objects.filter(pk=key, state=State.WAITING)
    if waiting.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.DEAD, problem="worker_lost", lane=""
    ):
        return False
    return waiting.update(attempts=F("attempts") + 1) == 1


def _rest(key: UUID, problem: str) -> None:
    """Leave a failed arrival for later, longer each time; dead after the last attempt."""
    event = InboundEvent.objects.get(pk=key)
    event.problem = problem[:40]
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.lane = State.DEAD, ""
    else:
        event.leased_until = database_now() + timedelta(seconds=2**event.attempts)
    event.save(update_fields=["problem", "state", "lane", "leased_until"])


def _done(event: InboundEvent, problem: str) -> None:
    """Settle an event: its words are in a conversation now, so the sealed copy goes."""
    event.state, event.problem, event.lane = State.DONE, "", ""
    event.done_at = database_now()
    if problem:
        event.state, event.problem = State.DEAD, problem
    else:
        event.sealed = None
    event.save(update_fields=["state", "problem", "lane", "sealed", "done_at"])


def _handle(event: InboundEvent, inbound: Inbound) -> str:
    """What this kind of arrival does; a code when nothing can be made of it."""
    if inbound.kind == "status":
        outbox.merge_status(inbound)
        return ""
    if inbound.sender is None:
        return inbound.problem or "no_sender"
    if inbound.automatic:
        return _note_automatic(event, inbound)
    conversation, proven = conversation_of(event, inbound)
    if not proven:
        _warn(conversation, event)
    message = _add(conversation, event, inbound)
    hits = _look_for_danger(conversation, inbound)
    if proven:
        _answer(conversation, event, inbound, hits)
    else:
        first_steps.listen(conversation, text=inbound.text)
    for told in registry.on_message:
        told(message)
    return ""


def _answer(
    conversation: Conversation, event: InboundEvent, inbound: Inbound, hits: list[danger.Hit]
) -> None:
    """What goes out by itself."""
    if conversation.channel == Channel.PHONE:
        conversation.step = Conversation.Step.STOPPED  # a caller heard the first steps spoken
        conversation.save(update_fields=["step"])
    else:
        first_steps.take(conversation, text=inbound.text, hits=hits)
    _answer_media(conversation, event, inbound)


def _warn(conversation: Conversation, event: InboundEvent) -> None:
    """Say before a mail that nothing but its From header shows whose it is."""
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="maybe_someone_else",
        at=event.received_at,
    )


def _note_automatic(event: InboundEvent, inbound: Inbound) -> str:
    """A machine's mail: a line in the conversation it belongs to; never an answer."""
    own = known_identity(inbound)
    hashes = [token_hash(token) for token in inbound.references]
    found = own.conversation if own else Conversation.objects.filter(reply_token__in=hashes).first()
    if found is None:
        return "automatic"
    add_message(
        lock(found),
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="automatic_mail",
        text=inbound.text if own else "",
        event=event,
    )
    return ""


def _add(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> Message:
    """The arrival's one entry, and a line for each picture or file that came with words."""
    words = inbound.text.strip()
    rest = list(inbound.media)
    if words:
        kind, notice, text = Message.Kind.TEXT, "", words
    elif rest:
        first = rest.pop(0)
        kind, notice, text = Message.Kind.MEDIA, first.kind, _size(first.size)
    else:
        kind, notice, text = Message.Kind.NOTICE, inbound.notice or "empty", ""
    message = add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=kind,
        notice=notice,
        text=text,
        event=event,
    )
    for one in rest:
        add_message(
            conversation,
            direction=Message.Direction.IN,
            kind=Message.Kind.MEDIA,
            notice=one.kind,
            text=_size(one.size),
        )
    return message


def _look_for_danger(conversation: Conversation, inbound: Inbound) -> list[danger.Hit]:
    hits = danger.find(inbound.text)
    if hits:
        flags = {hit.flag: hit.entry for hit in hits}
        raise_risk(conversation, risk=danger.level(hits), flags=flags)
    if inbound.notice == "safe_no":
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "said_not_safe"})
    return hits


def _answer_media(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> None:
    """Say gently that nothing was opened, and have the provider delete its copy."""
    if not inbound.media:
        return
    first_steps.answer_media(conversation, inbound.media[0].kind)
    if inbound.provider == "twilio":
        queue(
            "whatsapp_redact",
            folder=conversation.folder_id,
            client_key=f"redact-{event.key[:48]}",
            provider_ref=inbound.provider_ref,
        )


def _size(size: int | None) -> str:
    return "" if size is None else f"{max(1, size // 1024)} kB"


@contextmanager
def _lane(name: str, *, wait: bool) -> Iterator[bool]:
    """Alone on a sender's lane; PostgreSQL frees it when this process dies, whatever way."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
