"""The cast, as fixtures."""

import pytest

from accounts.models import Team, User
from tests import people


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever needs the running desk has the machine for itself: `script/test` runs those last."""
    for item in items:
        if "real_desk" in getattr(item, "fixturenames", ()):
            item.add_marker("desk")


@pytest.fixture
def team(db: None) -> Team:
    return people.make_team()


@pytest.fixture
def amina(team: Team) -> User:
    """Counsels; in the tests the case is hers."""
    return people.make_person("amina", team)


@pytest.fixture
def ben(team: Team) -> User:
    """Counsels too, and the case is not his."""
    return people.make_person("ben", team)


@pytest.fixture
def sofia(team: Team) -> User:
    """Supervises the team."""
    return people.make_person("sofia", team)


@pytest.fixture
def tariq(team: Team) -> User:
    """Takes content down."""
    return people.make_person("tariq", team)


@pytest.fixture
def rana(team: Team) -> User:
    """Arranges help outside."""
    return people.make_person("rana", team)


@pytest.fixture
def anil(team: Team) -> User:
    """Reads figures."""
    return people.make_person("anil", team)


@pytest.fixture
def adil(team: Team) -> User:
    """Configures, and opens no case."""
    return people.make_person("adil", team)


@pytest.fixture
def aude(team: Team) -> User:
    """Audits."""
    return people.make_person("aude", team)


@pytest.fixture
def lea(team: Team) -> User:
    """Leads safeguarding."""
    return people.make_person("lea", team)
