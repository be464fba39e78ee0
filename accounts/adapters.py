"""How django-allauth behaves here: nobody signs up by themselves, and seeds are sealed at rest."""

import base64
import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import guessing
from accounts.access import needs_key
from accounts.backends import PasswordBackend
from accounts.models import User
from privacy import audit, crypto

PLACE = b"second factor"
_log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; wrong passwords are counted by axes alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Who gave the right password and may still not enter learns no more than that."""
        if not PasswordBackend().user_can_authenticate(user):
            inactive: HttpResponse = self.respond_user_inactive(request, user)
            return inactive
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Allauth's own count is per account, so a stranger could keep a colleague out with it."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down changes no answer: it would tell known addresses apart."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            _log.error("a mail about an account could not be sent")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of second factors are encrypted under the master key."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypto.wrap(text.encode(), PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.unwrap(base64.b64decode(encrypted_text), PLACE).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Amaan"}
