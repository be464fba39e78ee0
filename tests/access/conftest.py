"""The world of the walks, made once for a file."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.access import world
from tests.access.world import World


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all walks, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic(using="keys"):
        yield world.make()
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
