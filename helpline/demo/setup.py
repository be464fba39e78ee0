"""What the demo is set up with: days closed, approved texts, and one mail nobody could read."""

from datetime import date
from typing import Final

from accounts.models import Holiday, Team
from intake import approved
from intake.inbound import Inbound, key_of_content
from intake.models import ApprovedText, InboundEvent
from intake.services import receive

TEXTS: Final = {
    "en": "Hello. We are here. Would you like to write again? You can choose when.",
    "hi": "नमस्ते। हम यहाँ हैं। क्या फिर से लिखने का मन है? समय आप चुनें।",
    "ar": "مرحبًا. نحن هنا. هل ترغب في الكتابة مرة أخرى؟ يمكن اختيار الوقت المناسب.",
    "fr": "Bonjour. Nous sommes là. Veux-tu écrire à nouveau ? Tu choisis quand.",
}
DAYS: Final = {"Republic Day": (1, 26), "Independence Day": (8, 15), "Gandhi Jayanti": (10, 2)}
_UNREAD: Final = "demo: a mail without a sender"


def make_all(team: Team, today: date) -> None:
    """Everything that is not there yet."""
    for name, (month, day) in DAYS.items():
        this_year = date(today.year, month, day)
        on = this_year if this_year > today else date(today.year + 1, month, day)
        Holiday.objects.get_or_create(team=team, on=on, defaults={"name": name})
    for language, text in TEXTS.items():
        # In Twilio's form of an id; at Meta a text has a name.
        ids = {"whatsapp": f"HX{language.encode().hex() * 8}", "cloud": "come_back"}
        for carrier, ref in ids.items():
            _approve(text, carrier=carrier, language=language, provider_ref=ref)
    _receive_unread()


def _approve(text: str, *, carrier: str, language: str, provider_ref: str) -> None:
    known = ApprovedText.objects.filter(code="come_back", carrier=carrier, language=language)
    if not known.exists():
        approved.add_text(
            "come_back",
            carrier=carrier,
            language=language,
            provider_ref=provider_ref,
            text=text,
            by=None,
        )


def _receive_unread() -> None:
    """A mail in which nobody is named, as a machine of somebody else's sometimes sends."""
    key = key_of_content(_UNREAD)
    if InboundEvent.objects.filter(key=key).exists():
        return
    receive(
        Inbound(
            provider="imap",
            kind="message",
            key=key,
            channel="email",
            text="please can somebody write to me. my school address does not work any more",
            problem="no_sender",
            extra={"date": "Sat, 21 Nov 2026 20:14:03 +0530", "to": "hello", "size": "2310"},
        )
    )
