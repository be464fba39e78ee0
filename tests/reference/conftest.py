"""A case to hang clocks on."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from privacy.access import acting
from privacy.models import Folder
from reference.services import About
from reference.vocabulary import Subject


@pytest.fixture
def desk(db: None) -> Iterator[None]:
    """The machine part that may write clocks is at work."""
    with acting(part="triage"):
        yield


@pytest.fixture
def case(desk: None) -> Folder:
    """One young person's case."""
    with acting(part="filing"):
        return Folder.objects.create(kind=Folder.Kind.CASE)


@pytest.fixture
def takedown() -> About:
    """A request to a platform."""
    return About(Subject.TAKEDOWN, uuid4())


@pytest.fixture
def conversation() -> About:
    """A young person on WhatsApp."""
    return About(Subject.CONVERSATION, uuid4())
