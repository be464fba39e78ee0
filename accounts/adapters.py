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
    """Accounts are made by an administrator; wrong passwords are counted in `guessing`."""

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
        """Who has to wait is told so, before any password is looked at."""
        if guessing.is_slowed(request, str(credentials.get("email", "")), guessing.What.PASSWORD):
            raise ImmediateHttpResponse(render(request, "account/locked.html", status=429))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who the address and the password belong to; wrong ones are counted, right ones forgive.

        Allauth's own counts are left out: they are kept by a process, and close an account to its
        owner too.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            name = str(credentials.get("email", ""))
            guessing.forgive(request, name, guessing.What.PASSWORD)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The same work whether anybody has the address or not."""
        guessing.note_wrong(request, str(credentials.get("email", "")), guessing.What.PASSWORD)
        audit.record("sign_in_failed", subject="user")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a factor shows it, the key before the code: a password alone proves little."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_factor = [one for one in methods if one["id"] != "reauthenticate"]
        with_key = [one for one in by_factor if one["id"] == "mfa_reauthenticate:webauthn"]
        if with_key and needs_key(user):
            return with_key
        return with_key + [one for one in by_factor if one not in with_key] or methods

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Signed in, with whatever factor was asked for."""
        audit.record("signed_in", subject="user", subject_id=user.pk)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def logout(self, request: HttpRequest) -> None:
        audit.record("signed_out", subject="user", subject_id=request.user.pk)
        super().logout(request)

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
