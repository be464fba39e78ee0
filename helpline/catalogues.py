"""Reads the texts out of the code and keeps the catalogues in step, without gettext's programs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

_ROOT: Final = Path(settings.BASE_DIR)
# Where a text that a young person reads or hears may stand. Everything else is for colleagues.
_FOR_YOUNG: Final = (
    *("intake/texts/answers.py", "intake/texts/first.py"),
    *("intake/texts/own.py", "intake/texts/telephone.py", "intake/texts/times.py"),
    *(f"templates/{name}.html" for name in ("400", "403", "403_csrf", "404", "500", "503")),
    *("templates/base_public.html", "templates/intake/own_copy.html"),
    *("intake/texts/promise.py", "templates/intake/kept.html"),
)
_NEVER: Final = ("migrations", "seed", "practice", "tests")
_KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
}
_NAMED: Final = re.compile(r"%\(\w+\)[sd]")
# Plural forms of CLDR; the same rule must stand in every catalogue of a language.
PLURALS: Final = {
    "hi": "nplurals=2; plural=(n > 1);",
    "hi_Latn": "nplurals=2; plural=(n > 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": (
        "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
        " : n%100>=11 && n%100<=99 ? 4 : 5;"
    ),
}
# Romanised Hindi is spoken to young people only; pages are in Hindi.
ONLY_YOUNG: Final = frozenset({"hi_Latn"})


@dataclass
class Text:
    """One text of the code: English, its plural ("" for none), and the files it stands in."""

    msgid: str
    plural: str
    files: set[str] = field(default_factory=set)

    @property
    def for_young(self) -> bool:
        """Whether a young person may read or hear it."""
        return not self.files.isdisjoint(_FOR_YOUNG)


def collect() -> dict[str, Text]:
    """Every text of the code and the templates, by its English words."""
    found: dict[str, Text] = {}
    for path in _sources():
        name = str(path.relative_to(_ROOT))
        for msgid, plural in _texts_in(path):
            text = found.setdefault(msgid, Text(msgid, plural))
            text.plural = text.plural or plural
            text.files.add(name)
    return found


def refresh(catalogue: polib.POFile, texts: Iterable[Text]) -> None:
    """Bring a catalogue into step: new texts empty, changed ones new, translations kept."""
    old = {entry.msgid: entry for entry in catalogue}
    catalogue.clear()
    for text in sorted(texts, key=lambda one: (min(one.files), one.msgid)):
        entry = old.get(text.msgid)
        if entry is None or bool(entry.msgid_plural) != bool(text.plural):
            entry = polib.POEntry(msgid=text.msgid)
        entry.msgid_plural = text.plural
        entry.occurrences = [(name, "") for name in sorted(text.files)]
        entry.flags = ["python-format"] if _NAMED.search(text.msgid) else []
        if text.plural and not entry.msgstr_plural:
            forms = int(catalogue.metadata["Plural-Forms"].split("=")[1].split(";")[0])
            entry.msgstr_plural = dict.fromkeys(range(forms), "")
        catalogue.append(entry)


def open_catalogue(locale: str) -> polib.POFile:
    """The catalogue of a locale, as `hi_Latn`; an empty one when there is none."""
    path = _ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=96, check_for_duplicates=True)
    catalogue = polib.POFile(wrapwidth=96)
    catalogue.fpath = str(path)
    catalogue.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[locale],
    }
    return catalogue


def _sources() -> Iterator[Path]:
    for stage in (*settings.STAGES, "helpline"):
        for path in sorted((_ROOT / stage).rglob("*.py")):
            if not set(path.relative_to(_ROOT).parts).intersection(_NEVER):
                yield path
    for path in sorted((_ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"} and "practice" not in path.parts:
            yield path


def _texts_in(path: Path) -> Iterator[tuple[str, str]]:
    """(English, plural) of each text in a file. Templates are made into Python first."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        lines = templatize(source, origin=str(path)).splitlines()
        source = "\n".join(line.strip() for line in lines)
    for _line, said, _comments, _context in extract(
        "python", BytesIO(source.encode()), keywords=_KEYWORDS
    ):
        msgid, plural = said[:2] if isinstance(said, tuple) else (said, "")
        if msgid:
            yield msgid, plural or ""
