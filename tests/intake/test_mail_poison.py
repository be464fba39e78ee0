"""No mail stops the door: each ends stored, set aside with a reason, or known as a machine's."""

import os
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.channels.email import Email
from intake.inbound import Inbound
from intake.models import InboundEvent
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import heard, mail, send
from tests.intake.monsters import FROM, MONSTERS

MOST_SECONDS = 5.0  # of one processor
MOST_MEMORY = 200 * 1024  # KiB


def parse(raw: bytes) -> Inbound:
    return Email().parse_mail(raw, sender="x@young.example", recipients=["hello@helpline.example"])


def cost(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds of processor and KiB of memory that some work takes, in a process of its own."""
    child = os.fork()
    if not child:
        os._exit(0 if work() is not None else 1)
    _pid, status, used = os.wait4(child, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def well_ended(inbound: Inbound) -> bool:
    """Whether it has a key and somebody to answer, or a reason why there is nobody."""
    reason = inbound.sender or inbound.problem or inbound.kind == "status"
    again = Inbound.from_bytes(inbound.to_bytes())
    return bool(inbound.key and reason) and again == inbound and "\0" not in inbound.text


@pytest.mark.parametrize("name", MONSTERS)
def test_f19_a_monster_is_taken_in_seconds_and_little_memory(name: str) -> None:
    raw = MONSTERS[name]()
    idle = cost(lambda: True)
    spent = cost(lambda: parse(raw))
    assert spent[0] - idle[0] <= MOST_SECONDS
    assert spent[1] - idle[1] <= MOST_MEMORY
    assert well_ended(parse(raw))


def test_f19_the_mail_after_each_monster_is_not_delayed(desk: Desk) -> None:
    for name in ("ten thousand deep", "html without end", "only boundaries", "nul octets"):
        assert send(MONSTERS[name]()) == "250 OK"
    began = time.monotonic()
    assert send(mail(sender="next@young.example"), sender="next@young.example") == "250 OK"
    desk.work()
    assert time.monotonic() - began <= 10
    assert ("", f"hello {MARK}") in heard(desk)
    dead = InboundEvent.objects.filter(state="dead").values_list("problem", flat=True)
    assert set(dead) == {"unreadable"}  # the mail made of boundaries; of the others words are kept


def corpus() -> list[Path]:
    """The messages Python's own mail library is tested with, of whichever Python has them."""
    known = (Path("/usr/lib/python3.11"), Path(sysconfig.get_paths()["stdlib"]))
    found = [sorted((one / "test/test_email/data").glob("msg_*.txt")) for one in known]
    return next((files for files in found if files), [])


def test_the_messages_that_pythons_own_library_is_tested_with_all_end_well(desk: Desk) -> None:
    messages = corpus()
    assert len(messages) >= 47, "install libpython3.11-testsuite"
    for message in messages:
        assert send(message.read_bytes()) == "250 OK"
        assert well_ended(parse(message.read_bytes())), message.name
    desk.work()
    assert not InboundEvent.objects.filter(state="waiting").exists()
    told = InboundEvent.objects.filter(state="dead").values_list("problem", flat=True)
    assert set(told) <= {"no_sender", "automatic", "unreadable"}


NAMES = st.sampled_from(
    b"From To Subject Date Message-ID References In-Reply-To Content-Type Content-Disposition"
    b" Content-Transfer-Encoding Auto-Submitted Return-Path Authentication-Results MIME-Version"
    b" X-Failed-Recipients".split()
)
KINDS = st.sampled_from(
    b"text/plain|text/html|multipart/mixed; boundary=b|multipart/alternative|text|/|;=;"
    b"|multipart/report; report-type=delivery-status; boundary=b|message/rfc822|image/png"
    b"|message/delivery-status|application/ms-tnef|text/calendar|text/plain; charset=utf-16"
    b"|text/plain; charset*0*=x''%ff|multipart/mixed; boundary=\"\"|text/plain; name=a"
    b"|multipart/digest; boundary=b".split(b"|")
)
CODINGS = st.sampled_from([b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"\xff", b"7"])
ODD = st.binary(max_size=60) | st.sampled_from(
    [b"=?utf-8?b?/w==?=", b"=?x?q?=ff?=", b"\r\n ", b"<>", b"@", b"a@b.example", b"\0", b"(" * 50]
)
LINES = st.one_of(
    st.builds(lambda name, value: name + b": " + value, NAMES, ODD | KINDS | CODINGS),
    st.builds(lambda value: b"Content-Type: " + value, KINDS),
    st.builds(lambda value: b"Content-Transfer-Encoding: " + value, CODINGS),
    st.sampled_from([b"", b"--b", b"--b--", b"-- ", b"From x", b">", b"begin 644 a", b"end"]),
    st.binary(max_size=120),
)
NASTY = st.builds(
    lambda start, lines, end: start + end.join(lines),
    st.sampled_from([b"", FROM]),
    st.lists(LINES, max_size=60),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
)


@settings(max_examples=400, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(NASTY)
def test_any_mail_whatever_is_stored_or_set_aside_with_a_reason(raw: bytes) -> None:
    assert well_ended(parse(raw))


@settings(max_examples=100, deadline=1000, suppress_health_check=[HealthCheck.too_slow])
@given(NASTY)
def test_the_same_mail_always_has_the_same_key(raw: bytes) -> None:
    assert parse(raw).key == parse(raw).key
