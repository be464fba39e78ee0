"""What makes a password one that nobody guesses: length, no breach has it, none of our own words.

The list `breached.txt.xz` is what has 12 characters or more of OWASP SecLists' "10 million password
list top 1M" (Creative Commons Attribution ShareAlike 3.0), in lower case, one a line. Shorter ones
are refused by their length. Nothing is asked of anybody outside. Rules: NIST SP 800-63B 5.1.1.2,
OWASP ASVS 5.0 6.2.
"""

import lzma
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team

SHORTEST: Final = 15
SHORTEST_WITH_KEY: Final = 12  # who signs in with a key (WebAuthn) as well
LONGEST: Final = 128
FEWEST_SIGNS: Final = 5
_LIST: Final = Path(__file__).with_name("breached.txt.xz")
_ENDING: Final = re.compile(r"[\W\d_]+$")
# What a hand puts in a letter's place, and what a search for our words must see through.
_LOOKALIKES: Final = str.maketrans("01345789@$!", "oieastbgasi")


class PasswordRule:
    """A validator for AUTH_PASSWORD_VALIDATORS; says the first thing that is wrong, in words."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        shortest = _shortest(user)
        if len(password) < shortest:
            told = _("Use at least %(count)d characters. A few words together are easy to keep.")
            raise ValidationError(told % {"count": shortest}, code="password_too_short")
        if len(password) > LONGEST:
            told = _("Use at most %(count)d characters.")
            raise ValidationError(told % {"count": LONGEST}, code="password_too_long")
        if is_breached(password) or is_monotonous(password):
            told = _("This password is on lists that guessers use. Choose another.")
            raise ValidationError(told, code="password_too_common")
        if holds_our_words(password):
            told = _("Leave out the names of this helpline and its teams.")
            raise ValidationError(told, code="password_our_words")

    def get_help_text(self) -> str:
        told = _(
            "At least %(count)d characters (%(less)d with a key); a few words together do well."
        )
        return told % {"count": SHORTEST, "less": SHORTEST_WITH_KEY}


def is_breached(password: str) -> bool:
    """Whether the password, or what is left of it without figures at its end, was in a breach."""
    plain = password.strip().lower()
    return plain in _breached() or _ENDING.sub("", plain) in _breached()


def is_monotonous(password: str) -> bool:
    """Whether it is one short piece again and again, or hardly any different signs."""
    folded = password.lower()
    pieces = range(1, len(folded) // 2 + 1)
    again = any(folded == (folded[:size] * len(folded))[: len(folded)] for size in pieces)
    return again or len(set(folded)) < FEWEST_SIGNS


def holds_our_words(password: str) -> bool:
    """Whether a word that everybody around us knows is in it, also in disguise."""
    seen = _letters(password)
    words = {*settings.ORGANISATION_WORDS, *Team.objects.values_list("name", flat=True)}
    return any(word in seen for word in map(_letters, words) if len(word) > 3)


def _shortest(user: Any) -> int:
    key = getattr(user, "pk", None)
    kind = Authenticator.Type.WEBAUTHN
    if key and Authenticator.objects.filter(user_id=key, type=kind).exists():
        return SHORTEST_WITH_KEY
    return SHORTEST


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower().translate(_LOOKALIKES))


@lru_cache(maxsize=1)
def _breached() -> frozenset[str]:
    return frozenset(lzma.decompress(_LIST.read_bytes()).decode().split("\n"))
