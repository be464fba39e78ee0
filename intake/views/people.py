"""What intake's staff pages begin with: who asks."""

from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("staff pages are for people who signed in")
    return user
