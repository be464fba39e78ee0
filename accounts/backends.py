"""Who may sign in with a password, and under which name wrong ones are counted."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password of an active account; invented people never enter a real helpline."""

    def user_can_authenticate(self, user: User) -> bool:
        """Asked at sign-in and again at every request: switched off means out."""
        if settings.PRODUCTION and user.is_invented:
            return False
        return bool(super().user_can_authenticate(user))


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address under which wrong passwords are counted, whether anybody has it or not."""
    tried = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(tried).strip().lower()[:254]
