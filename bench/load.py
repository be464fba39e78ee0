"""Sends requests: as many as are answered, or so many a second whatever the answers take."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Result:
    """How long answers took (seconds, from when each was due), and how many were not 200."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """The latency (seconds) that this share of the answers stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Line:
    """One kept-open connection: a request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Line":
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bool:
        """Send a whole request, read the whole answer; whether it was 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lowered = head.lower()
        if b"content-length:" in lowered:
            length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
            await self.reader.readexactly(length)
        else:
            await self.reader.readuntil(b"\r\n0\r\n\r\n")  # the last chunk
        return head.startswith(b"HTTP/1.1 200")


async def flat_out(port: int, requests: Iterator[bytes], *, lines: int, seconds: float) -> Result:
    """Each of `lines` connections asks again as soon as it is answered."""
    result, end = Result(), time.perf_counter() + seconds
    began = time.perf_counter()

    async def keep_asking() -> None:
        line = await Line.open(port)
        while (now := time.perf_counter()) < end:
            result.refused += not await line.ask(next(requests))
            result.latencies.append(time.perf_counter() - now)
        line.writer.close()

    await asyncio.gather(*(keep_asking() for _ in range(lines)))
    result.seconds = time.perf_counter() - began
    return result


async def at_rate(port: int, requests: Iterator[bytes], *, rate: float, seconds: float) -> Result:
    """`rate` a second, each at its time, whether or not those before it were answered.

    Latency counts from when a request was due: one that waits behind a slow one shows it.
    """
    result = Result()
    free: deque[Line] = deque([await Line.open(port) for _ in range(32)])
    began = time.perf_counter()

    async def ask(due: float) -> None:
        line = free.popleft() if free else await Line.open(port)
        result.refused += not await line.ask(next(requests))
        result.latencies.append(time.perf_counter() - due)
        free.append(line)

    asked = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(ask(due)))
    await asyncio.gather(*asked)
    result.seconds = time.perf_counter() - began
    for line in free:
        line.writer.close()
    return result
