"""A case of amina's, and her colleagues at their browsers."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from tests import people


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Amina's case: the reporter said one thing."""
    return people.case_of(amina, team=team, text="he wants money by eight")


@pytest.fixture
def at_desk() -> Callable[[User], Client]:
    """Somebody at their browser, signed in."""

    def sit_down(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sit_down


@pytest.fixture
def browser(amina: User, at_desk: Callable[[User], Client]) -> Client:
    """Amina's browser."""
    return at_desk(amina)


def grow_stale(browser: Client) -> None:
    """Their second factor was shown an hour ago; the session is alive."""
    session = browser.session
    session["signed_in_at"] = int(time.time()) - 3600
    session.save()
