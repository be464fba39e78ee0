"""Mail made to hurt: each monster is built on demand, because some have fifty megabytes."""

import base64
import io
import zipfile
from collections.abc import Callable
from typing import Final

FROM: Final = b"From: asha@young.example\r\nMessage-ID: <monster@young.example>\r\n"
MB: Final = 1024 * 1024


def _deep() -> bytes:
    return FROM + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(10_000)
    )


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(50 * MB))
    return (
        FROM
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
        + b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(packed.getvalue())
        + b"\r\n--b--\r\n"
    )


def _parts() -> bytes:
    many = b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 50_000
    return FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + many + b"--b--\r\n"


def _html() -> bytes:
    body = b"<div><p" * 1_000_000 + b"<!--" * 500_000 + b"&#x" * 500_000 + b"<![CDATA[" * 100_000
    return FROM + b"Content-Type: text/html\r\n\r\n" + body


def _charset() -> bytes:
    words = b"+2AA- \\ud800 " + b"a" * 200_000 + b"-" + b"99a" * 200_000
    return FROM + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + words


def _quoted() -> bytes:
    lines = b"".join(b">" * (n % 40) + b" On Mon, 1 Jan 2026, x wrote:\r\n" for n in range(200_000))
    return FROM + b"\r\n" + lines


MONSTERS: Final[dict[str, Callable[[], bytes]]] = {
    "ten thousand deep": _deep,
    "fifty thousand parts": _parts,
    "a header of fifty megabytes": lambda: FROM + b"X: " + b"a" * (50 * MB) + b"\r\n\r\nhi",
    "fifty megabytes of headers": lambda: FROM + b"X-A: b\r\n" * (6 * MB) + b"\r\nhi",
    "a body of fifty megabytes": lambda: FROM + b"\r\n" + b"hello you\r\n" * (50 * MB // 11),
    "one line of fifty megabytes": lambda: FROM + b"\r\n" + b"a" * (50 * MB),
    "fifty megabytes of base64": lambda: (
        FROM + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"aGVsbG8g" * (50 * MB // 8)
    ),
    "broken base64": lambda: FROM + b"Content-Transfer-Encoding: base64\r\n\r\n=?*" * 1000,
    "quoted-printable": lambda: (
        FROM + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * (8 * MB)
    ),
    "nul octets": lambda: FROM + b"\r\n" + b"\0" * MB + b"hello",
    "a bomb in an archive": _bomb,
    "html without end": _html,
    "a charset that takes hours": _charset,
    "quotes of quotes": _quoted,
    "a character set nobody knows": lambda: (
        FROM + b"Content-Type: text/plain; charset=" + b"x" * 100_000 + b"\r\n\r\nhi"
    ),
    "a chain of references": lambda: (
        FROM + b"References: " + b"<a@b.example>\r\n " * 200_000 + b"\r\n\r\nhi"
    ),
    "dates of no calendar": lambda: FROM + b"Date: Foo, 99 Zzz 99999 99:99:99 +99999\r\n\r\nhi",
    "file names from right to left": lambda: (
        FROM
        + b"Content-Disposition: attachment; filename*=utf-8''%E2%80%AEgnp.exe\r\n"
        + b"Content-Type: application/x; name*0*=utf-8''%ff; name*99999999=x\r\n\r\nhi"
    ),
    "only boundaries": lambda: (
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--\n" * (16 * MB)
    ),
    "encoded words": lambda: (
        b"From: " + b"=?utf-8?q?a?= " * 100_000 + b"<asha@young.example>\r\n\r\nhi"
    ),
    "beginnings of pasted files": lambda: FROM + b"\r\n" + b"begin 644 x\n=ybegin \n" * 60_000,
    "a parameter of semicolons": lambda: (
        FROM + b'Content-Type: multipart/mixed; x="' + b";" * 120_000 + b"\r\n\r\nhi"
    ),
    "parameters of five thousand parts": lambda: (
        FROM
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b'--b\r\nContent-Type: text/plain; x="' + b";" * 4900 + b"\r\n\r\nhi\r\n") * 5000
    ),
    "comments without end": lambda: FROM + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 50_000,
    "tags without end": lambda: FROM + b"Content-Type: text/html\r\n\r\n" + b'<a b="' * 33_000,
    "a thousand addresses": lambda: (
        b"From: " + b'"(((\\"' * 100_000 + b"<asha@young.example>\r\n\r\nhi"
    ),
    "winmail": lambda: (
        FROM + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22"
    ),
}
