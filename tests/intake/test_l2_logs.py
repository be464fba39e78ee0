"""Mail servers and providers that fail are not quoted in any log."""

import logging
import smtplib
from collections.abc import Iterator
from io import StringIO

import pytest

from accounts.models import User
from helpline.logs import ConstantFormatter
from intake import tasks
from intake.services import reply
from privacy.access import acting
from tests.counterparts import ASHA, ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import mail, send


@pytest.fixture(autouse=True)
def log() -> Iterator[StringIO]:
    """All that the handlers of the settings would write, and whatever else is logged besides."""
    told = StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(ConstantFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "uvicorn", "celery")]
    for logger in loggers:
        logger.addHandler(handler)
    yield told
    for logger in loggers:
        logger.removeHandler(handler)
    assert MARK not in told.getvalue()
    assert ASHA[-8:] not in told.getvalue()
    assert ASHA_MAIL not in told.getvalue()


@pytest.mark.parametrize(
    "fault",
    [
        smtplib.SMTPRecipientsRefused({ASHA_MAIL: (550, MARK.encode())}),
        smtplib.SMTPDataError(554, f"5.7.1 {MARK}".encode()),
        smtplib.SMTPServerDisconnected(MARK),
        ConnectionRefusedError(MARK),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_l2_a_mail_server_that_fails_is_not_quoted(
    desk: Desk, amina: User, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    send(mail())
    desk.work()
    (talk,) = desk.conversations()
    desk.give(talk, amina)
    with acting(user=amina):
        reply(talk, text=f"I am here {MARK}", by=amina)

    def refuses(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(smtplib.SMTP, "sendmail", refuses)
    monkeypatch.setattr(smtplib.SMTP, "send_message", refuses)
    tasks.deliver_waiting()
    assert desk.outbound()[-1].state != "accepted"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 429, 500, 503])
def test_l2_a_provider_that_answers_with_an_error_is_not_quoted(
    desk: Desk, amina: User, code: int
) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (talk,) = desk.conversations()
    desk.give(talk, amina)
    desk.world.misbehave("messages", "status", times=1, code=code)
    with acting(user=amina):
        reply(talk, text=f"I am here {MARK}", by=amina)
    tasks.deliver_waiting()
    assert desk.outbound()[-1].state != "accepted"
