"""A reporter may be limited for a while: asked for by one colleague, put in force by a second.

Nothing here ever limits anybody by itself: silence and pranks are often children testing trust.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake import texts
from intake.languages import speaking
from intake.models import Conversation, Message, ReporterLimit
from intake.services import send_automatic
from intake.writing import lock
from privacy import audit
from privacy.access import require
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.services import NotPossible

SHORTEST: Final = 24
LONGEST: Final = 24 * 30
_TOLD: Final = "limited"


@transaction.atomic
def ask_limit(conversation: Conversation, *, reason: str, hours: int, by: User) -> ReporterLimit:
    """Propose to limit a reporter for so many hours; nothing changes until a second person agrees.

    Raises NotPossible for another reason or length, or while one is asked for or in force.
    """
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    if reason not in ReporterLimit.Reason.values or not SHORTEST <= hours <= LONGEST:
        raise NotPossible(_("Choose a reason, and between one day and 30 days."))
    if standing(conversation) is not None:
        raise NotPossible(_("A limit is asked for or in force already."))
    made = ReporterLimit(
        folder_id=conversation.folder_id,
        conversation=conversation,
        reason=reason,
        hours=hours,
        asked_by=by,
    )
    made.save(force_insert=True)
    _record("limit_asked", made, reason=reason)
    return made


@transaction.atomic
def approve_limit(limit: ReporterLimit, *, by: User) -> None:
    """Put a proposed limit in force, as the second person; it ends by itself."""
    require(by, limit.folder_id, OPERATIONAL)
    conversation = lock(limit.conversation)
    limit = ReporterLimit.objects.select_for_update().get(pk=limit.pk)
    if limit.approved_by_id or limit.ended_at:
        raise NotPossible(_("This was decided already."))
    if limit.asked_by_id == by.pk:
        raise NotPossible(_("A second person decides this."))
    limit.approved_by = by
    limit.until = database_now() + timedelta(hours=limit.hours)
    limit.save(update_fields=["approved_by", "until"])
    _set_until(conversation, limit.until)
    _record("limit_approved", limit, reason=limit.reason)


@transaction.atomic
def end_limit(limit: ReporterLimit, *, by: User) -> None:
    """Take back a proposal, or end a limit before its time."""
    require(by, limit.folder_id, OPERATIONAL)
    conversation = lock(limit.conversation)
    ended = ReporterLimit.objects.filter(pk=limit.pk, ended_at__isnull=True)
    if ended.update(ended_at=database_now()):
        _set_until(conversation, None)
        _record("limit_ended", limit)


def standing(conversation: Conversation) -> ReporterLimit | None:
    """The limit that is asked for or in force, if there is one."""
    rows = ReporterLimit.objects.filter(conversation=conversation, ended_at__isnull=True)
    last: ReporterLimit | None = rows.order_by("asked_at").last()
    return None if last is None or (last.until and last.until <= database_now()) else last


def in_force(conversation: Conversation, at: datetime) -> bool:
    """Whether nothing automatic answers this reporter at a moment (UTC)."""
    return conversation.limited_until is not None and at < conversation.limited_until


def tell_once(conversation: Conversation) -> None:
    """The one neutral text of a limit, with the first message that comes under it."""
    until = conversation.limited_until
    if until is None:
        return
    began = ReporterLimit.objects.filter(conversation=conversation, until=until).first()
    told = Message.objects.filter(conversation=conversation, notice=_TOLD)
    if began and told.filter(at__gte=until - timedelta(hours=began.hours)).exists():
        return
    with speaking(conversation.language):
        send_automatic(conversation, code=_TOLD, text=texts.limited(until))


def _set_until(conversation: Conversation, until: datetime | None) -> None:
    conversation.limited_until = until
    conversation.version += 1
    conversation.save(update_fields=["limited_until", "version"])


def _record(verb: str, limit: ReporterLimit, *, reason: str = "") -> None:
    audit.record(
        verb, folder=limit.folder_id, subject="reporter_limit", subject_id=limit.pk, reason=reason
    )
