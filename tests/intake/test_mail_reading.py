"""What is kept of a mail: its words, in whatever form and script; of files, that they came."""

import base64
import quopri
from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_django import Settings

from intake.channels import mime
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy import purposes
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import PICTURE, found_in_database, heard, mail, send

WINDOW = PICTURE[:32]


@pytest.fixture(autouse=True)
def _ours(settings: Settings) -> None:
    settings.MAIL_REPLY_DOMAIN = "helpline.example"
    settings.DEFAULT_FROM_EMAIL = "hello@helpline.example"


def raw(body: bytes, *lines: str) -> bytes:
    return "\r\n".join([f"From: {ASHA_MAIL}", *lines, "", ""]).encode() + body


def text_of(letter: bytes) -> str:
    return mime.read(letter).text


def test_h3_attachments_are_counted_and_dropped_and_lie_nowhere(desk: Desk, tmp_path: Path) -> None:
    letter = mail(f"see this {MARK}")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename=f"{MARK}.png")
    letter.add_attachment(PICTURE, maintype="application", subtype="zip", filename="a.zip")
    before = set(Path("/tmp").iterdir()) | set(tmp_path.iterdir())  # noqa: S108
    send(letter)
    assert set(Path("/tmp").iterdir()) | set(tmp_path.iterdir()) == before  # noqa: S108
    assert not found_in_database(WINDOW, base64.b64encode(PICTURE)[:32])
    desk.work()
    assert not found_in_database(WINDOW, base64.b64encode(PICTURE)[:32])
    assert [notice for notice, _ in heard(desk)] == ["", "image", "document"]
    assert any(notice == "hello" for _, notice, _ in desk.said())


PASTED = base64.encodebytes(PICTURE).decode()
UUENCODED = "begin 644 a.png\n" + "M" * 60 + "\n" + "M" * 60 + "\n`\nend\n"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", f"look\n\n{PASTED}\nthat is it"),
        ("text/plain", f"look\n{UUENCODED}\nthat is it"),
        ("text/plain", f"look data:image/png;base64,{base64.b64encode(PICTURE).decode()} that is"),
        ("text/html", f'look <img src="data:image/png;base64,{PASTED}"> that is'),
        ("text/html", f"look <p>data:image/png;base64,{PASTED.replace(chr(10), '')}</p> that is"),
        ("multipart/mixed; boundary=never", f"look\n\n{PASTED}\nthat is it"),
    ],
    ids=["pasted", "uuencoded", "data", "html image", "html data", "broken"],
)
def test_h3_a_picture_among_the_words_is_cut_out_of_them(desk: Desk, kind: str, body: str) -> None:
    send(raw(body.encode(), f"Content-Type: {kind}"))
    desk.work()
    words = heard(desk)[0][1]
    assert words.startswith("look")
    assert "that is" in words
    for place in range(0, 200, 20):
        assert base64.b64encode(PICTURE).decode()[place : place + 20] not in words
    assert "MMMMMM" not in words


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n", b"GIF89a", b"PK\x03\x04"])
def test_h3_a_file_that_calls_itself_text_is_a_file(desk: Desk, start: bytes, kind: str) -> None:
    body = base64.encodebytes(start + PICTURE)
    send(raw(body, f"Content-Type: {kind}", "Content-Transfer-Encoding: base64"))
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["file"]
    assert not found_in_database(WINDOW)


def test_h3_html_is_reduced_to_its_words(desk: Desk) -> None:
    letter = EmailMessage()
    letter["From"] = ASHA_MAIL
    letter.set_content(
        f"<html><head><style>p{{}}</style></head><body><p>hello <b>{MARK}</b></p>"
        '<img src="https://track.example/1.png"><img src="data:image/png;base64,AAAA">'
        "<script>x()</script><blockquote>old words</blockquote></body></html>",
        subtype="html",
    )
    send(letter)
    desk.work()
    assert heard(desk)[0] == ("", f"hello {MARK}\n> old words")
    letter["In-Reply-To"] = desk.world.mails_to(ASHA_MAIL)[0]["message_id"]
    send(letter)
    desk.work()
    assert [words for notice, words in heard(desk) if not notice][1] == f"hello {MARK}"


@pytest.mark.parametrize(
    "markup",
    [
        "<html><head><meta charset=utf-8><body><p>help me</p>",
        "<head><title>x<body>help me",
        "<style>p {}<body>help me</style><body>help me",
        "<!-- x --><p>help me<!-- and me",
        "<p>help <b me <!-- --></p>me",
    ],
)
def test_html_with_something_left_open_loses_no_words(markup: str) -> None:
    letter = raw(markup.encode(), "Content-Type: text/html")
    assert text_of(letter).startswith("help")
    assert text_of(letter).endswith("me")


@pytest.mark.parametrize(
    ("words", "charset"),
    [
        ("मुझे मदद चाहिए", "utf-8"),
        ("मुझे मदद चाहिए", "utf-16"),
        ("أحتاج مساعدة", "windows-1256"),
        ("أحتاج مساعدة", "iso-8859-6"),
        ("助けてください", "iso-2022-jp"),
        ("助けてください", "shift_jis"),
        ("帮帮我", "gb18030"),
        ("도와주세요", "euc-kr"),
        ("aidez-moi, ça continue – merci €", "windows-1252"),
        ("помогите мне", "koi8-r"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_words_arrive_in_the_script_they_were_written_in(
    words: str, charset: str, encoding: str
) -> None:
    octets = words.encode(charset)
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
    body = coded[encoding](octets) if encoding in coded else octets
    letter = raw(
        body,
        f"Content-Type: text/plain; charset={charset}",
        f"Content-Transfer-Encoding: {encoding}",
    )
    assert text_of(letter) == words


@pytest.mark.parametrize(
    "claimed", ["us-ascii", "iso-8859-1", "windows-1252", "", "x-unknown", "utf-7", "idna", '"' * 3]
)
def test_a_wrong_label_does_not_lose_the_words(claimed: str) -> None:
    letter = raw("मदद é".encode(), f"Content-Type: text/plain; charset={claimed}")
    assert text_of(letter) == "मदद é"


def test_of_two_forms_one_is_read_and_of_two_texts_both() -> None:
    letter = mail("in plain words")
    letter.add_alternative("<p>in html words</p>", subtype="html")
    assert text_of(letter.as_bytes()) == "in plain words"
    letter.make_mixed()
    second = EmailMessage()
    second.set_content("<p>and below</p>", subtype="html")
    letter.attach(second)
    assert text_of(letter.as_bytes()) == "in plain words\n\nand below"
    empty = mail("")
    empty.add_alternative("<p>only html</p>", subtype="html")
    assert text_of(empty.as_bytes()) == "only html"


PASSED_ON = """look what he sent me

---------- Forwarded message ---------
From: him <him@elsewhere.example>
Subject: last time
To: me

> pay or everybody sees it
"""


@pytest.mark.parametrize("to", ["hello@helpline.example", f"reply+{'a' * 32}@helpline.example"])
def test_a_threat_that_they_pass_on_is_not_cut_off_as_a_quote(to: str) -> None:
    letter = mail(PASSED_ON)
    letter.replace_header("To", to)
    assert "pay or everybody sees it" in text_of(letter.as_bytes())


def test_what_looks_like_a_quote_in_a_mail_that_answers_nobody_is_theirs() -> None:
    pasted = "he wrote\n\nFrom: him@elsewhere.example\nSubject: you\n\nI know where you live\n> ha"
    assert text_of(mail(pasted, sender="new@young.example").as_bytes()) == pasted


def test_what_they_paste_into_an_answer_to_us_is_theirs_and_our_own_words_are_cut() -> None:
    pasted = f"he wrote\n\nFrom: him@elsewhere.example\nSubject: you\n\nI know you {MARK}"
    to = f"reply+{'a' * 32}@helpline.example"
    letter = mail(pasted, References=f"<{'b' * 32}@helpline.example>")
    letter.replace_header("To", to)
    assert text_of(letter.as_bytes()) == pasted
    outlook = f"yes\n\nFrom: {to}\nSent: today\nTo: me\nSubject: Your message\n\nHello. You"
    letter.set_content(outlook)
    assert text_of(letter.as_bytes()) == "yes"


def test_winmail_and_invitations_are_files_that_came() -> None:
    letter = mail("see")
    letter.add_attachment(b"\x78\x9f\x3e\x22", "application", "ms-tnef", filename="winmail.dat")
    letter.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    letter.add_attachment("BEGIN:VCARD", subtype="x-vcard", filename="a.vcf")
    kinds = [one.kind for one in mime.read(letter.as_bytes()).media]
    assert kinds == ["document", "document", "contact"]


def test_no_header_breaks_out_of_its_line() -> None:
    letter = raw(
        b"hi",
        "Message-ID: =?utf-8?q?a=0D=0ABcc=3A_x=40y=2Eexample?=",
        "Subject: =?utf-8?b?eA0KQmNjOiB4QHkuZXhhbXBsZQ==?=",
    )
    found = mime.read(letter)
    assert not [words for words in (found.message_id, *found.told.values()) if "\n" in words]


def test_eight_bit_headers_are_read_as_what_they_are() -> None:
    letter = raw(b"hi").replace(b"From: ", b"From: \xe0\xa4\x86\xe0\xa4\xb6\xe0\xa4\xbe <") + b""
    letter = letter.replace(b"example\r\n", b"example>\r\n", 1)
    assert mime.read(letter).name == "आशा"


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff\xfe\x00" * 100,
        b"From: nobody\r\n\r\nhi",
        b"From: undisclosed-recipients:;\r\n\r\nhi",
        b"Subject: no sender\r\n\r\nhi",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 5000,
    ],
    ids=["nothing", "noise", "bad address", "nobody", "no sender", "hollow"],
)
def test_g7_what_cannot_be_read_is_a_dead_letter_at_once_with_what_can_be_told(
    desk: Desk, octets: bytes
) -> None:
    assert send(octets) == "250 OK"
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "no_sender")
    told = Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed or b"")))
    assert told.extra["size"] == str(len(octets))
    assert told.text == ("hi" if octets.endswith(b"hi") else "")
    send(mail())
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]  # the next one is not delayed


def test_words_that_stand_in_the_subject_only_are_not_lost() -> None:
    head = (
        b"From: asha@young.example\r\nMessage-ID: <s1@young.example>\r\nTo: hello@helpline.example"
    )
    assert "help me please" in mime.read(head + b"\r\nSubject: help me please\r\n\r\n").text
    grave = mime.read(head + b"\r\nSubject: i want to die\r\n\r\nplease answer\r\n").text
    assert grave.startswith("i want to die")
    plain = mime.read(head + b"\r\nSubject: hello\r\n\r\nplease answer\r\n").text
    assert plain == "please answer"
