"""Forms and guided hand-offs: a prepared sheet that a colleague copies from, and sends by hand."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.connectors.base import Connector, ConnectorError, Notice, Receipt


@dataclass(frozen=True, repr=False)
class Line:
    """One field of the other side's form and what to put there; addresses are folded."""

    label: str
    text: str
    fold: bool = False


# What to do, step by step. Notices themselves are written in English in this version.
_STEPS: Final[dict[str, list[Promise]]] = {
    "form": [
        gettext_lazy("Open the platform's form or its report menu yourself, in a new window."),
        gettext_lazy("Copy each line below into it. Give no name of a young person."),
        gettext_lazy("Come back here with the number or the time of the receipt."),
    ],
    "ncmec-take-it-down": [
        gettext_lazy("The young person opens takeitdown.ncmec.org on their own device."),
        gettext_lazy("The picture stays on their phone: only its fingerprint leaves it."),
        gettext_lazy("They choose the picture there; platforms that take part look for it."),
        gettext_lazy(
            "Mark it here once they say it is done. Never test it with a made-up picture."
        ),
    ],
    "stopncii": [
        gettext_lazy("For a person who is 18 or over in the picture: stopncii.org."),
        gettext_lazy(
            "They make the fingerprint on their own device and get a case number and a PIN."
        ),
        gettext_lazy("The PIN cannot be recovered: they keep it, we do not."),
        gettext_lazy("Mark it here once they say it is done; the case number only if they want."),
    ],
}


class Form(Connector):
    """Nothing leaves by itself: a person sends, and marks it sent with what proves it."""

    code: ClassVar[str] = "form"

    def trouble(self, notice: Notice) -> str:
        return ""

    def send(self, notice: Notice) -> Receipt:
        raise ConnectorError("by_hand")


def steps(route_code: str) -> list[str]:
    """What the colleague, or the young person, does on this route."""
    return [str(step) for step in _STEPS.get(route_code, _STEPS["form"])]


def has_sheet(route_code: str) -> bool:
    """Whether there is something to copy; a hand-off to the young person has nothing."""
    return route_code not in _STEPS


def sheet(notice: Notice) -> list[Line]:
    """What to copy into the platform's form: the exact place, why, who asks, in good faith."""
    return [
        Line(_("Exact place"), notice.locator, fold=True),
        Line(_("Why it must come down"), _why(notice)),
        Line(_("Please also"), "Please preserve the data that your law asks you to preserve."),
        Line(_("Who asks"), f"A child helpline, {settings.DEFAULT_FROM_EMAIL}"),
        Line(
            _("Good faith"),
            "We state in good faith that the information in this notice is accurate and complete.",
        ),
    ]


def sheet_sha256(notice: Notice) -> str:
    """SHA-256 (hex) of the sheet's texts, so that what was sent can be shown later."""
    texts = "\n".join(line.text for line in sheet(notice))
    return hashlib.sha256(texts.encode()).hexdigest()


def _why(notice: Notice) -> str:
    if notice.place == "threatened_only":
        return "Somebody here threatens to share intimate material of a person who objects."
    if "account" in (notice.kind, notice.medium):
        return "This account shares intimate material of a person who objects."
    how = {"ai_made": "an AI-generated", "altered_real": "a manipulated"}.get(notice.origin, "an")
    what = {"video": "video", "audio": "recording", "text": "text"}.get(notice.medium, "image")
    if notice.minor:
        return (
            f"This place shows {how} intimate {what} of a person under 18."
            " It is unlawful whoever made it or agreed to it. Please remove it at once."
        )
    return (
        f"This place shows {how} intimate {what} of a person who did not consent to its sharing."
        " Please remove it at once."
    )
