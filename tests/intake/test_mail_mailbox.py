"""A mailbox at a provider: words alone are fetched, each mail is stored once, and deleted there."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from intake import tasks, troubles
from intake.channels.imap import Mailbox, mailbox, make_kept_folder
from intake.management.commands import mail_fetch
from intake.management.commands.mail_fetch import Fetcher, tidy
from intake.models import InboundEvent, OutboundMessage
from privacy.access import acting
from privacy.clock import database_now
from tests.counterparts import ASHA_MAIL
from tests.dovecot import PASSWORD, USER, Dovecot, remove_dovecot, start_dovecot
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import PICTURE, heard, mail, report

POOR = "IMAP4rev1 LITERAL+"  # a server without IDLE, MOVE and UIDPLUS


@pytest.fixture(params=["", POOR], ids=["good", "poor"])
def server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Dovecot]:
    """A mailbox of a good server, and of a poor one."""
    made = start_dovecot(request.param)
    settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", made.port
    settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_TLS = USER, PASSWORD, "none"
    yield made
    remove_dovecot(made)


def fetch(fetcher: Fetcher | None = None) -> int:
    """One round of the process that fetches mail; how many mails were new."""
    fetcher = fetcher or Fetcher()
    with mailbox() as box:
        make_kept_folder(box)
        return fetcher.round(box)


def with_picture(text: str = f"see this {MARK}") -> bytes:
    letter = mail(text)
    letter.add_alternative(f"<p>{text}</p>", subtype="html")
    letter.make_mixed()
    letter.add_attachment(PICTURE * 100, maintype="image", subtype="png", filename="a.png")
    return letter.as_bytes()


def test_a_mail_is_stored_then_moved_then_deleted_there(desk: Desk, server: Dovecot) -> None:
    server.put(mail().as_bytes(), with_picture())
    assert fetch() == 2
    assert (server.count(), server.count("Kept")) == (0, 2)
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["", "maybe_someone_else", "", "image"]
    assert desk.world.mails_to(ASHA_MAIL)[0]["subject"] == "Your message"
    assert (server.count(), server.count("Kept")) == (0, 0)
    gone = [row for row in desk.outbound() if row.carrier == "imap_expunge"]
    assert [row.state for row in gone] == ["accepted", "accepted"]


def test_h3_no_byte_of_an_attachment_leaves_the_mail_server(desk: Desk, server: Dovecot) -> None:
    server.put(with_picture())
    with mailbox() as box:
        box.select("INBOX")
        counted = _Counted(box)
        (uid,) = box.waiting()
        apart = counted.box.read(uid)
    assert [part.kind for part in apart.parts] == ["text/plain", "text/html", "image/png"]
    assert apart.parts[2].body is None
    assert apart.parts[2].size > 100_000
    assert counted.octets < 3000
    assert all("BODY.PEEK" in one or "[" not in one for one in counted.asked)


class _Counted:
    """Counts what a connection reads, and what is asked for."""

    def __init__(self, box: Mailbox) -> None:
        self.box, self.octets = box, 0
        self.asked: list[str] = []
        fetched, ask = box.client.fetch, self.asked

        def fetch(uids: list[int], items: list[str]) -> dict[int, dict[bytes, object]]:
            ask.extend(items)
            found: dict[int, dict[bytes, object]] = fetched(uids, items)
            told = [value for one in found.values() for value in one.values()]
            self.octets += sum(len(value) for value in told if isinstance(value, bytes))
            return found

        box.client.fetch = fetch


def test_a_report_in_the_mailbox_settles_what_came_back(desk: Desk, server: Dovecot) -> None:
    server.put(mail(sender="kind@bounce.example").as_bytes())
    fetch()
    desk.work()
    row = next(one for one in desk.outbound() if one.carrier == "email")
    back = report(f"Message-ID: <{row.pk.hex}@helpline.example>", "message/rfc822")
    server.put(b"Return-Path: <>\r\n" + back)
    fetch()
    desk.work()
    row = next(one for one in desk.outbound() if one.pk == row.pk)
    assert (row.state, row.problem) == ("failed", "wrong_address")
    with mailbox() as box:
        tidy(box)
    assert server.count("Kept") == 0


def test_an_answer_to_our_reply_address_joins(desk: Desk, server: Dovecot) -> None:
    server.put(mail().as_bytes())
    fetch()
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    answer = mail(f"yes {MARK}")
    answer.replace_header("To", greeting["reply_to"])
    server.put(answer.as_bytes())
    fetch()
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}"), ("", f"yes {MARK}")]


def test_f20_stored_and_not_moved_is_recognised_whatever_its_number(
    desk: Desk, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(mail(f"one {MARK}").as_bytes(), mail(f"two {MARK}").as_bytes())

    def dies(_box: Mailbox, _uid: int, _folder: str) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(Mailbox, "move", dies)
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                fetch()
    assert InboundEvent.objects.count() == 1
    server.renumber()
    assert fetch() == 1  # the other one
    desk.work()
    words = sorted(text for _, text in heard(desk) if text)
    assert words == [f"one {MARK}", f"two {MARK}"]
    tasks.deliver_waiting()
    assert (server.count(), server.count("Kept")) == (0, 0)


def test_f20_what_was_renumbered_in_the_kept_folder_is_still_the_one_deleted(
    desk: Desk, server: Dovecot
) -> None:
    server.put(mail(f"one {MARK}").as_bytes(), mail("kept by hand").as_bytes())
    fetch()
    server.renumber()
    desk.work()
    assert server.count("Kept") == 0


@pytest.mark.usefixtures("server")
def test_what_the_kept_folder_holds_and_we_do_not_know_is_fetched_again(
    desk: Desk, server: Dovecot
) -> None:
    server.put(mail().as_bytes())
    fetch()
    InboundEvent.objects.all().delete()  # as after a restored backup
    with mailbox() as box:
        tidy(box)
    assert (server.count(), server.count("Kept")) == (1, 0)
    assert fetch() == 1


def test_a_copy_that_a_person_may_hold_for_the_police_is_not_tidied_away(
    desk: Desk, server: Dovecot, settings: Settings
) -> None:
    settings.HOLD_MEDIA_FOR_POLICE, settings.HOLD_MEDIA_CHOICE_HOURS = True, 24
    server.put(with_picture())
    fetch()
    desk.work()
    with mailbox() as box:
        tidy(box)
    assert server.count("Kept") == 1
    with acting(part="delivery"):
        OutboundMessage.objects.filter(carrier="imap_expunge").update(not_before=database_now())
    tasks.deliver_waiting()
    assert server.count("Kept") == 0


def test_what_stands_in_the_way_is_told_at_the_desk_and_ends_by_itself(
    desk: Desk, server: Dovecot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = Fetcher()
    monkeypatch.setattr(mail_fetch, "TOLD_AFTER", 0.0)
    monkeypatch.setattr(Mailbox, "wait", lambda *_: fetcher.stop.set())

    def until(told: list[str]) -> None:
        fetcher.stop.clear()
        monkeypatch.setattr(fetcher.stop, "wait", lambda _seconds: fetcher.stop.set())
        fetcher.run()
        assert [trouble.problem for trouble in troubles.standing()] == told

    settings.IMAP_PASSWORD = "wrong"
    until(["credentials"])
    settings.IMAP_PASSWORD = PASSWORD
    until([])
    server.stop()
    until(["unreachable"])
    server.start()
    until([])
    assert desk.conversations() == []


def test_a_mail_nobody_can_fetch_is_set_aside_and_delays_no_other(
    desk: Desk, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(mail("cursed").as_bytes(), mail(f"two {MARK}").as_bytes())
    read = Mailbox.read

    def breaks(box: Mailbox, uid: int) -> object:
        if uid == 1:
            raise ConnectionResetError
        return read(box, uid)

    monkeypatch.setattr(Mailbox, "read", breaks)
    fetcher = Fetcher()
    for _ in range(7):
        try:
            fetch(fetcher)
        except ConnectionResetError:
            continue
    assert server.count() == 0
    dead = InboundEvent.objects.get(state="dead")
    assert dead.problem == "unreadable"
    desk.work()
    assert heard(desk) == [("", f"two {MARK}")]
