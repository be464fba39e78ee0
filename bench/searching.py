"""Who searches, and how long it takes: `python -m bench.searching prepare|measure FILE`.

`prepare` (as the worker) gives four counsellors cases of years, with keys and words of their own in
four languages. `measure` (as a page) asks as they would, and lists cases with and without the wall.
"""

import json
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

import django

django.setup()

import environ
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.factors import APP, ENROLLED_HERE
from accounts.models import User
from bench.told import LANGUAGES, Teller
from cases.models import Case, CaseConversation
from privacy.access import acting, grant
from privacy.classes import CONTACT, NARRATIVE
from privacy.keys import folder_key
from privacy.models import Folder, TextWords
from privacy.word_index import marks_of
from privacy.words import words_of

HELD: Final = 60  # cases of one counsellor: more than anybody should have
SEARCHES: Final = 60  # of each
ROUNDS: Final = 40
COUNSELLORS: Final = ("amina", "ben", "meera", "yusuf")
SUPERVISOR: Final = "sofia"
PASSWORD_BACKEND: Final = "accounts.backends.PasswordBackend"  # noqa: S105 (a path)


def prepare(told: Path) -> None:
    """Cases, keys, grants and words; what was told is kept for asking, outside the database."""
    texts: dict[str, list[str]] = {}
    for name, language in zip(COUNSELLORS, LANGUAGES, strict=True):
        user, teller = _person(name), Teller(language)
        with acting(part="counting"):
            cases = list(
                Case.objects.filter(code__startswith="YEARS", status="open", holder=None)
                .order_by("pk")
                .select_related("folder")[:HELD]
            )
        if len(cases) < HELD:
            raise RuntimeError("too few open cases are stored")
        texts[name] = [_give(case, user, teller) for case in cases]
    told.write_text(json.dumps(texts))


def _give(case: Case, user: User, teller: Teller) -> str:
    """One case becomes somebody's; returns one text of it."""
    with acting(part="assignment"):
        talks = CaseConversation.objects.filter(case=case).values("conversation__folder")
        for folder in (case.folder, *Folder.objects.filter(pk__in=talks)):
            for klass in (NARRATIVE, CONTACT):
                folder_key(folder.pk, klass)
            grant(folder, "own", to=user, by=None)
    text = ""
    with acting(part="indexing"):
        key = folder_key(case.folder_id, NARRATIVE)
        for entry in TextWords.objects.filter(folder=case.folder):
            text = teller.text(len(entry.words_hash or ()))
            entry.words_hash = sorted(marks_of(key, words_of(text)))
            entry.save(update_fields=["words_hash"])
    with acting(part="intake"):
        Case.objects.filter(pk=case.pk).update(holder=user)
    return text


def measure(told: Path) -> dict[str, float]:
    """The figures, in milliseconds and as ratios."""
    texts: dict[str, list[str]] = json.loads(told.read_text())
    took = sorted(ms for name in COUNSELLORS for ms in _search(name, texts[name]))
    facts = {
        "search_p95_ms": took[int(len(took) * 0.95)],
        "search_p50_ms": statistics.median(took),
    }
    return facts | _lists() | _strangers(COUNSELLORS[0])


def _search(name: str, texts: list[str]) -> list[float]:
    """How long each of somebody's searches took, from request to page; each finds its case."""
    language = LANGUAGES[COUNSELLORS.index(name)]
    teller, chance = Teller(language, seed=2), random.Random(name)  # noqa: S311
    browser = _signed_in(name)
    took = []
    for number in range(SEARCHES + 3):
        asked: dict[str, Any] = {"words": teller.one_to_three_of(chance.choice(texts))}
        if number % 4 == 3:
            asked |= {"status": "open", "channel": "", "harm": ""}
        begun = time.perf_counter()
        answer = browser.post("/search/", asked)
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200 or b"YEARS" not in answer.content:
            raise RuntimeError(
                f"a search of {name} answered {answer.status_code} and found nothing"
            )
    return took[3:]  # the first ones connect and read templates


def _strangers(name: str) -> dict[str, float]:
    """A case that is kept from somebody, and one that does not exist: by time alike too (C2)."""
    browser = _signed_in(name)
    with acting(part="counting"):
        others = Case.objects.filter(code__startswith="YEARS").exclude(holder=_person(name))
        kept = list(others.values_list("pk", flat=True)[: SEARCHES + 3])
    took: dict[bool, list[float]] = {True: [], False: []}
    for key in kept:
        for there in (True, False):
            begun = time.perf_counter()
            answer = browser.get(f"/cases/{key if there else uuid4()}/")
            took[there].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 404:
                raise RuntimeError(f"somebody else's case answered {answer.status_code}")
    kept_ms, absent_ms = (statistics.median(took[there][3:]) for there in (True, False))
    return {"kept_ms": kept_ms, "kept_over_absent": kept_ms / absent_ms}


def _signed_in(name: str) -> Client:
    browser = Client(SERVER_NAME="localhost")
    person = _person(name)
    Authenticator.objects.get_or_create(user=person, type=APP, defaults={"data": {}})
    browser.force_login(person, backend=PASSWORD_BACKEND)
    session = browser.session
    session[ENROLLED_HERE] = [APP]
    session.save()
    return browser


def _lists() -> dict[str, float]:
    """The case list behind the wall, and by a role that no policy hides rows from."""
    _open_without_wall()
    found: dict[str, float] = {}
    for name in (COUNSELLORS[0], SUPERVISOR):
        person = _person(name)
        with_wall, without = [], []
        for _ in range(ROUNDS if name != SUPERVISOR else ROUNDS // 4):
            with acting(user=person):
                with_wall.append(_list(person, "default"))
            without.append(_list(person, "without"))
        pair = statistics.median(with_wall), statistics.median(without)
        found[f"list_{name}_ms"], found[f"list_{name}_without_ms"] = pair
        found[f"list_{name}_ratio"] = pair[0] / pair[1]
    ratios = [value for name, value in found.items() if name.endswith("_ratio")]
    return found | {"list_with_rls_over_without": max(ratios)}


def _list(person: User, alias: str) -> float:
    """How long the first page of the list of cases takes, in milliseconds."""
    rows = Case.objects.using(alias).visible_to(person).by_urgency().select_related("folder")
    begun = time.perf_counter()
    page = list(rows[: settings.REST_FRAMEWORK["PAGE_SIZE"]])
    took = (time.perf_counter() - begun) * 1000
    if not page:
        raise RuntimeError("the list is empty")
    return took


def _open_without_wall() -> None:
    """The same database as the backup's role, which alone bypasses row-level security."""
    url = environ.Env().db_url("DATABASE_BACKUP_URL")
    who = {"USER": url["USER"], "PASSWORD": url["PASSWORD"]}
    connections.databases["without"] = {**connections.databases["default"], **who}


def _person(name: str) -> User:
    found: User = User.objects.get(email=f"{name}@helpline.example")
    return found


def main(what: str, told: str) -> None:
    """Prepare, or measure and print the figures as the last line."""
    if what == "prepare":
        prepare(Path(told))
        return
    print(json.dumps(measure(Path(told))))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
