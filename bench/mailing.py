"""How many mails a second the mail door takes: SMTP, parsing, sealing and storing included."""

import smtplib
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

from bench.desk import Desk, say, wait_for_port
from bench.words import SAID

MAILS = 800
SENDERS = 4  # sessions at once, as a relay keeps them


def measure(desk: Desk, *, scale: float = 1.0) -> dict[str, float]:
    """Mails a second from the first greeting to the last answer 250."""
    desk.start("mail door", [sys.executable, "manage.py", "mail_door"], "worker")
    wait_for_port(desk.mail_port)
    _send(desk, range(20))
    before = _stored(desk)
    count = int(MAILS * scale)
    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        parts = [range(20 + first, 20 + count, SENDERS) for first in range(SENDERS)]
        list(pool.map(lambda part: _send(desk, part), parts))
    rate = count / (time.perf_counter() - began)
    kept = _stored(desk) - before
    if kept != count:
        raise RuntimeError(f"{count} mails were taken and {kept} stored")
    say(f"mail: {rate:.0f} a second")
    return {"mail_per_s": rate}


def _stored(desk: Desk) -> int:
    with desk.database() as database:
        asked = "SELECT count(*) FROM intake_inboundevent WHERE provider = 'smtp'"
        row = database.execute(asked).fetchone()
    return int(row[0]) if row else 0


def _send(desk: Desk, numbers: range) -> None:
    """One session: every mail from somebody else, every third with a picture, some as HTML."""
    with smtplib.SMTP("127.0.0.1", desk.mail_port, timeout=30) as session:
        for number in numbers:
            session.send_message(_mail(number))


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Person {number} <person{number}@mail.example>"
    mail["To"] = "hello@helpline.example"
    mail["Subject"] = "a question"
    mail["Message-ID"] = f"<{number}@mail.example>"
    words = SAID[number % len(SAID)]
    mail.set_content(f"{words}\n\nOn Monday somebody wrote:\n> something before\n> and more\n")
    if number % 2:
        mail.add_alternative(f"<p>{words}</p><blockquote>before</blockquote>", subtype="html")
    if number % 3 == 0:
        mail.add_attachment(bytes(120_000), maintype="image", subtype="jpeg", filename="a.jpg")
    return mail
