"""Plays the desk's hours for practice: open, closed with somebody on call, or closed and nobody."""

from datetime import datetime, timedelta
from typing import Final

from accounts import services
from accounts.models import Role, Team, User
from helpline.demo import people

OPEN: Final = "open"
ON_CALL: Final = "oncall"
CLOSED: Final = "closed"
HOW: Final = (OPEN, ON_CALL, CLOSED)

BACK_IN: Final = timedelta(hours=12)  # when the desk opens again by itself
_LONG: Final = timedelta(hours=12)


def play(how: str, now: datetime) -> None:
    """Plan the demo people's shifts anew from this moment (UTC); nothing where no demo is.

    Raises ValueError.
    """
    if how not in HOW:
        raise ValueError(how)
    team = Team.objects.filter(name=people.TEAM).first()
    if team is None:
        return
    if how == OPEN:
        people.make_all(now)
        return
    later = [(now + BACK_IN, now + BACK_IN + _LONG)]
    tonight = [(now - timedelta(hours=1), now + BACK_IN)]
    for one in people.COLLEAGUES:
        user = User.objects.filter(email=one.email).first()
        if user is None:
            continue
        called = one.role in (Role.ON_CALL, Role.SUPERVISOR)
        turn = 1 if one.role == Role.ON_CALL else 2
        if called and how == ON_CALL:
            services.replan_shifts(user, team=team, hours=tonight, on_call=True, turn=turn, by=None)
        else:
            on_call = one.role == Role.ON_CALL
            services.replan_shifts(user, team=team, hours=later, on_call=on_call, by=None)
