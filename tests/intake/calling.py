"""A caller at our door, step by step, and the telephones of colleagues."""

from accounts import telephones
from accounts.models import User
from intake.models import CallBack, LiveCall
from practice import twiml
from privacy.access import acting
from privacy.fields import unseal
from tests.counterparts import ASHA_PHONE
from tests.intake.conftest import Desk

CALL = "CA" + "1" * 32
LEG = "CA" + "9" * 32
OURS = "+15005550006"
NUMBERS = {"amina": "+12025550101", "ben": "+12025550102"}


class Caller:
    """One call of somebody: what they do, and what they hear."""

    def __init__(self, desk: Desk, call: str = CALL, number: str = ASHA_PHONE) -> None:
        self.desk, self.call, self.number = desk, call, number
        self.document = ""
        self.told = "dialled/"

    def post(self, path: str, **more: str) -> str:
        """One signed request about this call; the TwiML that answers it."""
        form = {"CallSid": self.call, "From": self.number, "To": OURS, "CallStatus": "in-progress"}
        answer = self.desk.post(f"/hooks/phone/{path}", form | more)
        assert answer.status_code == 200, answer.content
        self.document = answer.content.decode()
        return self.document

    def ring(self) -> str:
        return heard(self.post("", CallStatus="ringing"))

    def press(self, path: str, key: str) -> str:
        return heard(self.post(f"{path}/", Digits=key))

    def to_queue(self, language: str = "1", safe: str = "1") -> str:
        """The whole way to a person."""
        self.ring()
        self.press("language", language)
        spoken = self.press("safe", safe)
        return self.press("hold", "") if stop(self.document) == "redirect" else spoken

    def dialled(self, status: str = "no-answer") -> str:
        """How the telephone fared that rings, or else the last one that did."""
        walked = twiml.walk(twiml.read(self.document))
        if walked.stop == "dial" and walked.verb is not None:
            self.told = walked.verb.attributes["action"].removeprefix("/hooks/phone/")
        return heard(self.post(self.told, DialCallStatus=status))

    def hang_up(self) -> None:
        self.post("status/", CallStatus="completed")

    @property
    def rings(self) -> str:
        """Whose telephone rings for this call: its number."""
        walked = twiml.walk(twiml.read(self.document))
        assert walked.verb is not None
        return walked.verb.children[0].text if walked.stop == "dial" else ""

    @property
    def live(self) -> LiveCall:
        return LiveCall.objects.order_by("-started_at").first() or LiveCall()


def colleague(desk: Desk, path: str, **more: str) -> str:
    """One request from the line of a colleague's own telephone."""
    form = {"CallSid": LEG, "ParentCallSid": CALL, "From": OURS, "To": NUMBERS["amina"]}
    answer = desk.post(f"/hooks/phone/{path}", form | {"CallStatus": "in-progress"} | more)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def give_telephone(user: User, number: str = "") -> None:
    telephones.set_number(
        user, number=number or NUMBERS[user.get_short_name().lower()], takes_calls=True, by=user
    )


def heard(document: str) -> str:
    return " ".join(one.text for one in twiml.walk(twiml.read(document)).heard)


def stop(document: str) -> str:
    return twiml.walk(twiml.read(document)).stop


def notices(desk: Desk) -> list[str]:
    return [notice for _way, notice, _text in desk.said()]


def call_backs() -> list[tuple[str, str]]:
    """(state, wishes) of every call back, oldest first."""
    with acting(part="intake"):
        rows = CallBack.objects.order_by("asked_at")
        return [(row.state, unseal(row, "wishes") or "") for row in rows]
