"""The lines of a conversation: one thread over all channels of a case's reporters."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from intake import texts
from intake.models import Conversation, Message, OutboundMessage
from privacy.minimise import Minimised

# The newest so many; older ones stay in the record.
SHOWN: Final = 200
LONG: Final = 360
_LINES: Final = 5
_WORDS: Final = Path(__file__).with_name("words_to_fold.json")
_SIGNS: Final = {
    OutboundMessage.State.APPROVED: "waiting",
    OutboundMessage.State.LEASED: "waiting",
    OutboundMessage.State.CALLING: "waiting",
    OutboundMessage.State.ACCEPTED: "done",
    OutboundMessage.State.DELIVERED: "done",
    OutboundMessage.State.READ: "done",
    OutboundMessage.State.FAILED: "danger",
    OutboundMessage.State.UNKNOWN: "attention",
}


@dataclass(frozen=True)
class Line:
    """One line of the thread. `kind`: day, theirs, ours, or system (small and neutral)."""

    key: str
    kind: str
    text: str = ""
    gist: str = ""
    language: str = ""
    at: datetime | None = None
    author: str = ""
    channel: str = ""
    state: tuple[str, str] | None = None
    fold: str = ""

    @property
    def mark(self) -> str:
        """Changes when the line must be drawn again (its delivery went on)."""
        return f"{self.kind}-{self.state[1] if self.state else ''}"


def messages_of(case: Case, conversations: list[Conversation], user: User) -> list[Message]:
    """What this person may read of what was filed to this case, or to none yet; oldest first."""
    folders = {case.folder_id, *(one.folder_id for one in conversations)}
    rows = Message.objects.visible_to(user).filter(
        conversation__in=[one.pk for one in conversations], folder__in=folders
    )
    return list(rows.order_by("-at", "-order")[:SHOWN])[::-1]


def lines_of(said: list[Minimised], conversations: list[Conversation]) -> list[Line]:
    """Messages as lines, with a line for each new day."""
    by_key = {conversation.pk: conversation for conversation in conversations}
    states, names = _states(said), _names(said)
    lines = [
        _line(seen, by_key[seen.conversation_id], states, names, several=len(by_key) > 1)
        for seen in said
    ]
    return list(_with_days(lines))


def fold_of(text: str) -> str:
    """Why a text is folded at first: `explicit`, `long`, or "" when it is not."""
    if _explicit().search(text.casefold()):
        return "explicit"
    return "long" if len(text) > LONG or text.count("\n") >= _LINES else ""


def _line(
    seen: Minimised,
    conversation: Conversation,
    states: dict[UUID, tuple[str, str]],
    names: dict[UUID, str],
    *,
    several: bool,
) -> Line:
    line = Line(
        key=str(seen.pk),
        kind="system",
        at=seen.at,
        language=conversation.language,
        channel=conversation.get_channel_display() if several else "",
        state=states.get(seen.pk),
    )
    if seen.kind in (Message.Kind.NOTICE, Message.Kind.MEDIA):
        return replace(line, gist=texts.notice(seen.notice), state=None)
    text = str(seen.body or _("(forgotten)"))
    if seen.kind == Message.Kind.AUTOMATIC:
        return replace(line, gist=texts.automatic(seen.notice), text=text)
    fold = fold_of(text)
    return replace(
        line,
        kind="theirs" if seen.direction == Message.Direction.IN else "ours",
        text=text,
        gist=_("Explicit words, folded.") if fold == "explicit" else text,
        fold=fold,
        author=names.get(seen.author_id, ""),
    )


def _states(rows: list[Minimised]) -> dict[UUID, tuple[str, str]]:
    sent = OutboundMessage.objects.filter(message__in=[row.pk for row in rows])
    return {
        message: (_SIGNS[OutboundMessage.State(state)], str(OutboundMessage.State(state).label))
        for message, state in sent.values_list("message", "state")
    }


def _names(rows: list[Minimised]) -> dict[UUID, str]:
    wanted = {row.author_id for row in rows if row.author_id}
    return {user.pk: user.get_short_name() for user in User.objects.filter(pk__in=wanted)}


def _with_days(lines: list[Line]) -> Iterator[Line]:
    before: date | None = None
    for line in lines:
        day = timezone.localtime(line.at).date() if line.at else None
        if day is not None and day != before:
            yield Line(key=f"day-{day:%Y%m%d}", kind="day", text=_day(day))
        before = day or before
        yield line


def _day(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("today")
    return _("yesterday") if (today - day).days == 1 else date_format(day, "DATE_FORMAT")


@cache
def _explicit() -> re.Pattern[str]:
    words = [word for some in json.loads(_WORDS.read_text()).values() for word in some]
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}" for word in words))
