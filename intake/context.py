"""What the top of the staff pages says while a line of ours does not work, and who must act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.access import pages_of
from intake import troubles
from intake.models import Trouble

# Where it is shown: the pages of those who can act, or must know that answers stay behind.
SHOWN_ON: Final = ("/team/", "/setup/", "/shifts/", "/cases/")
WHO_ACTS: Final = frozenset({"team", "setup"})
WHO_MUST_KNOW: Final = frozenset({"desk"})
AT_MOST: Final = 3

LINES: Final = {
    "whatsapp": _("WhatsApp (Twilio)"),
    "cloud": _("WhatsApp (Meta)"),
    "sms": _("SMS"),
    "email": _("E-mail"),
    "imap": _("The mailbox"),
    "phone": _("Phone"),
    "phone_bridge": _("Phone"),
    "page": _("Calling colleagues at night"),
    "iwf": _("Reports to the Internet Watch Foundation"),
    "partner_mail": _("Mail to partners"),
    "twilio_redact": _("Deleting copies at Twilio"),
    "cloud_redact": _("Deleting copies at Meta"),
    "imap_expunge": _("Deleting mail from the mailbox"),
}
# What it does, and who must do what.
_SENTENCES: Final = {
    "credentials": (
        _("%(line)s does not work since %(since)s."),
        _(
            "The provider refuses our key. An administrator must put the right key into the"
            " settings of the service. What waits is kept, and goes out then."
        ),
    ),
    "sender_restricted": (
        _("%(line)s sends nothing since %(since)s."),
        _(
            "The provider has restricted our number. An administrator must settle it with the"
            " provider. What waits is kept, and goes out then."
        ),
    ),
    "our_fault": (
        _("%(line)s fails since %(since)s."),
        _(
            "The provider cannot use what we send. Whoever runs the service must look into it."
            " Answers that did not go out are marked in their conversation."
        ),
    ),
    "overdue": (
        _("%(line)s is late since %(since)s."),
        _(
            "For more than a day the provider has not confirmed that its copies are gone. Whoever"
            " runs the service must look into it."
        ),
    ),
}
_OTHER: Final = (
    _("%(line)s does not work since %(since)s."),
    _("Whoever runs the service must look into it."),
)
# Not in the way of anybody's answer: only for those who can act.
_QUIET: Final = frozenset({"overdue"})


@dataclass(frozen=True)
class Standing:
    """One trouble: what does not work since when, and who must do what."""

    kind: str
    gist: str
    words: str


def standing_troubles(request: HttpRequest) -> dict[str, Any]:
    """`troubles` for base.html: asked of the database only by pages that show them."""
    user: Any = getattr(request, "user", None)
    here = request.path == "/" or request.path.startswith(SHOWN_ON)
    if not here or user is None or not user.is_authenticated:
        return {}
    return {"troubles": SimpleLazyObject(lambda: _standing(user))}


def told(trouble: Trouble) -> Standing:
    """A trouble in plain words."""
    gist, words = _SENTENCES.get(trouble.problem, _OTHER)
    line = LINES.get(trouble.carrier, trouble.carrier)
    return Standing(
        kind="attention" if trouble.problem in _QUIET else "danger",
        gist=str(gist) % {"line": line, "since": _moment(trouble.since)},
        words=str(words),
    )


def _standing(user: Any) -> list[Standing]:
    pages = set(pages_of(user))
    if not pages & (WHO_ACTS | WHO_MUST_KNOW):
        return []
    found = [
        trouble
        for trouble in troubles.standing()
        if pages & WHO_ACTS or trouble.problem not in _QUIET
    ]
    return [told(trouble) for trouble in found[:AT_MOST]]


def _moment(at: datetime) -> str:
    """The time of day; with its date when that was not today."""
    there = timezone.localtime(at)
    if there.date() == timezone.localdate():
        return date_format(there, "H:i")
    return _now("%(day)s, %(time)s") % {
        "day": date_format(there, "j M"),
        "time": date_format(there, "H:i"),
    }
