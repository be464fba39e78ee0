"""Texts that a provider approved, for when free words may not be sent; added, never changed."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from intake import languages, texts
from intake.models import ApprovedText
from intake.words.telling import telling
from privacy import audit
from privacy.clock import database_now
from privacy.services import NotPossible

# The lines of ours that know such texts: WhatsApp by Twilio, and by Meta.
CARRIERS: Final = ("whatsapp", "cloud")
LONGEST: Final = 1024  # characters; what WhatsApp takes in the body of a template

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_BLANK: Final = re.compile(r"\{\{.*?\}\}")  # where a provider would put in something of the case


@transaction.atomic
def add_text(
    code: str, *, carrier: str, language: str, provider_ref: str, text: str, by: User | None
) -> ApprovedText:
    """Write down a text as it was approved, from today on. Raises NotPossible.

    It has no blanks to fill in, and its first words tell a stranger nothing (I1).
    """
    text = text.strip()
    if carrier not in CARRIERS or not _CODE.fullmatch(code):
        raise NotPossible(_("The code is small letters, figures and _, such as come_back."))
    if _BLANK.search(text):
        raise NotPossible(_("A text with blanks to fill in cannot be offered here."))
    if word := telling(text, language):
        told = _("A locked phone shows the first words: write them without “%(word)s”.")
        raise NotPossible(told % {"word": word})
    if _standing().filter(code=code, carrier=carrier, language=language).exists():
        raise NotPossible(_("There is a text with this code in this language. Retire it first."))
    made = ApprovedText.objects.create(
        code=code,
        carrier=carrier,
        language=language,
        provider_ref=provider_ref.strip(),
        text=text,
        approved_on=database_now().date(),
    )
    audit.record("text_approved", subject="approved_text", subject_id=made.pk, reason=code)
    return made


@dataclass(frozen=True)
class Suggestion:
    """A text of ours to have approved, in one language."""

    code: str
    language: str
    text: str


def suggestions() -> list[Suggestion]:
    """Neutral texts of ours in every language, for the administrator to have approved."""
    made = []
    for language in languages.OWN:
        with languages.speaking(language):
            for code in texts.template_codes():
                made.append(Suggestion(code, language, texts.template(code)))
    return made


@transaction.atomic
def retire_text(row: ApprovedText, *, by: User | None) -> None:
    """Offer it no longer, from today on; what waits to go out as it is not sent."""
    if row.retired_on is None:
        row.retired_on = database_now().date()
        row.save(update_fields=["retired_on"])
        audit.record("text_retired", subject="approved_text", subject_id=row.pk, reason=row.code)


@transaction.atomic
def restore_text(row: ApprovedText, *, by: User | None) -> None:
    """Offer a retired text again. Raises NotPossible while another has its code and language."""
    same = _standing().filter(code=row.code, carrier=row.carrier, language=row.language)
    if same.exists():
        raise NotPossible(_("There is a text with this code in this language. Retire it first."))
    row.retired_on = None
    row.save(update_fields=["retired_on"])
    audit.record("text_restored", subject="approved_text", subject_id=row.pk, reason=row.code)


def _standing() -> QuerySet[ApprovedText]:
    return ApprovedText.objects.filter(retired_on__isnull=True)
