"""Nothing starts that has not said what it may do, and for whom."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.checks import run_checks
from django.core.management import get_commands
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from helpline import declared, urls
from helpline.celery import app


def _found() -> set[str]:
    """What the start-up checks say about declarations."""
    return {
        str(one.id)
        for one in run_checks()
        if str(one.id).startswith("helpline.E02") and " tests." not in one.msg  # tests' own tasks
    }


def _page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("words")


@pytest.fixture
def more_addresses(settings: Any) -> list[Any]:
    """The service's addresses, to which a test may add one."""
    patterns = list(urls.urlpatterns)
    holder: Any = type("addresses", (), {"urlpatterns": patterns})
    settings.ROOT_URLCONF = holder
    return patterns


def test_c6_everything_of_ours_is_declared() -> None:
    assert _found() == set()


def test_c6_a_view_without_a_declared_policy_stops_the_start(more_addresses: list[Any]) -> None:
    more_addresses.append(path("new/", _page, name="new"))
    assert "helpline.E020" in _found()


def test_c6_a_page_declared_for_colleagues_may_not_be_open_to_anybody(
    more_addresses: list[Any],
) -> None:
    opened = [one for one in more_addresses if getattr(one, "name", "") != "schema"]
    more_addresses[:] = [*opened, path("me/", login_not_required(_page), name="accounts:me")]
    assert "helpline.E021" in _found()


def test_c6_a_task_without_a_declared_policy_stops_the_start() -> None:
    @app.task(name="cases.tasks.new_work")
    def new_work() -> None: ...

    try:
        assert _found() == {"helpline.E022"}
    finally:
        app.tasks.pop("cases.tasks.new_work")


def test_c6_a_command_without_a_declared_policy_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    more = get_commands() | {"open_everything": "cases"}
    monkeypatch.setattr(declared, "get_commands", lambda: more)
    assert _found() == {"helpline.E023"}


def test_c6_nothing_is_declared_that_is_not_there() -> None:
    known = {name for name, _view in declared._walk(get_resolver().url_patterns, "")}
    exact = {name for name in declared.ADDRESSES if not name.endswith("*")}
    assert exact - known == set()
    assert declared.TASKS.keys() - app.tasks.keys() == set()
    assert declared.COMMANDS.keys() - get_commands().keys() == set()


@pytest.mark.parametrize("name", ["asgi.py", "wsgi.py"])
def test_c6_a_production_desk_asks_before_it_answers(name: str) -> None:
    """Django runs its checks for commands only: the servers ask by themselves."""
    text = Path(urls.__file__).with_name(name).read_text()
    assert 'call_command("check", deploy=True' in text
