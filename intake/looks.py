"""Who has seen a reporter's conversation, when and why, as one may tell it to them."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from intake import registry, texts
from intake.models import Conversation
from intake.texts import Seen
from privacy import audit
from privacy.audit import Look

MOST_LINES: Final = 6  # so that it fits into one message in every language

# What somebody was to the case when they looked, and what that is good for.
_AS: Final = {
    "own": ("holder", "help"),
    "danger_cover": ("supervisor", "danger"),
    "cover": ("counsellor", "help"),
    "break_glass": ("supervisor", "check"),
    "consulted": ("counsellor", "advice"),
    "consulted_talk": ("counsellor", "advice"),
    "takedown": ("takedown_officer", "takedown"),
    "referral": ("referral_coordinator", "referral"),
    "partner": ("partner", "help"),
    "safeguarding": ("safeguarding_lead", "check"),
    "reviewing": ("safeguarding_lead", "check"),
    "supervise": ("supervisor", "check"),
    "audit": ("auditor", "check"),
}
_UNKNOWN: Final = ("other", "help")
_REVEALS: Final = frozenset({"call_back", "verify_person", "referral", "report", "danger"})


def seen_of(conversation: Conversation) -> list[Seen]:
    """Who read what they wrote, the latest first; machines of ours are nobody.

    Since the conversation began: what was read of a case before is not theirs to know.
    """
    folders = {conversation.folder_id}
    for ask in registry.seen_in:
        folders |= set(ask(conversation))
    found = [look for folder in folders for look in _looks(folder, conversation)]
    audit.record("audit_read", folder=conversation.folder_id, subject="conversation")
    return grouped(found)


def grouped(looks: Iterable[Look]) -> list[Seen]:
    """One line for each who and why: how often in all, and when last.

    What one request reads of several classes is one look.
    """
    found = list(looks)
    known = {one.actor: _as(one) for one in reversed(found) if _as(one) != _UNKNOWN}
    each: dict[tuple[str, str, str], tuple[int, Look]] = {}
    for look in found:
        role, why = _as(look)
        if (role, why) == _UNKNOWN:  # it was not said as what: as they looked at other times
            role, why = known.get(look.actor, _UNKNOWN)
        if look.verb == "reveal" and look.reason in _REVEALS:
            why = look.reason
        times, newest = each.get((look.actor, role, why), (0, look))
        newest = look if look.last > newest.last else newest
        each[look.actor, role, why] = (max(times, look.times), newest)
    lines: dict[tuple[str, str], Seen] = {}
    for (_actor, role, why), (times, newest) in each.items():
        line = lines.get((role, why), Seen(role, why, 0, newest.last))
        lines[role, why] = Seen(role, why, line.times + times, max(line.last, newest.last))
    return sorted(lines.values(), key=lambda one: one.last, reverse=True)


def answer(conversation: Conversation) -> str:
    """What they are told of it, in the active language: in one message, or that there is more."""
    found = seen_of(conversation)
    return texts.seen_answer(found[:MOST_LINES], more=len(found) > MOST_LINES)


def _looks(folder: UUID, conversation: Conversation) -> list[Look]:
    looks = audit.looks(folder, since=conversation.started_at)
    return [one for one in looks if one.actor_kind in ("person", "link") and one.classes]


def _as(look: Look) -> tuple[str, str]:
    if look.verb == "reveal":  # its reason is what for, and not as what
        return _UNKNOWN
    held = look.reason.split("+")
    return next((told for name, told in _AS.items() if name in held), _UNKNOWN)
