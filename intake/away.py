"""What a reporter is told while the desk is closed, or while nobody speaks their language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from accounts.models import Team
from intake import hours, texts
from intake.languages import speaking
from intake.models import Conversation
from intake.services import send_automatic
from privacy import gathering
from reference.models import EmergencyNumber
from reference.reading import emergency_numbers
from reference.vocabulary import Purpose

MOST_NUMBERS: Final = 3
_FIRST: Final = (Purpose.DANGER, Purpose.CHILD, Purpose.CRISIS)  # for who "could be hurt now"
ASKED: Final = "safe"  # "if you are not safe now, write NO": the very next word may answer it


@dataclass(frozen=True)
class Desk:
    """Whether somebody answers now, when somebody does, and whether danger wakes anybody."""

    is_open: bool = True
    opens: datetime | None = None
    on_call: bool = False


def desk_of(conversation: Conversation, at: datetime) -> Desk:
    """The desk that answers a conversation, at a moment (UTC); without a team it counts as open."""
    team = conversation.folder.team
    if team is None:
        return Desk()
    return gathering.once(f"desk {team.pk}", lambda: _desk(conversation, at))


def tell_closed(conversation: Conversation, desk: Desk, at: datetime) -> bool:
    """Say once in each closed time that nobody is here, when somebody is, and whom to call now."""
    if desk.is_open or not is_untold(conversation, at):
        return False
    with speaking(conversation.language):
        text = texts.closed(
            numbers_to_call(), conversation.language, opens=desk.opens, on_call=desk.on_call
        )
        said = send_automatic(conversation, code="closed", text=text)
    conversation.away_told_at = at
    if desk.on_call and not conversation.asked:
        conversation.asked, conversation.asked_at = ASKED, at
    return said is not None


def tell_no_speaker(conversation: Conversation, desk: Desk, at: datetime) -> None:
    """Say who speaks their language and when, where nobody who is here does."""
    team = conversation.folder.team
    if team is None or not desk.is_open or _is_spoken(team, conversation.language, at):
        return
    others = [
        code
        for code, _name in texts.LANGUAGES.values()
        if code != conversation.language and _is_spoken(team, code, at)
    ]
    with speaking(conversation.language):
        text = texts.no_speaker(
            conversation.language,
            others,
            at=hours.next_speaker(team, conversation.language, at),
        )
        send_automatic(conversation, code="no_speaker", text=text)


def _is_spoken(team: Team, language: str, at: datetime) -> bool:
    """Whether somebody who is here speaks it; asked once for all arrivals of a batch."""
    return gathering.once(
        f"spoken {team.pk} {language}", lambda: hours.speakers(team, language, at)
    )


def numbers_to_call() -> list[EmergencyNumber]:
    """Whom to call in this helpline's country: verified numbers if there are any, else all.

    Danger, child helpline and crisis line go before any other: few fit into a message.
    """
    return gathering.once("numbers to call", _numbers)


def _numbers() -> list[EmergencyNumber]:
    known = emergency_numbers(settings.HELPLINE_COUNTRY)
    verified = [row for row in known if row.verified_on]
    return sorted(verified or known, key=lambda row: row.purpose not in _FIRST)[:MOST_NUMBERS]


def _desk(conversation: Conversation, at: datetime) -> Desk:
    team = conversation.folder.team
    if team is None or hours.is_open(team, at):
        return Desk()
    return Desk(False, hours.next_opening(team, at), bool(hours.on_call(team, at)))


def is_untold(conversation: Conversation, at: datetime) -> bool:
    """Whether the desk was open since they were last told."""
    team, told = conversation.folder.team, conversation.away_told_at
    if team is None or told is None:
        return True
    opened = hours.next_opening(team, told)
    return opened is not None and opened <= at
