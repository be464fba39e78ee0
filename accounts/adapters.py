"""How django-allauth behaves here: nobody signs up by themselves, and seeds are sealed at rest."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from privacy import crypto

_PLACE = b"second factor"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class FactorAdapter(DefaultMFAAdapter):
    """Seeds of second factors are encrypted under the master key."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.wrap(text.encode(), _PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unwrap(base64.b64decode(encrypted_text), _PLACE).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Amaan"}
