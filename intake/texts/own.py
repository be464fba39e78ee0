"""What answers a reporter's question about their own data: who has seen it, and a copy of it.

Read by somebody of ten, on a telephone that others may hold: first words that tell nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.texts.times import day_and_time
from intake.words import shown


@dataclass(frozen=True)
class Seen:
    """That somebody looked: who (a code of `roles`), why (codes of `purposes`), how often, when."""

    role: str
    why: str
    times: int
    last: datetime


def seen_offer() -> str:
    """Before we say who has looked: are they alone? Answered by yes."""
    return "\n".join(
        [
            _("We can tell you who has read what you wrote, and why."),
            _("Others who hold your phone can read the answer too."),
            _("If this is a good time, answer %(yes)s.") % {"yes": shown("yes")},
        ]
    )


def seen_answer(seen: Iterable[Seen], *, more: bool = False) -> str:
    """Who looked, how often, when last, what for, in the order given; `more`: these are not all."""
    lines = [_line(one) for one in seen]
    if not lines:
        return _("Nobody has read what you wrote yet. A computer has sorted it, no more.")
    return "\n".join(
        [
            _("This is who has read what you wrote:"),
            *lines,
            _("Others have read it too, for their work here. Ask us for the whole list.")
            if more
            else _("Nobody else has read it. Each time is written down and stays written down."),
            _("If you think that someone should not have read it, tell us."),
            _("Then another person looks into it."),
        ]
    )


def own_by_person() -> str:
    """Where it may be somebody else who asks: a person makes sure first."""
    return _(
        "We heard your question. A person makes sure first that it is really you."
        " They will write to you."
    )


def copy_offer() -> str:
    """Before a copy of their data leaves us: are they alone? Answered by yes."""
    return "\n".join(
        [
            _("We have put together a copy of what we keep about you, as you asked."),
            _("Others who hold your phone can read it too."),
            _("If this is a good time, answer %(yes)s.") % {"yes": shown("yes")},
        ]
    )


def copy_link(link: str, until: datetime) -> str:
    """The page with their copy: once, for a while."""
    return "\n".join(
        [
            _("Open this when you are alone and have some time."),
            _("It is there until %(when)s.") % {"when": day_and_time(until)},
            _("Here is your copy. The page opens only once: %(link)s") % {"link": link},
        ]
    )


def delete_confirm() -> str:
    """When they told a person that they want it deleted: they say it themselves, by one word."""
    return "\n".join(
        [
            _("You told us that you want your words deleted."),
            _("If that is right, answer %(delete)s.") % {"delete": shown("delete")},
            _("If it is not, just go on writing. Nothing changes then."),
        ]
    )


def roles() -> dict[str, str]:
    """Who looked, as one says it to them."""
    return {
        "holder": _("The person who helps you"),
        "counsellor": _("Another person who helps here"),
        "supervisor": _("The person who leads the team"),
        "takedown_officer": _("The person who gets pictures and pages taken down"),
        "referral_coordinator": _("The person who finds help near you"),
        "safeguarding_lead": _("The person who looks into our mistakes"),
        "auditor": _("The person who checks who has looked"),
        "partner": _("Someone outside who helps you, as you agreed"),
        "other": _("Another person who works here"),
    }


def purposes() -> dict[str, str]:
    """What for, as one says it to them."""
    return {
        "help": _("to help you"),
        "call_back": _("to call you or write to you"),
        "verify_person": _("to make sure that it is you"),
        "referral": _("to find help for you"),
        "report": _("to make a report that you wanted"),
        "danger": _("because someone may have been in danger"),
        "takedown": _("to get something taken down"),
        "check": _("to check that we help you well"),
        "advice": _("to give advice to the person who helps you"),
    }


def _line(one: Seen) -> str:
    who, why = roles().get(one.role, roles()["other"]), purposes().get(one.why, purposes()["help"])
    often = ngettext("%(n)d time", "%(n)d times", one.times) % {"n": one.times}
    return _("– %(who)s, %(why)s: %(often)s. Last: %(when)s.") % {
        "who": who,
        "why": why,
        "often": often,
        "when": day_and_time(one.last),
    }


def copy_title(code: str) -> str:
    """The heading of a part of a copy. KeyError: there is no such part."""
    return {
        "said": _("What you wrote to us, and what we wrote to you"),
        "reached": _("How we reach you"),
        "noted": _("What we noted about you"),
        "agreed": _("What you agreed to"),
        "takedowns": _("What we asked others to take down"),
        "referrals": _("Help that was arranged"),
        "left_out": _("What is not in this copy"),
    }[code]


def copy_said(when: datetime, words: str | None, *, theirs: bool) -> str:
    """One thing said, and who said it; words that are gone are said to be gone."""
    told = {"when": day_and_time(when), "words": words or _("This is forgotten already.")}
    if theirs:
        return _("You, %(when)s: %(words)s") % told
    return _("We, %(when)s: %(words)s") % told


def copy_fact(code: str, value: str) -> str:
    """One thing noted about them. KeyError: nobody tells it to them under this name."""
    name = {
        "call_me": _("How you want to be called"),
        "name": _("Your name"),
        "school": _("Your school"),
        "age": _("Your age"),
        "gender": _("Your gender"),
        "address": _("Your number or address"),
        "safe_words": _("The words we agreed on"),
        "summary": _("In short"),
        "safety_plan": _("The plan to keep you safe"),
        "child_view": _("What you said at the end"),
    }[code]
    return f"{name}: {value}"


def copy_agreed(purpose: str, when: datetime, *, withdrawn: bool) -> str:
    """One consent of theirs, and whether they took it back."""
    what = {
        "follow_up": _("that we write to you later"),
        "takedown": _("that we ask to take something down for you"),
        "referral": _("that we ask someone outside to help you"),
        "police": _("that we tell the police"),
        "research": _("that we learn from it"),
    }.get(purpose, _("something else"))
    line = _("%(what)s (%(when)s)") % {"what": what, "when": day_and_time(when)}
    back = _("you took it back")
    return f"{line} – {back}" if withdrawn else line


def copy_takedown(platform: str, when: datetime, *, done: bool) -> str:
    """One place where something stood; its address and the account's name are another's."""
    told = {"platform": platform, "when": day_and_time(when)}
    if done:
        return _("%(platform)s, asked on %(when)s: answered") % told
    return _("%(platform)s, asked on %(when)s: no answer yet") % told


def copy_referral(service: str, when: datetime) -> str:
    """One referral that left us."""
    return _("%(service)s, asked on %(when)s") % {"service": service, "when": day_and_time(when)}


def copy_left_out() -> list[str]:
    """What a copy does not hold, and why."""
    return [
        _("Names and addresses of other people. They are not yours, and stay with us."),
        _("Notes that people here write for their own work. Ask us: we talk about them with you."),
        _("What was forgotten already. Nobody has it any more."),
    ]
