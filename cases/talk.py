"""The middle of the case page: the thread, and whether and how one may write now."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import contact, registry, thread
from cases.contact import Verdict
from cases.models import CaseConversation, Draft
from cases.sight import Sight
from intake.models import ApprovedText, Channel, Conversation
from intake.reach import LONGEST
from intake.services import approved_texts
from privacy.clock import database_now
from privacy.minimise import Minimised
from reference.templatetags.amaan import SOON, hours_and_minutes


@dataclass(frozen=True)
class Talk:
    """The middle of the page."""

    lines: list[thread.Line]
    conversations: list[Minimised]
    current: Minimised | None
    verdict: Verdict
    draft: str
    client_key: str
    zone: str
    offers: list[ApprovedText]
    """What may go out when free words may not."""

    ways: list[registry.Way]
    """What can be offered about a picture that was not opened."""

    longest: int
    """How many characters one answer may have on this channel."""

    @property
    def window_left(self) -> str:
        """Hours and minutes until free words on the channel end."""
        until = self.verdict.window_until
        return hours_and_minutes(until - timezone.now()) if until else ""

    @property
    def closes_soon(self) -> bool:
        """Whether free words end within half an hour."""
        until = self.verdict.window_until
        return until is not None and until - timezone.now() < SOON


def talk_of(sight: Sight, *, on: UUID | None = None, text: str | None = None) -> Talk | None:
    """The thread and the composer; None for who may not read the story.

    `on` is the conversation to write in (default: where they wrote last); `text` what was typed and
    could not be sent.
    """
    if not sight.rights.story:
        return None
    case, user = sight.case, sight.user
    links = CaseConversation.objects.standing().filter(case=case)
    rows = Conversation.objects.visible_to(user).filter(pk__in=links.values("conversation"))
    conversations = sorted(rows, key=_last_heard, reverse=True)
    current = next((one for one in conversations if one.pk == on), None)
    current = current or next(iter(conversations), None)
    drafts = Draft.objects.visible_to(user).filter(conversation=current, user=user)
    said = thread.messages_of(case, conversations, user)
    seen, lines, typed = sight.of(conversations, said, drafts)
    kept = next((str(draft.body or "") for draft in typed), "")
    shown = thread.lines_of(lines, conversations)
    verdict = (
        contact.verdict(case, current, at=database_now())
        if current
        else Verdict(_("There is no conversation yet."))
    )
    return Talk(
        lines=shown,
        conversations=seen,
        current=next((one for one in seen if current and one.pk == current.pk), None),
        verdict=verdict,
        draft=kept if text is None else text,
        client_key=secrets.token_hex(16),
        zone=contact.zone_of(case).key,
        offers=approved_texts(current) if current and verdict.approved_only else [],
        ways=registry.ways_for(case, user) if any(line.unopened for line in shown) else [],
        longest=LONGEST[Channel(current.channel)] if current else 0,
    )


def _last_heard(conversation: Conversation) -> datetime:
    return conversation.last_inbound_at or conversation.started_at
