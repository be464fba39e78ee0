"""Finding a case: by its code, an identifier, categories, and words of what one may read.

One predicate as everywhere: the search starts from `visible_to`, and each thing that is asked is
asked of rows that this person may know of. What a person's duties never let them read they may not
ask for either: the answer would tell it. Nothing of what was asked is kept, logged or put on
record; the record says that somebody searched, in which classes, and about how many they found.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from accounts.access import roles_of
from accounts.models import Role, User
from accounts.telephones import e164
from cases.models import Case, CaseConversation, CaseHarm, CaseQuerySet
from cases.registry import found_by_locator
from intake.identities import identity_hash
from intake.inbound import Address
from intake.models import Channel, Identity
from privacy import audit, word_index
from privacy.access import NotAllowed
from privacy.classes import CATEGORY, CONTACT, CONTENT_LOCATOR, NARRATIVE, OPERATIONAL
from privacy.minimise import Minimised, minimised_all
from privacy.models import Grant
from privacy.policy import CAPACITIES
from privacy.services import NotPossible
from privacy.words import words_of

PAGE_SIZE: Final = 25
MOST_WORDS: Final = 8

# What a duty may make somebody to a case. What they are to each one, their grants say.
CAPACITIES_OF: Final[dict[str, frozenset[str]]] = {
    Role.COUNSELLOR: frozenset({"own", "cover", "consulted", "consulted_talk"}),
    Role.SUPERVISOR: frozenset({"supervise", "danger_cover", "break_glass"}),
    Role.ON_CALL: frozenset({"supervise", "danger_cover", "break_glass"}),
    Role.TAKEDOWN_OFFICER: frozenset({"takedown"}),
    Role.REFERRAL_COORDINATOR: frozenset({"referral"}),
    Role.SAFEGUARDING_LEAD: frozenset({"safeguarding"}),
}

# The classes of which one must be able to see one, to ask by a field.
ASKS: Final[dict[str, tuple[str, ...]]] = {
    "code": (OPERATIONAL,),
    "status": (OPERATIONAL,),
    "risk": (OPERATIONAL,),
    "language": (OPERATIONAL,),
    "channel": (OPERATIONAL,),
    "harm": (CATEGORY,),
    "identifier": (CONTACT, CONTENT_LOCATOR),
    "words": (NARRATIVE,),
}
# Narrative must be read as it is: who sees a sheet or a packet of it has no words to look for.
_LETTERS: Final = {NARRATIVE: "r"}


@dataclass(frozen=True, repr=False)
class Wanted:
    """What somebody looks for; empty: not asked. All that is asked must hold."""

    code: str = ""
    status: str = ""
    risk: str = ""
    language: str = ""
    channel: str = ""
    harm: str = ""
    identifier: str = ""
    words: str = ""

    @property
    def asked(self) -> list[str]:
        """The names of the fields that ask for something."""
        return [one.name for one in fields(self) if getattr(self, one.name)]


@dataclass(frozen=True)
class Found:
    """One page of what was found, as this person may see it."""

    cases: list[Minimised]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1


def askable(user: User) -> frozenset[str]:
    """The fields this person may search by, whatever they may find."""
    mine = _capacities(user)
    return frozenset(
        name
        for name, classes in ASKS.items()
        if any(_sees(capacity, klass) for capacity in mine for klass in classes)
    )


def search(wanted: Wanted, *, number: int = 1, by: User) -> Found:
    """The cases this person may know of for which all holds, the most urgent first; one page.

    Raises NotAllowed when a field is asked that they may not read, NotPossible when nothing that
    can be looked for was asked.
    """
    if refused := set(wanted.asked) - askable(by):
        raise NotAllowed("search", classes={klass for name in refused for klass in ASKS[name]})
    if not wanted.asked:
        raise NotPossible("nothing")
    rows: CaseQuerySet = Case.objects.visible_to(by)
    for name in wanted.asked:
        rows = _STEPS[name](rows, getattr(wanted, name), by)
    total = rows.count()
    number = min(max(1, number), max(1, -(-total // PAGE_SIZE)))
    page = rows.by_urgency()[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    audit.record(
        "search",
        subject="case",
        classes={klass for name in wanted.asked for klass in ASKS[name]},
        reason=_about(total),
    )
    return Found(minimised_all(page, by), total, number)


def _about(total: int) -> str:
    """How many, as the record says it: nobody learns from it what was looked for."""
    for most, word in ((0, "none"), (1, "one"), (5, "few"), (50, "some")):
        if total <= most:
            return word
    return "many"


def _capacities(user: User) -> set[str]:
    """What this person can be to a case by duty, and what they are to some case just now."""
    mine: set[str] = set()
    for role in roles_of(user):
        mine |= CAPACITIES_OF.get(role, frozenset())
    given = Grant.objects.filter(user=user.pk).order_by().values_list("permission__codename")
    return mine | {name for (name,) in given.distinct()}


def _sees(capacity: str, klass: str) -> bool:
    letters = CAPACITIES[capacity][klass]
    return bool(set(letters) & set(_LETTERS.get(klass, "rm")))


def _by_code(rows: CaseQuerySet, code: str, _by: User) -> CaseQuerySet:
    return rows.filter(code=code.strip().upper())


def _by_fact(name: str) -> "Step":
    return lambda rows, value, _by: rows.filter(**{name: value})


def _by_channel(rows: CaseQuerySet, channel: str, by: User) -> CaseQuerySet:
    links = CaseConversation.objects.visible_to(by).standing()
    return rows.filter(pk__in=links.filter(conversation__channel=channel).values("case"))


def _by_harm(rows: CaseQuerySet, code: str, by: User) -> CaseQuerySet:
    harms = CaseHarm.objects.visible_to(by).standing()
    return rows.filter(pk__in=harms.filter(code=code).values("case"))


def _by_words(rows: CaseQuerySet, words: str, by: User) -> CaseQuerySet:
    asked = words_of(words)
    if not asked:
        raise NotPossible("common")
    if len(asked) > MOST_WORDS:
        raise NotPossible("many")
    return rows.filter(folder__in=word_index.folders_with(asked, user=by))


def _by_identifier(rows: CaseQuerySet, given: str, by: User) -> CaseQuerySet:
    """Of a reporter, or of a place: exactly this one, however it is written."""
    hashes = [identity_hash(*one) for one in _addresses(given.strip())]
    known = Identity.objects.visible_to(by).filter(value_hash__in=hashes)
    talks = set(known.values_list("conversation", flat=True))
    links = CaseConversation.objects.visible_to(by).standing().filter(conversation__in=talks)
    found: set[UUID] = set(links.values_list("case", flat=True))
    for look in found_by_locator:
        found |= look(given, by)
    return rows.filter(pk__in=found)


def _addresses(given: str) -> list[tuple[str, Address]]:
    """Every way in which a channel could have known this: number, mail address, account's id."""
    found: list[tuple[str, Address]] = []
    if "@" in given[1:]:
        spelled = {given, given.lower()}
        return found + [(Channel.EMAIL, Address("address", one)) for one in spelled]
    found += [(Channel.WHATSAPP, Address("bsuid", given))]
    try:
        number = e164(given)
    except ValueError:
        return found
    of_number = (Channel.WHATSAPP, Channel.SMS, Channel.PHONE)
    return found + [(channel, Address("number", number)) for channel in of_number]


Step = Callable[[CaseQuerySet, Any, User], CaseQuerySet]
_STEPS: Final[dict[str, Step]] = {
    "code": _by_code,
    "status": _by_fact("status"),
    "risk": _by_fact("risk"),
    "language": _by_fact("language"),
    "channel": _by_channel,
    "harm": _by_harm,
    "identifier": _by_identifier,
    "words": _by_words,
}
