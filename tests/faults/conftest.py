"""How fault tests tell what they measured."""

from collections.abc import Callable

import pytest

from tests.faults import figures
from tests.faults.judging import Report


@pytest.fixture
def report(
    record_testsuite_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> Report:
    """Tells a figure to whoever reads the results, and to the file of figures."""

    def tell(name: str, value: object) -> None:
        record_testsuite_property(name, value)
        figures.note("told", test=request.node.name, name=name, value=str(value))

    return tell
