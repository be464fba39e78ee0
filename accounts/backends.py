"""Who may sign in with a password."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from accounts.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password of an active account; invented people never enter a real helpline."""

    def user_can_authenticate(self, user: User) -> bool:
        """Asked at sign-in and again at every request: switched off means out."""
        if settings.PRODUCTION and user.is_invented:
            return False
        return bool(super().user_can_authenticate(user))
