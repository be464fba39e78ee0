"""Who waits on the telephone, in which order, and whose telephone rings for whom."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q, QuerySet

from accounts import telephones
from accounts.eligibility import candidates
from accounts.models import Team, Telephone, User
from intake import hours
from intake.models import Conversation, LiveCall
from privacy.access import acting
from privacy.clock import database_now
from privacy.crypto import KeyUnavailable
from privacy.exclusions import excluded_from

State = LiveCall.State

GONE: Final = timedelta(seconds=90)  # who waits and was not seen for so long has hung up
# A talk whose end we were not told (we were away then) keeps its colleague from calls no longer;
# whoever does talk longer hears at most that another call knocks.
BUSY_FOR: Final = timedelta(hours=1)
# However many lines one caller holds, telephones ring for so many at once: not all of the desk is
# kept from others. Two, because several may share a number (a school, a hostel).
MOST_LINES: Final = 2
TALK_MINUTES: Final = 15  # what a call takes, for "about how long"
MOST_MINUTES: Final = 60

_LOCK: Final = 7_203_551  # any number: whoever chooses a telephone is alone with it


def team_of_calls() -> Team | None:
    """The team whose telephones ring."""
    return Team.objects.order_by("name").first()


def is_talking(user: User) -> bool:
    """Whether a colleague talks with a caller now; a talk whose end was lost counts an hour."""
    since = database_now() - BUSY_FOR
    talks = LiveCall.objects.filter(ringing=user, state=State.CONNECTED, seen_at__gt=since)
    return bool(talks.exists())


def place_of(call: LiveCall) -> int:
    """Its place among those who wait now: 1 is next."""
    waiting = [one.pk for one in _waiting(database_now())]
    return waiting.index(call.pk) + 1 if call.pk in waiting else len(waiting) + 1


def minutes_until(place: int, *, answering: int) -> int:
    """About how long somebody at a place waits, in minutes, with so many colleagues answering."""
    turns = -(-place // max(1, answering))
    return min(turns * TALK_MINUTES, MOST_MINUTES)


def could_answer(call: LiveCall, *, at: datetime) -> list[User]:
    """Colleagues with a telephone who may be given this call now, busy or not.

    On shift at an open desk, trained, speaking the language. In danger a person who is not trained
    for danger, or who speaks another language, is better than nobody; then whoever is on call.
    Never somebody who is kept out of the conversation: they may be whom it is about.
    """
    team = team_of_calls()
    if team is None:
        return []
    out = _kept_out(call)
    groups = _by_fitness(team, call, at) if hours.is_open(team, at) else iter(())
    if call.danger:
        groups = chain(groups, [_with_telephone(hours.on_call(team, at))])
    allowed = ([user for user in group if user.pk not in out] for group in groups)
    return next(filter(None, allowed), [])


def next_colleague(call: LiveCall) -> tuple[User, str] | None:
    """Whose telephone is to ring for a call now, and its number; None when it has to wait.

    Whoever stands before it in the queue is served first, each by the first who could. Colleagues
    who talk, whose telephone rings or who did not take this call are passed over. Inside a
    transaction: two calls never choose at once. While the key is away nobody can be rung.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    now = database_now()
    taken, lines = busy(now), _lines(now)
    for one in _waiting(now):
        if not Telephone.objects.filter(takes_calls=True).exclude(user__in=taken).exists():
            return None  # every telephone is in use: nobody need be asked further
        free = [user for user in could_answer(one, at=now) if user.pk not in taken]
        if lines[one.conversation_id] >= MOST_LINES:
            free = []  # waits until a line of the same caller is done
        chosen = next((user for user in _longest_idle(free) if str(user.pk) not in one.tried), None)
        if one.pk == call.pk:
            return dialled(chosen)
        if chosen is not None:
            taken.add(chosen.pk)
            lines.update([one.conversation_id] if one.conversation_id else [])
    return None


def busy(now: datetime) -> set[UUID]:
    """The colleagues whose telephone rings or who talk, for the desk or calling back."""
    return set(_in_use(now).values_list("ringing", flat=True))


def _lines(now: datetime) -> Counter[UUID | None]:
    """How many telephones ring or are talked on for each caller whose conversation is known."""
    rows = _in_use(now).filter(conversation__isnull=False, outgoing=False)
    return Counter(rows.values_list("conversation", flat=True))


def _in_use(now: datetime) -> QuerySet[LiveCall]:
    return LiveCall.objects.filter(
        Q(state=State.RINGING, seen_at__gt=now - GONE)
        | Q(state=State.CONNECTED, seen_at__gt=now - BUSY_FOR),
        ringing__isnull=False,
    )


def on_the_line(now: datetime) -> QuerySet[LiveCall]:
    """Calls that have not found a colleague yet: nobody is given their case before they do."""
    open_states = (State.MENU, State.QUEUED, State.RINGING)
    return LiveCall.objects.filter(
        state__in=open_states, seen_at__gt=now - GONE, outgoing=False, conversation__isnull=False
    )


def dialled(user: User | None) -> tuple[User, str] | None:
    """A colleague with the number to dial; None without one, or while the key is away."""
    if user is None:
        return None
    try:
        number = telephones.number_of(user)
    except KeyUnavailable:
        return None
    return (user, number) if number else None


def _waiting(now: datetime) -> QuerySet[LiveCall]:
    """Who waits, danger first, then the longest wait."""
    rows = LiveCall.objects.filter(state=State.QUEUED, seen_at__gt=now - GONE)
    return rows.order_by("-danger", "queued_at", "pk")


def _by_fitness(team: Team, call: LiveCall, at: datetime) -> Iterable[list[User]]:
    """Groups of colleagues, the most fitting first; the lesser ones only in danger."""
    language = call.language or "en"
    skills = frozenset({"danger"}) if call.danger else frozenset[str]()
    found = candidates(team, at=at, language=language, skills=skills)
    yield _with_telephone(one.user for one in found if one.eligible)
    if call.danger:
        for forgiven in ({"training"}, {"language"}, {"training", "language"}):
            yield _with_telephone(one.user for one in found if one.against <= forgiven)


def _kept_out(call: LiveCall) -> set[UUID]:
    """Whom a conflict of interest keeps from this caller, once it is known who calls."""
    if call.conversation_id is None:
        return set()
    with acting(part="intake"):
        rows = Conversation.objects.filter(pk=call.conversation_id)
        folders = rows.values_list("folder", "filed_to").first() or ()
        return excluded_from(folder for folder in folders if folder)


def _with_telephone(users: Iterable[User]) -> list[User]:
    known = list(users)
    rows = Telephone.objects.filter(user__in=known, takes_calls=True)
    having = set(rows.values_list("user", flat=True))
    return [user for user in known if user.pk in having]


def _longest_idle(users: list[User]) -> list[User]:
    """Those who were not rung for longest first: everybody's telephone rings in turn."""
    last: dict[UUID, datetime] = dict(
        LiveCall.objects.filter(ringing__in=users)
        .order_by()
        .values_list("ringing")
        .annotate(Max("started_at"))
    )
    return sorted(users, key=lambda user: (user.pk in last, last.get(user.pk), user.pk.hex))
