"""Template words: times, clocks, addresses that open nothing, the direction of a script."""

import re
from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext, ngettext

from privacy.minimise import shape

register = template.Library()
register.filter("shape", shape)

SOON = timedelta(minutes=30)
"""A clock with less than this left is shown as "soon"."""


def hours_and_minutes(length: timedelta) -> str:
    """``0:41`` under a day, ``2 d`` from there; a negative length counts as nothing."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 24 * 60:
        return f"{minutes // 60}:{minutes % 60:02}"
    days = minutes // (24 * 60)
    return ngettext("%(days)d d", "%(days)d d", days) % {"days": days}


def exactly(moment: datetime) -> str:
    """The moment in the viewer's zone, with the zone named; the month in words, never 3/5."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'j M Y, H:i')} {local:%Z}"


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, for lists with times under each other; empty for no moment."""
    return hours_and_minutes(timezone.now() - moment) if moment else ""


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago in words; the date once it is more than a week."""
    if moment is None:
        return ""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)d h ago", "%(n)d h ago", minutes // 60) % {"n": minutes // 60}
    days = minutes // (24 * 60)
    if days <= 7:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    return date_format(timezone.localtime(moment), "j M Y")


@register.simple_tag
def when(moment: datetime | None) -> SafeString | str:
    """How long ago; the exact time on hover and focus. Inside a link use the filter ``ago``."""
    if moment is None:
        return ""
    return format_html(
        '<time class="when" tabindex="0" datetime="{}" data-exact="{}">{}'
        '<span class="unseen"> ({})</span></time>',
        moment.isoformat(),
        exactly(moment),
        ago(moment),
        exactly(moment),
    )


@register.simple_tag
def due(moment: datetime | None) -> SafeString | str:
    """Time left on a clock, or how late it is, as words and colour; the exact time in the title."""
    if moment is None:
        return ""
    left = moment - timezone.now()
    if left < timedelta(0):
        state, words = "late", gettext("late by %(length)s")
    else:
        state, words = "soon" if left < SOON else "running", gettext("due in %(length)s")
    return format_html(
        '<time class="clock {}" datetime="{}" title="{}">{}</time>',
        state,
        moment.isoformat(),
        exactly(moment),
        words % {"length": hours_and_minutes(abs(left))},
    )


@register.filter
def defang(address: str) -> str:
    """An address that reads as itself and opens nothing: ``hxxps://example[.]org/a``."""
    harmless = re.sub(r"^h(?:tt|xx)p", "hxxp", address.strip(), flags=re.IGNORECASE)
    scheme, mark, rest = harmless.rpartition("://")
    host, slash, path = rest.partition("/")
    host = re.sub(r"(?<!\[)\.(?!\])", "[.]", host)
    return f"{scheme}{mark}{host}{slash}{path}"


@register.filter
def direction(language: str) -> str:
    """``rtl`` or ``ltr`` for a language code; ``auto`` for a code Django does not know."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "auto"


@register.inclusion_tag("_minimiser.html", takes_context=True)
def minimiser(context: template.Context) -> dict[str, str]:
    """What looks over a text before it is saved, for pages with fields marked ``data-minimise``.

    `own` is the writer's own name, which they may give.
    """
    named = getattr(context.get("user"), "get_short_name", str)
    return {"home": settings.HELPLINE_COUNTRY, "own": named()}
