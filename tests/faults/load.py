"""The background of every fault: young people who write and mail, a counsellor who answers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Final

import httpx

from tests.faults.figures import LONGER
from tests.faults.sending import Post, senders
from tests.leaks import WORD, mail_address, marked
from tests.processes import Desk

COUNSELLOR: Final = "amina@helpline.example"
_mailers = count(2000)
_CASE = re.compile(r'href="(/cases/[0-9a-f-]{36}/)"')
_FIELD = re.compile(r'name="(conversation|client_key|csrfmiddlewaretoken)" value="([^"]+)"')


class Counsellor:
    """Somebody at their browser: reads the desk and cases, and answers. Keeps what was refused."""

    def __init__(self, desk: Desk, email: str = COUNSELLOR) -> None:
        self.desk, self.email = desk, email
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self.answered: list[str] = []
        self.spilled = 0  # error pages with somebody's words on them
        self.http = httpx.Client(base_url=desk.web_url, timeout=15, trust_env=False)

    def sign_in(self) -> None:
        """Sign in with the demo's password. Fails the test when that is not possible."""
        page = self.http.get("/accounts/login/")
        token = dict(_FIELD.findall(page.text))["csrfmiddlewaretoken"]
        form = {"login": self.email, "password": self.desk.password, "csrfmiddlewaretoken": token}
        headers = {"Origin": self.desk.web_url, "Referer": self.desk.web_url}
        answer = self.http.post("/accounts/login/", data=form, headers=headers)
        assert answer.status_code == 302, answer.status_code
        assert self.look("/") in (200, 302)  # the desk, or where else their work is

    def look(self, path: str) -> int:
        """Open a page; its status, 0 when nobody answers."""
        return self._ask("GET", path)[0]

    def read(self, path: str) -> tuple[int, str]:
        """Open a page; its status and what stands on it."""
        return self._ask("GET", path)

    def work(self, turn: int) -> str:
        """Look at the desk, open a case, answer in it; the case's key, if they got so far."""
        status, page = self.read("/")
        cases = sorted(set(_CASE.findall(page)))
        if status != 200 or not cases:
            return ""
        path: str = cases[turn % len(cases)]
        status, page = self.read(path)
        fields = dict(_FIELD.findall(page))
        if status != 200 or "client_key" not in fields:
            return ""
        words = marked(f"answer {len(self.answered)} {time.monotonic_ns()}")
        token = {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]} if len(fields) > 2 else {}
        form = {"conversation": fields["conversation"], "client_key": fields["client_key"]}
        status, _page = self._ask("POST", f"{path}reply/", {**form, **token, "text": words})
        if status == 302:
            self.answered.append(words)
        return path.split("/")[2]

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        began, status, text = time.monotonic(), 0, ""
        headers = {"Origin": self.desk.web_url, "Referer": self.desk.web_url + path}
        try:
            answer = self.http.request(method, path, data=form, headers=headers)
            status, text = answer.status_code, answer.text
        except httpx.HTTPError:
            pass
        self.seconds.append(time.monotonic() - began)
        self.statuses.append(status)
        self.spilled += status >= 400 and WORD in text
        return status, text


@dataclass
class Load:
    """What happened meanwhile."""

    desk: Desk
    post: Post
    counsellor: Counsellor
    mails: dict[str, bool] = field(default_factory=dict)  # Message-ID: taken
    stop: Event = field(default_factory=Event)
    whatsapp_every: float = 0.2
    mail_every: float = 1.0

    def write(self) -> None:
        """Young people write by WhatsApp: each three times, at five a second in all."""
        with ThreadPoolExecutor(5) as pool:
            pending: list[Future[None]] = []
            while not self.stop.is_set():
                (sender,) = senders(1)
                pending.append(pool.submit(self._three, sender))
                self.stop.wait(self.whatsapp_every * 3)
            for one in pending:
                one.result()

    def mail(self) -> None:
        """And by mail, once a second; who is refused comes again, as mail servers do."""
        while not self.stop.is_set():
            sender = mail_address(next(_mailers))
            headers = {"Message-ID": f"<{sender}>"}
            mail = self.desk.world.send_mail(sender, "hello", marked("mail"), headers=headers)
            self.mails[f"<{sender}>"] = mail["outcome"] == "taken"
            self.stop.wait(self.mail_every)

    def answer(self) -> None:
        """The counsellor works."""
        turn = count()
        while not self.stop.is_set():
            self.counsellor.work(next(turn))
            self.stop.wait(0.7)

    def _three(self, sender: str) -> None:
        for place in range(3):
            self.post.carry(sender, f"message {place}")
            time.sleep(0.8)


@contextmanager
def under_load(
    desk: Desk, *addresses: str, seconds: float = 15, before: float = 5, counsels: bool = True
) -> Iterator[Load]:
    """Load for so many seconds: the body of the `with` runs when `before` of them have passed."""
    counsellor = Counsellor(desk)
    counsellor.sign_in()
    load = Load(desk, Post(desk, addresses or (desk.web_url,)), counsellor)
    ends = time.monotonic() + seconds * LONGER
    with ThreadPoolExecutor(3) as pool:
        works = [load.write, load.mail, *([load.answer] if counsels else [])]
        running = [pool.submit(work) for work in works]
        try:
            time.sleep(before * LONGER)
            yield load
            time.sleep(max(0.0, ends - time.monotonic()))
        finally:
            load.stop.set()
        for one in running:
            one.result()
