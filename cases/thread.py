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
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases.models import Case
from intake import texts
from intake.models import Conversation, Message, OutboundMessage
from privacy.minimise import Minimised

State = OutboundMessage.State

# The newest so many; older ones stay in the record.
SHOWN: Final = 200
LONG: Final = 360
_LINES: Final = 5
# A link, with or without its beginning; too much is folded rather than too little. Bounded, so that
# one endless line costs no more than its length (RFC 1035: a label has 63 characters at most).
_LINK: Final = re.compile(
    r"(?:https?://|hxxps?://|www\.)\S+"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.(?:com|net|org|info|xyz|link|site|app|onion)\b(?:/\S*)?"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.[a-z]{2,6}/\S+",
    re.IGNORECASE,
)
_WORDS: Final = Path(__file__).with_name("words_to_fold.json")
_SIGNS: Final = {
    State.APPROVED: "waiting",
    State.LEASED: "waiting",
    State.CALLING: "waiting",
    State.ACCEPTED: "done",
    State.DELIVERED: "done",
    State.READ: "done",
    State.FAILED: "danger",
    State.UNKNOWN: "attention",
}

# Files that are no picture: a voice note, somebody's card.
_HARMLESS: Final = frozenset({"audio", "contact"})
# States in which something may stand in the way of a message.
_STUCK: Final = frozenset({State.APPROVED, State.FAILED, State.UNKNOWN})
_PROBLEMS: Final = {
    "": lazy("something of ours does not work"),
    "address_changed": lazy("they write from elsewhere now: confirm it and write again"),
    "blocked": lazy("WhatsApp would not carry it"),
    "bounced": lazy("their mail server gave it back"),
    "busy": lazy("the provider is busy: it is tried again"),
    "slow_down": lazy("the provider asked us to wait: it is tried again"),
    "credentials": lazy("the line is down: it goes out when that is mended"),
    "deleted": lazy("they asked to delete what they wrote"),
    "do_not_contact": lazy("they said: do not contact me"),
    "forgotten": lazy("the address or the words are forgotten"),
    "handed_over": lazy("the case was handed over meanwhile: read it again before you write"),
    "needs_template": lazy("the 24 hours were over: choose an approved text"),
    "no_answer": lazy("the provider did not say whether it has it"),
    "opted_out": lazy("they asked for our messages to stop"),
    "other_channel": lazy("only another channel is safe"),
    "safe_hours": lazy("waits for the hours that are safe for them"),
    "sender_restricted": lazy("the line is down: it goes out when that is mended"),
    "shared_phone": lazy("others use their phone too: wait until they write"),
    "stopped": lazy("they asked for our messages to stop"),
    "unreachable": lazy("the line is down: it is tried again"),
    "worker_lost": lazy("it may have gone out: the provider is asked"),
    "wrong_address": lazy("nobody is reached at this address"),
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
    why: str = ""
    """What keeps it from going out, or what kept it."""

    fold: str = ""
    unopened: bool = False
    """A picture or file came, and was not opened."""

    @property
    def mark(self) -> str:
        """Changes when the line must be drawn again (its delivery went on)."""
        return f"{self.kind}-{self.state[1] if self.state else ''}-{self.why}"


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
    """Why a text is folded at first: `explicit`, `link`, `long`, or "" when it is not."""
    if _explicit().search(text.casefold()):
        return "explicit"
    if _LINK.search(text):
        return "link"
    return "long" if len(text) > LONG or text.count("\n") >= _LINES else ""


def _line(
    seen: Minimised,
    conversation: Conversation,
    states: dict[UUID, tuple[str, str, str]],
    names: dict[UUID, str],
    *,
    several: bool,
) -> Line:
    sign, word, why = states.get(seen.pk, ("", "", ""))
    line = Line(
        key=str(seen.pk),
        kind="system",
        at=seen.at,
        language=conversation.language,
        channel=conversation.get_channel_display() if several else "",
        state=(sign, word) if sign else None,
        why=why,
    )
    if seen.kind in (Message.Kind.NOTICE, Message.Kind.MEDIA):
        unopened = seen.kind == Message.Kind.MEDIA and seen.notice not in _HARMLESS
        return replace(line, gist=texts.notice(seen.notice), state=None, unopened=unopened)
    text = str(seen.body or _("(forgotten)"))
    if seen.kind == Message.Kind.AUTOMATIC:
        return replace(line, gist=texts.automatic(seen.notice), text=text)
    fold = fold_of(text)
    return replace(
        line,
        kind="theirs" if seen.direction == Message.Direction.IN else "ours",
        text=text,
        gist=_gist(text, fold),
        fold=fold,
        author=names.get(seen.author_id, ""),
    )


def _gist(text: str, fold: str) -> str:
    """What stands there while a text is folded: nothing explicit, and no link."""
    if fold == "explicit":
        return _("Explicit words, folded.")
    return _LINK.sub(_("[link]"), text) if fold == "link" else text


def _states(rows: list[Minimised]) -> dict[UUID, tuple[str, str, str]]:
    """How each fares: the shape of its sign, its word, and what stands in its way."""
    sent = OutboundMessage.objects.filter(message__in=[row.pk for row in rows])
    return {
        message: (_SIGNS[State(state)], str(State(state).label), _why(state, problem))
        for message, state, problem in sent.values_list("message", "state", "problem")
    }


def _why(state: str, problem: str) -> str:
    """Why it waits, or was not sent, for who wrote it; "" when there is nothing to say."""
    if state not in _STUCK or not problem:
        return ""
    return str(_PROBLEMS.get(problem, _PROBLEMS[""]))


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
