"""The page for young people: what we keep, who can read it, how long, and what they can do.

Read by somebody of ten, who opens it without an account, on a telephone that others may hold.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.words import shown

_SPANS: Final = {
    "D": lambda n: ngettext("%(n)d day", "%(n)d days", n) % {"n": n},
    "M": lambda n: ngettext("%(n)d month", "%(n)d months", n) % {"n": n},
    "Y": lambda n: ngettext("%(n)d year", "%(n)d years", n) % {"n": n},
}


@dataclass(frozen=True)
class Part:
    """One short part of the page."""

    title: str
    lines: tuple[str, ...]


def kept_page(*, name: str, contact: str, story: str, places: str) -> list[Part]:
    """The whole page; the four are how long each is kept, as `P30D`, `P12M`, `P5Y`."""
    return [_yours(), _kept(), _readers(), _outside(), _time(name, contact, story, places), _can()]


def _yours() -> Part:
    return Part(
        _("It is up to you"),
        (
            _("You can talk to us without telling your name."),
            _("Please send no pictures. We never open them."),
            _("You can stop at any time. You can say: I am not sure."),
        ),
    )


def _kept() -> Part:
    return Part(
        _("What we keep"),
        (
            _("We keep what you write, so that you do not have to tell it twice."),
            _("We keep the number or address you write from, so that we can answer."),
            _("All of it is locked. Without the key it is only a mix of letters."),
        ),
    )


def _readers() -> Part:
    return Part(
        _("Who can read it"),
        (
            _("The person who helps you can read what you write."),
            _("If they are away or you are in danger, another helper can."),
            _("To see your name or number, they have to say why."),
            _("Who gets posts taken down sees the link. They do not see your name or story."),
            _("The people who run our computers cannot read it."),
            _("Each time somebody reads it, that is written down."),
        ),
    )


def _outside() -> Part:
    return Part(
        _("Who we tell"),
        (
            _("We tell nobody outside if you do not say yes."),
            _("You say yes to each thing by itself. You can take it back."),
            _("We do not tell your parents if you do not say that it is safe."),
            _("If a life is in danger, we may call for help. If we can, we tell you first."),
        ),
    )


def _time(name: str, contact: str, story: str, places: str) -> Part:
    return Part(
        _("When we forget"),
        (
            _("We count from the day when our work with you ends."),
            _("Your name and school: %(time)s.") % {"time": span(name)},
            _("Your number or address: %(time)s.") % {"time": span(contact)},
            _("What you wrote: %(time)s.") % {"time": span(story)},
            _("Links to posts: %(time)s. So we see if they come back.") % {"time": span(places)},
            _("After that we only keep counts, like how many people wrote to us."),
        ),
    )


def _can() -> Part:
    return Part(
        _("What you can do"),
        (
            _("Write %(word)s and we forget what you wrote.") % {"word": shown("delete")},
            _("Write %(word)s and we say who has read it.") % {"word": shown("seen")},
            _("Write %(word)s and you get your own copy.") % {"word": shown("copy")},
            _("Write these to us where you wrote before."),
            _("This page keeps nothing on your phone."),
            _("Your phone may still show that you opened it."),
        ),
    )


def span(period: str) -> str:
    """A period such as `P30D`, in words."""
    return _SPANS[period[-1]](int(period[1:-1]))
