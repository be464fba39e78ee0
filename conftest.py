"""Gives the tests their real servers and databases."""

import os

import django
import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from helpline import embedded

# The outside world (Twilio, IWF, mail, telephones), and a running desk of real processes.
pytest_plugins = ["tests.counterparts", "tests.processes"]

# Before Django reads its settings: the owner's role, whose rows are walled off like anyone's.
os.environ["AMAAN_PROCESS"] = "owner"
os.environ.setdefault("PRACTICE", "1")
os.environ.update(embedded.ensure())
# Named here and not in pyproject.toml: pytest-django would read the settings before this file.
os.environ["DJANGO_SETTINGS_MODULE"] = "helpline.settings"
django.setup()
call_command("compile_translations")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """After the migrations, the wall: policies and rights, as a real installation has them."""
    from privacy import purposes, wall  # noqa: PLC0415 (needs the settings)

    with django_db_blocker.unblock():
        wall.build()
        _let_tests_empty_the_record()
        purposes.publish_intake_key()


def _let_tests_empty_the_record() -> None:
    """Django empties tables between tests by TRUNCATE; test_d3_… switches the refusal on again."""
    from django.db import connection  # noqa: PLC0415 (needs the settings)

    with connection.cursor() as cursor:
        for table in ("privacy_auditevent", "privacy_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER never_emptied")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test that touches the database both of them: keys live in their own."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            facts = {**(marker.kwargs if marker else {}), "databases": ["default", "keys"]}
            if "transactional_db" in getattr(item, "fixturenames", ()):
                facts["transaction"] = True
            if facts.get("transaction"):
                facts["serialized_rollback"] = True  # the seeds of the migrations come back
            item.add_marker(pytest.mark.django_db(**facts), append=False)
