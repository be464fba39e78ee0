"""Gives the tests their real servers and databases."""

import os
from importlib.util import find_spec

import pytest

from helpline import embedded

pytest_plugins = ["tests.counterparts"]  # the outside world: Twilio, IWF, mail, telephones

# Before Django reads its settings: the owner's role, whose rows are walled off like anyone's.
os.environ["AMAAN_PROCESS"] = "owner"
os.environ.setdefault("PRACTICE", "1")
os.environ.update(embedded.ensure())
# Named here and not in pyproject.toml: pytest-django would read the settings before this file.
os.environ["DJANGO_SETTINGS_MODULE"] = "helpline.settings"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """After the migrations, the wall: policies and rights, as a real installation has them."""
    if find_spec("privacy.wall"):
        from privacy import wall  # noqa: PLC0415

        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            wall.build()
