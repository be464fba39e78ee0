"""What passes by itself is answered "come again" at once; a mistake of ours is 500."""

import time

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from accounts.models import User
from tests import people


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_come_again_soon(
    fault: type[Exception], sofia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)

    def away(*_: object, **__: object) -> None:
        raise fault("host 10.0.0.7 said something")

    monkeypatch.setattr("insight.board.teams", away)
    client.force_login(sofia)
    answer = client.get("/team/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "10.0.0.7" not in answer.content.decode()


@pytest.mark.django_db
def test_a_mistake_of_ours_stays_one(sofia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    monkeypatch.setattr("insight.board.teams", None)
    client.force_login(sofia)
    answer = client.get("/team/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer


@pytest.mark.django_db(transaction=True)
def test_f10_who_waits_for_a_row_that_somebody_holds_is_told_so_in_time(amina: User) -> None:
    case = people.case_of(amina, team=amina.duties.get().team)
    client = Client(raise_request_exception=False)
    client.force_login(amina)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")  # as every web process has it
    told = connection.get_connection_params()
    with psycopg.connect(
        host=told["host"],
        port=told["port"],
        user=told["user"],
        password=told["password"],
        dbname=told["dbname"],
    ) as other:
        other.execute("SELECT set_config('amaan.part', 'assignment', false)")
        held = other.execute("SELECT 1 FROM cases_case FOR UPDATE").fetchall()
        assert len(held) == 1
        began = time.monotonic()
        answer = client.post(
            f"/cases/{case.pk}/aside/", {"purpose": "danger", "words": "he is at the door"}
        )
        took = time.monotonic() - began
    assert answer.status_code == 503
    assert 1.5 < took < 4
