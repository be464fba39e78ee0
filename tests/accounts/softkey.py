"""A key (WebAuthn) in a few lines: what an authenticator answers, with its owner or without."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN: Final = "https://testserver"
_RP: Final = sha256(b"testserver").digest()
_ADD: Final = "mfa_add_webauthn"
_AGAIN: Final = "mfa_reauthenticate_webauthn"
_SIGN_IN: Final = "mfa_authenticate"
_FLAG: Final = AuthenticatorData.FLAG
PRESENT: Final = _FLAG.UP
VERIFIED: Final = _FLAG.UV  # its owner's finger or number was checked
_NEW: Final = _FLAG.AT


@dataclass
class SoftKey:
    """One key; `flags` says what it claims about who touched it."""

    flags: AuthenticatorData.FLAG = PRESENT | VERIFIED
    name: bytes = field(default_factory=lambda: os.urandom(16))
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def enrol(self, client: Client) -> HttpResponse:
        """Set it up for who is signed in, and has just proved to be there."""
        challenge = _options(client, reverse(_ADD), "creation_options")["challenge"]
        made = AttestedCredentialData.create(
            b"\0" * 16,
            self.name,
            ES256.from_cryptography_key(self.secret.public_key()),  # type: ignore[no-untyped-call]
        )
        about = AuthenticatorData.create(_RP, self.flags | _NEW, 0, made)
        told = {
            "clientDataJSON": websafe_encode(_said("webauthn.create", challenge)),
            "attestationObject": websafe_encode(AttestationObject.create("none", about, {})),
        }
        return self._post(client, reverse(_ADD), told)

    def sign_in(self, client: Client) -> HttpResponse:
        """Answer as the second factor, after the password."""
        return self._answer(client, reverse(_SIGN_IN))

    def show_again(self, client: Client) -> HttpResponse:
        """Answer in a session that is open or locked."""
        return self._answer(client, reverse(_AGAIN))

    def _answer(self, client: Client, url: str) -> HttpResponse:
        challenge = _options(client, url, "request_options")["challenge"]
        said = _said("webauthn.get", challenge)
        about = AuthenticatorData.create(_RP, self.flags, 1)
        signature = self.secret.sign(about + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        told = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(about),
            "signature": websafe_encode(signature),
        }
        return self._post(client, url, told)

    def _post(self, client: Client, url: str, told: dict[str, str]) -> HttpResponse:
        key = websafe_encode(self.name)
        credential = {"id": key, "rawId": key, "type": "public-key", "response": told}
        body = {"credential": json.dumps(credential), "name": "key"}
        return client.post(url, body)  # type: ignore[return-value]


def _options(client: Client, url: str, name: str) -> Any:
    page: Any = client.get(url, follow=True)
    return page.context["js_data"][name]["publicKey"]


def _said(kind: str, challenge: str) -> bytes:
    told = {"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(told).encode()
