"""Which language is spoken: guessed from what was written, offline; and which catalogue we use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import override

# The languages our own texts are complete in. `hi-Latn` is Hindi in Latin letters.
OWN: Final = ("en", "hi", "hi-Latn", "ar", "fr")
# Whose readers are best served by which of our catalogues; anybody else by English.
_CLOSEST: Final = {"mr": "hi", "ur": "hi-Latn"}
# Every language that can be detected or chosen, in its own name.
NAMES: Final = {
    "en": "English",
    "hi": "हिन्दी",
    "hi-Latn": "Hinglish",
    "ar": "العربية",
    "fr": "Français",
    "mr": "मराठी",
    "ur": "اردو",
    "fa": "فارسی",
}
_BY_CASE: Final = {code.casefold(): code for code in NAMES}


def written_in(language: str) -> str:
    """The language of `OWN` that our texts are in for somebody who speaks this one."""
    code = _BY_CASE.get(language.casefold(), language)
    if code in OWN:
        return code
    base = code.partition("-")[0]
    return base if base in OWN else _CLOSEST.get(base, "en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts made inside are in this language, or in the closest one that we have."""
    with override(written_in(language)):
        yield


def name_of(language: str) -> str:
    """A language's own name, as its speakers write it; the bare code when it is not listed."""
    return NAMES.get(_BY_CASE.get(language.casefold(), language), language)
