"""Every address at which something of one case could show, with the case's keys filled in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final
from uuid import UUID

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseConversation
from privacy.access import acting
from privacy.wall import case_models

# The kinds of surface, by what an address is called; the first that fits. The rest are pages.
_KINDS: Final = (
    ("live", re.compile(r"_live$")),
    ("api", re.compile(r"^api-|^schema$")),
    ("print", re.compile(r"print")),
    ("export", re.compile(r"csv|export|download|sheet_file")),
    ("search", re.compile(r"search|find")),
    ("history", re.compile(r"audit|record|history")),
    ("notification", re.compile(r"alert|page_answer|review|notice")),
)
KIND_NAMES: Final = {
    "list": _("lists"),
    "detail": _("pages of one thing"),
    "search": _("search"),
    "history": _("the record"),
    "notification": _("what one is told of"),
    "print": _("print"),
    "export": _("files"),
    "api": _("the API"),
    "live": _("live updates"),
}
_OURS: Final = ("cases", "takedowns", "referrals", "intake", "insight", "accounts", "privacy")
_ASKING: Final = "insight:reach"  # the self-test does not ask itself
_KEYS: Final = ("pk", "consent")  # what the API calls the keys of rows
_ANY_CODE: Final = ["opened"]  # of a figure
_FIELDS: Final = ("code",)  # what search forms call what one looks for


@dataclass(frozen=True)
class Surface:
    """One address with its keys filled in, and what is sent to it."""

    name: str
    kind: str
    path: str
    page: str = ""
    """The page whose duties open it (accounts.access), where a guard says so."""
    posted: tuple[tuple[str, str], ...] = ()


def surfaces(case: Case) -> list[Surface]:
    """Every address of ours that answers a GET, with every key of the case; and the searches."""
    rows = _rows(case)
    found = list(_searches(case))
    for name, pattern in addresses():
        keys = keys_of(pattern)
        choices = [_choices(key, keys[key], pattern, rows) for key in keys]
        if len(choices) > 1:  # the first key of several is the case's; only the rest differ
            choices[0] = choices[0][:1]
        for values in product(*choices):
            try:
                path = reverse(name, kwargs=dict(zip(keys, values, strict=True)))
            except NoReverseMatch:
                continue
            page = getattr(pattern.callback, "page", "")
            found.append(Surface(name, kind_of(name, keyed=bool(keys)), path, page))
    return list({(one.path, one.posted): one for one in found}.values())


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every named address whose view is one of the stages' own, providers' doors left out."""
    for name, pattern in _walk(get_resolver().url_patterns, ""):
        ours = _app_of(pattern) in _OURS and not str(pattern.pattern).startswith("hooks/")
        if ours and not name.startswith(_ASKING):
            yield name, pattern


def keys_of(pattern: URLPattern) -> dict[str, Any]:
    """What an address has to be filled with: names to converters (or to nothing known)."""
    known: Any = pattern.pattern
    return dict(known.converters or known.regex.groupindex)


def kind_of(name: str, *, keyed: bool) -> str:
    """Which kind of surface an address is."""
    fitting = (kind for kind, words in _KINDS if words.search(name))
    return next(fitting, "detail" if keyed else "list")


def folders_of(case: Case) -> set[UUID]:
    """The case's own folder, and those of its conversations."""
    with acting(part="counting"):
        links = CaseConversation.objects.filter(case=case)
        return {case.folder_id, *links.values_list("conversation__folder", flat=True)}


def _walk(patterns: Iterable[Any], space: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, inner)
        elif entry.name:
            yield f"{space}{entry.name}", entry


def _app_of(entry: URLPattern) -> str:
    view: Any = getattr(entry.callback, "cls", entry.callback)
    return str(view.__module__).partition(".")[0]


def _choices(
    key: str, converter: Any, pattern: URLPattern, rows: dict[str, list[UUID]]
) -> list[Any]:
    """What to put in for one key: the case's rows of this stage, or every word it may be."""
    if isinstance(converter, UUIDConverter) or key in _KEYS:
        return rows.get(_app_of(pattern), [])
    words = getattr(converter, "regex", "")
    if key == "code":
        return _ANY_CODE
    return words.split("|") if "|" in words and "[" not in words else []


def _searches(case: Case) -> Iterator[Surface]:
    """What can be asked by sending words: the case's code, wherever something is looked for."""
    for name, pattern in addresses():
        if kind_of(name, keyed=False) == "search" and not keys_of(pattern):
            path = reverse(name)
            page = getattr(pattern.callback, "page", "")
            posted = tuple((one, case.code) for one in _FIELDS)
            yield Surface(name, "search", path, page, posted)


def _rows(case: Case) -> dict[str, list[UUID]]:
    """Keys of the case's rows, by stage; asked for as a part that knows of all rows.

    Of each model the newest in each of its states: what one of these shows, the others do.
    """
    folders = folders_of(case)
    found: dict[str, list[UUID]] = {}
    with acting(part="forgetting"):
        for model in case_models():
            rows = model._default_manager.filter(folder__in=folders)
            states = [one.name for one in model._meta.fields if one.name == "state"]
            newest = rows.order_by(*states, "-pk")
            newest = newest.distinct(*states) if states else newest[:1]
            keys = list(newest.values_list("pk", flat=True))
            found.setdefault(model._meta.app_label, []).extend(keys)
    talks = found.get("intake", [])
    return {app: list(dict.fromkeys([case.pk, *keys, *talks])) for app, keys in found.items()}
