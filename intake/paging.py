"""Danger while the desk is closed: who is on call is called, then a second person, until answered.

What was paged and answered are rows (`OnCallPage`), one for each turn of each wait: who has been
answered and waits in danger again is somebody's to hear of again. Swept with PostgreSQL only.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import User
from intake import hours
from intake.channels.page import PAGE
from intake.models import Conversation, OnCallPage, Risk
from intake.services import queue
from privacy import audit
from privacy.access import acting, require, teams_of
from privacy.classes import OPERATIONAL
from privacy.clock import database_now
from privacy.exclusions import excluded_from

SECOND_AFTER: Final = timedelta(minutes=5)
TURNS: Final = 2
# Who answered stays with it so long (a danger cover): new words meanwhile call nobody again.
ANSWERED_FOR: Final = timedelta(minutes=60)


def page_if_needed(conversation: Conversation) -> bool:
    """Call whoever's turn it is, in the caller's transaction; says whether somebody was called.

    Only for danger that waits while the desk is closed, and somebody is on call. The conversation
    is locked by the caller.
    """
    since, team = conversation.waiting_since, conversation.folder.team
    if conversation.risk != Risk.DANGER or since is None or team is None:
        return False
    now = database_now()
    if hours.is_open(team, now) or not _is_due(conversation, since, now):
        return False
    barred = excluded_from([conversation.folder_id])
    rota = [one for one in hours.on_call(team, now) if one.pk not in barred]
    if not rota:
        return False
    with acting(part="delivery"):
        _page(conversation, since, rota)
    return True


def on_danger(conversation: Conversation) -> None:
    """Hook of intake: danger was said just now."""
    page_if_needed(conversation)


def page_waiting() -> int:
    """Page for every conversation that needs it; returns how many people were called."""
    with acting(part="delivery"):
        waiting = list(_in_danger().order_by("waiting_since").values_list("pk", flat=True))
    called = 0
    for key in waiting:
        with acting(part="delivery"):
            rows = _in_danger().select_for_update(of=("self",), skip_locked=True, no_key=True)
            conversation = rows.select_related("folder__team").filter(pk=key).first()
            called += conversation is not None and page_if_needed(conversation)
    return called


@transaction.atomic
def answer(conversation: Conversation, *, by: User) -> int:
    """Somebody on call takes it: nobody else is called for this wait. How many pages it answers."""
    require(by, conversation.folder_id, OPERATIONAL)
    unanswered = OnCallPage.objects.filter(conversation=conversation, answered_at__isnull=True)
    answered = int(unanswered.update(answered_at=database_now()))
    if answered:
        audit.record(
            "page_answered",
            folder=conversation.folder_id,
            subject="conversation",
            subject_id=conversation.pk,
        )
    return answered


def unanswered(user: User) -> list[OnCallPage]:
    """The pages of the person's teams that nobody has answered, the longest wait first."""
    rows = OnCallPage.objects.visible_to(user).filter(
        folder__team__in=teams_of(user, "supervise"),
        answered_at__isnull=True,
        conversation__waiting_since=F("since"),
    )
    pages = rows.select_related("conversation", "user").order_by("since", "turn")
    latest = {page.conversation_id: page for page in pages}
    return list(latest.values())


def _in_danger() -> QuerySet[Conversation]:
    rows: QuerySet[Conversation] = Conversation.objects.filter(
        risk=Risk.DANGER, waiting_since__isnull=False, hidden_at__isnull=True
    ).exclude(state=Conversation.State.CLOSED)
    return rows


def _is_due(conversation: Conversation, since: datetime, now: datetime) -> bool:
    """Whether the next turn has come: nobody answered, and the one before had its five minutes."""
    pages = OnCallPage.objects.filter(conversation=conversation)
    if pages.filter(answered_at__gt=now - ANSWERED_FOR).exists():
        return False
    turns = list(pages.filter(since=since).order_by("turn"))
    if any(page.answered_at for page in turns) or len(turns) >= TURNS:
        return False
    return not turns or now - turns[-1].at >= SECOND_AFTER


def _page(conversation: Conversation, since: datetime, rota: list[User]) -> None:
    """Call the first of the rota who was not called for this wait yet; alone, the same again."""
    called = list(
        OnCallPage.objects.filter(conversation=conversation, since=since).values_list(
            "user_id", flat=True
        )
    )
    person = next((one for one in rota if one.pk not in called), rota[0])
    page = OnCallPage(
        folder_id=conversation.folder_id,
        conversation=conversation,
        user=person,
        turn=len(called) + 1,
        since=since,
    )
    page.save(force_insert=True)
    queue(
        PAGE,
        folder=conversation.folder_id,
        subject_id=page.pk,
        client_key=f"page-{page.pk.hex}",
    )
    audit.record("paged", folder=conversation.folder_id, subject="on_call_page", subject_id=page.pk)
