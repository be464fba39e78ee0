"""How fast a signed webhook is accepted, against a bare view with one INSERT beside it."""

import asyncio
import itertools
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlencode

from bench.desk import TOKEN, Desk, say
from bench.load import Result, at_rate, flat_out
from bench.words import SAID
from practice.signing import twilio_signature

LINES = 16
SECONDS = 12.0
TURNS = 4
ROUNDS = 5  # of latency; the middle one counts


def measure(desk: Desk, *, scale: float = 1.0) -> dict[str, float]:
    """Acceptance against the bare view, turn by turn, and latency at half of that load."""
    with desk.database() as database:
        database.execute(
            "CREATE TABLE bench_bare (id uuid PRIMARY KEY, body bytea, at timestamptz)"
        )
        database.execute("GRANT INSERT ON bench_bare TO amaan_web")
    desk.start_web()
    hooks, plain = _hooks(desk), _plain(desk)
    asyncio.run(flat_out(desk.port, hooks, lines=LINES, seconds=3))
    asyncio.run(flat_out(desk.port, plain, lines=LINES, seconds=3))
    accepted, bare = Result(), Result()
    for _turn in range(TURNS):  # in turns, so that a busy minute of the machine meets both
        _add(accepted, asyncio.run(_flat(desk, hooks, scale)))
        _add(bare, asyncio.run(_flat(desk, plain, scale)))
    say(f"accepted {accepted.per_second:.0f}/s, bare view {bare.per_second:.0f}/s")
    half: list[Result] = []
    beside: list[Result] = []
    for _turn in range(ROUNDS):
        for kept, requests in ((half, hooks), (beside, plain)):
            kept.append(asyncio.run(_at(desk, requests, accepted.per_second / 2, scale)))
        p50, p99 = half[-1].quantile(0.5) * 1000, half[-1].quantile(0.99) * 1000
        say(f"at half of that: median {p50:.1f} ms, p99 {p99:.1f} ms")
    _nothing_refused(accepted, bare, *half, *beside)
    return {
        "accept_per_s": accepted.per_second,
        "bare_per_s": bare.per_second,
        "accept_ratio": accepted.per_second / bare.per_second,
        "p50_ms": median(one.quantile(0.5) for one in half) * 1000,
        "p99_ms": median(one.quantile(0.99) for one in half) * 1000,
        "p99_over_p50": median(_tail(one) for one in half),
        "bare_p99_over_p50": median(_tail(one) for one in beside),
    }


async def _at(desk: Desk, requests: Iterator[bytes], rate: float, scale: float) -> Result:
    return await at_rate(desk.port, requests, rate=rate, seconds=6 * scale)


def _tail(result: Result) -> float:
    return result.quantile(0.99) / result.quantile(0.5)


async def _flat(desk: Desk, requests: Iterator[bytes], scale: float) -> Result:
    return await flat_out(desk.port, requests, lines=LINES, seconds=SECONDS * scale / TURNS)


def _add(total: Result, part: Result) -> None:
    total.seconds += part.seconds
    total.latencies += part.latencies
    total.refused += part.refused


def _nothing_refused(*results: Result) -> None:
    refused = sum(one.refused for one in results)
    if refused:
        raise RuntimeError(f"{refused} requests were not answered with 200")


def _hooks(desk: Desk) -> Iterator[bytes]:
    """Messages by WhatsApp as Twilio sends and signs them, each from somebody else."""
    for number in itertools.count():
        yield _request(desk, "/hooks/whatsapp/", _form(number))


def _plain(desk: Desk) -> Iterator[bytes]:
    """The same bodies for the bare view."""
    for number in itertools.count(10_000_000):
        yield _request(desk, "/bare/", _form(number))


def _form(number: int) -> dict[str, str]:
    return {
        "MessageSid": f"SM{number:032x}",
        "SmsMessageSid": f"SM{number:032x}",
        "AccountSid": "AC00000000000000000000000000000001",
        "From": f"whatsapp:+4477{number:08d}",
        "To": "whatsapp:+15005550006",
        "WaId": f"4477{number:08d}",
        "ProfileName": "A.",
        "Body": SAID[number % len(SAID)],
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
    }


def _request(desk: Desk, path: str, form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    signature = twilio_signature(desk.env["PUBLIC_BASE_URL"] + path, form, TOKEN)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{desk.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
