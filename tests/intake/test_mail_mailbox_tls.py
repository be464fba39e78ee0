"""The line to the mailbox is sealed, and only to the server whose name it bears."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from intake.channels.imap import mailbox
from tests.dovecot import PASSWORD, USER, Dovecot, remove_dovecot, start_dovecot

YEAR = datetime.timedelta(days=365)


def certificate(folder: Path) -> Path:
    """A certificate and its key for this machine, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - YEAR)
        .not_valid_after(now + YEAR)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    told = serialization.Encoding.PEM
    secret = key.private_bytes(
        told, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "mailbox.pem"
    file.write_bytes(made.public_bytes(told) + secret)
    return file


@pytest.fixture(params=["tls", "starttls"])
def sealed(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[tuple[Dovecot, Path]]:
    """A mailbox that speaks TLS, from the first octet or after STARTTLS; and its certificate."""
    file = certificate(tmp_path)
    server = start_dovecot(certificate=file)
    settings.IMAP_HOST, settings.IMAP_TLS = "127.0.0.1", request.param
    settings.IMAP_PORT = server.sealed_port if request.param == "tls" else server.port
    settings.IMAP_USER, settings.IMAP_PASSWORD = USER, PASSWORD
    yield server, file
    remove_dovecot(server)


def test_a_server_that_nobody_vouches_for_hears_no_password(
    sealed: tuple[Dovecot, Path],
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError), mailbox():
        pass
    assert "Login" not in sealed[0].log()


def test_a_server_that_is_vouched_for_is_spoken_with_under_seal(
    sealed: tuple[Dovecot, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(sealed[1]))
    with mailbox() as box:
        box.select("INBOX")
        assert box.waiting() == []
    assert "TLS" in sealed[0].log()
