"""A plugin of pytest's (`-p tests.mutants.outcomes`): writes down how each test ended."""

import json
import os
from pathlib import Path

import pytest

_ended: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """`failed` is the test's own; what breaks before or after it is an `error`."""
    if report.when == "call":
        _ended[report.nodeid] = "passed" if report.outcome == "skipped" else report.outcome
        if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
            _ended[report.nodeid] = "skipped"
    elif report.failed:
        _ended.setdefault(report.nodeid, "error")
    elif report.skipped:
        _ended[report.nodeid] = "skipped"


def pytest_sessionfinish() -> None:
    """Leave it where the runner looks."""
    Path(os.environ["MUTANTS_OUTCOMES"]).write_text(json.dumps(_ended))
