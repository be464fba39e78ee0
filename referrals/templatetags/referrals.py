"""Template words: a kind of help, what a service asks for, languages by name, a link's state."""

from collections.abc import Iterable
from typing import Final

from django import template
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reference.reading import label
from reference.vocabulary import Kind
from referrals.handover import FIELDS
from referrals.reading import kind_label, language_name

register = template.Library()

_LINK: Final = {
    "none": _("none"),
    "waiting": _("not opened yet"),
    "opened": _("opened"),
    "locked": _("closed after wrong codes"),
    "expired": _("run out"),
    "ended": _("closed"),
}


@register.filter
def kind_of_help(code: str) -> str:
    """The name of a referral kind."""
    return kind_label(code)


@register.filter
def why_declined(code: str) -> str:
    """The name of a reason for declining."""
    return label(Kind.DECLINE_REASON, code, get_language() or settings.LANGUAGE_CODE)


@register.filter
def asked(codes: Iterable[str]) -> str:
    """What a need profile asks for, by name, in packet order."""
    wanted = set(codes)
    return ", ".join(str(field.label) for code, field in FIELDS.items() if code in wanted)


@register.filter
def tongues(codes: Iterable[str]) -> str:
    """Languages by name."""
    return ", ".join(language_name(code) for code in codes)


@register.filter
def link_words(state: str) -> str:
    """What became of a partner's link, in words."""
    return str(_LINK[state])
