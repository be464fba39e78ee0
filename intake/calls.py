"""A call from its first ring to its end: what each step stores, and what is said next.

The state of a call is one row; the queue is those rows. Every step is safe to repeat and to come
late. Nothing here needs the master key but ringing a colleague.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from intake import hours, ringing
from intake.away import numbers_to_call
from intake.channels import spoken
from intake.channels.phone import Heard
from intake.models import LiveCall
from intake.services import receive
from privacy.clock import database_now

State = LiveCall.State

PERSON: Final = "0"
CALL_BACK: Final = "5"
MOST_ROUNDS: Final = 20  # hold messages before a call back is offered: some ten minutes

SAFE: Final = {"1": "safe_yes", "2": "safe_no", "3": "safe_unsure"}
BACK: Final = {"1": ("call_back_safe", "yes"), "2": ("call_back_unsafe", "no")}
UNSURE: Final = ("call_back_unsure", "unknown")
WHEN: Final = {"1": "morning", "2": "afternoon", "3": "evening"}
OTHERS: Final = {"1": "silent", "2": "wrong", "3": "later"}


@transaction.atomic
def answer(step: str, heard: Heard) -> str:
    """What is said next, as TwiML, after a step of a caller's call."""
    return STEPS[step](heard, _live(heard))


@transaction.atomic
def end(heard: Heard) -> None:
    """A caller's call ended, by whoever: nobody is rung for it any more."""
    call = LiveCall.objects.select_for_update().filter(key=heard.key).first()
    if call is None or call.state == State.ENDED or not heard.over:
        return
    if call.state in (State.QUEUED, State.RINGING):
        receive(heard.tells("call_left", step="left"))
    call.ended_at = database_now()
    _move(call, State.ENDED)


@transaction.atomic
def whisper(key: UUID, *, at_colleague: Heard) -> str:
    """A colleague picked up: what it is, and the key to take it; nothing to a voicemail."""
    call = LiveCall.objects.select_related("ringing").filter(pk=key, state=State.RINGING).first()
    if call is None or call.ringing is None or at_colleague.over:
        return spoken.hang_up()
    language = call.language or spoken.HOUSE
    return spoken.whisper(
        call.ringing.page_language, language=language, danger=call.danger, call=call.pk
    )


@transaction.atomic
def take(key: UUID, *, at_colleague: Heard) -> str:
    """Whether the colleague pressed the key: then the two are connected."""
    call = LiveCall.objects.select_for_update().filter(pk=key).first()
    taken = call is not None and call.state == State.CONNECTED
    if call is None or at_colleague.pressed != "1" or not (taken or call.state == State.RINGING):
        return spoken.hang_up()
    receive(at_colleague.tells_of("call_taken", of=str(call.pk), taken_by=str(call.ringing_id)))
    call.seen_at = database_now()
    _move(call, State.CONNECTED)
    return spoken.nothing()


def _live(heard: Heard) -> LiveCall:
    call, _made = LiveCall.objects.get_or_create(key=heard.key)
    call = LiveCall.objects.select_for_update().get(pk=call.pk)
    call.seen_at = database_now()
    call.save(update_fields=["seen_at"])
    return call


def _move(call: LiveCall, state: str) -> None:
    call.state = state
    call.save()


def _start(heard: Heard, _call: LiveCall) -> str:
    receive(heard.tells("call_started", step="start"))
    return spoken.greeting()


def _language(heard: Heard, call: LiveCall) -> str:
    if heard.pressed in ("", PERSON):
        return _to_a_person(heard, call)
    chosen = spoken.languages().get(heard.pressed)
    if chosen:
        call.language = chosen
        call.save(update_fields=["language"])
        receive(heard.tells("language_chosen", step="language", language=chosen))
    return spoken.ask_safe(call.language)


def _safe(heard: Heard, call: LiveCall) -> str:
    notice = SAFE.get(heard.pressed, "no_key")
    receive(heard.tells(notice, step="safe"))
    if notice != "safe_no":
        return _to_a_person(heard, call)
    call.danger = True
    call.save(update_fields=["danger"])
    return spoken.numbers_then_hold(call.language, numbers_to_call())


def _hold(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == CALL_BACK:
        return _ask_back(heard, call)
    if heard.pressed == PERSON:
        call.rounds = 0  # they would rather go on waiting
    return _to_a_person(heard, call)


def _offer(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == PERSON:
        return _anew(heard, call)
    if heard.pressed == "1":
        return _ask_back(heard, call)
    return _goodbye(call, safe=False)


def _ask_back(heard: Heard, call: LiveCall) -> str:
    """They leave the queue for a call back, which needs a number."""
    if call.state in (State.QUEUED, State.RINGING):
        _move(call, State.MENU)
    if heard.hidden:
        return spoken.nobody_free(call.language, hidden=True)
    return spoken.ask_back(call.language)


def _back(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == PERSON:
        return _anew(heard, call)
    notice, safe = BACK.get(heard.pressed, UNSURE)
    receive(heard.tells(notice, step="callback", wishes={"safe": safe}))
    if safe == "no":
        return _goodbye(call, safe=False)
    return spoken.ask_when(call.language)


def _when(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == PERSON:
        return _anew(heard, call)
    when = WHEN.get(heard.pressed, "any")
    receive(heard.tells(f"when_{when}", step="when", wishes={"when": when}))
    return spoken.ask_others(call.language)


def _others(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == PERSON:
        return _anew(heard, call)
    others = OTHERS.get(heard.pressed, "silent")
    receive(heard.tells(f"others_{others}", step="others", wishes={"if_other": others}))
    return _goodbye(call, safe=True)


def _goodbye(call: LiveCall, *, safe: bool) -> str:
    """The last words: whoever hears them waits for nobody on this line."""
    _move(call, State.ENDED)
    return spoken.goodbye(call.language, safe=safe)


def _again(heard: Heard, call: LiveCall) -> str:
    if heard.pressed == PERSON:
        return _anew(heard, call)
    return spoken.thanks(call.language)


def _dialled(heard: Heard, call: LiveCall) -> str:
    """The telephone we rang: a talk that ended, or somebody who did not take it."""
    if call.state == State.CONNECTED:
        _move(call, State.MENU)
        return spoken.hang_up() if heard.over else spoken.after_talk(call.language)
    told_before = heard.turn not in ("", str(len(call.tried)))
    if call.state == State.RINGING and not heard.over and not told_before:
        call.tried = [*call.tried, str(call.ringing_id)]
        _move(call, State.QUEUED)
    return spoken.hang_up() if heard.over else _to_a_person(heard, call)


def _anew(heard: Heard, call: LiveCall) -> str:
    """To a person once more, whoever did not take it before."""
    call.tried, call.rounds = [], 0
    return _to_a_person(heard, call)


def _to_a_person(heard: Heard, call: LiveCall) -> str:
    """Ring a colleague, or wait for one, or say that there is none."""
    if call.state in (State.ENDED, State.CONNECTED):
        return spoken.hang_up()  # a late copy of a step: the call itself is elsewhere
    if call.state == State.RINGING and (found := ringing.dialled(call.ringing)):
        return _ring(call, *found)  # the provider lost our answer and asks again
    at = database_now()
    answering = ringing.could_answer(call, at=at)
    if not answering:
        _move(call, State.MENU)
        return _closed(heard, call)
    _queue(heard, call)
    if found := ringing.next_colleague(call):
        return _ring(call, *found)
    if call.rounds > MOST_ROUNDS or {str(user.pk) for user in answering} <= set(call.tried):
        receive(heard.tells("call_missed", step="missed"))
        _move(call, State.MENU)
        return spoken.nobody_free(call.language, hidden=heard.hidden)
    place = ringing.place_of(call)
    minutes = ringing.minutes_until(place, answering=len(answering))
    return spoken.hold(call.language, place=place, minutes=minutes)


def _ring(call: LiveCall, colleague: User, number: str) -> str:
    call.ringing = colleague
    _move(call, State.RINGING)
    return spoken.connect(call.language, number=number, call=call.pk, turn=len(call.tried))


def _queue(heard: Heard, call: LiveCall) -> None:
    """Into the queue, at its own place; a telephone that rings for it already stops counting."""
    receive(heard.tells("call_queued", step="queued"))
    call.queued_at = call.queued_at or database_now()
    call.rounds += 1
    _move(call, State.QUEUED)


def _closed(heard: Heard, call: LiveCall) -> str:
    now, team = database_now(), ringing.team_of_calls()
    receive(heard.tells("call_missed", step="missed"))
    return spoken.closed(
        call.language,
        numbers=numbers_to_call(),
        opens=hours.next_speaker(team, call.language or spoken.HOUSE, now) if team else None,
        on_call=bool(team and hours.on_call(team, now)),
        hidden=heard.hidden,
    )


STEPS: Final[dict[str, Callable[[Heard, LiveCall], str]]] = {
    "start": _start,
    "language": _language,
    "safe": _safe,
    "hold": _hold,
    "offer": _offer,
    "callback": _back,
    "when": _when,
    "others": _others,
    "again": _again,
    "dialled": _dialled,
}
