"""What one web process counted, another knows, and after a restart too: real processes."""

import re

import httpx
import pytest

from tests.processes import Desk

pytestmark = pytest.mark.faults

WHO = "omar@helpline.example"


def give(url: str, password: str) -> int:
    """What a web process answers to an address and a password from a browser nobody knows."""
    with httpx.Client(base_url=url) as browser:
        page = browser.get("/accounts/login/").text
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1]
        told = {"csrfmiddlewaretoken": token, "login": WHO, "password": password}
        headers = {"Origin": url}
        return browser.post("/accounts/login/", data=told, headers=headers).status_code


def test_a5_two_web_processes_count_together_and_a_restart_forgets_nothing(
    real_desk: Desk,
) -> None:
    with real_desk.database() as database:
        database.execute("DELETE FROM accounts_wrongtry")
        database.execute("DELETE FROM accounts_familiar")
    real_desk.start("web 2")
    try:
        for turn in range(5):
            url = real_desk.second_url if turn % 2 else real_desk.web_url
            assert give(url, "not the password of anybody") == 200
        assert give(real_desk.second_url, real_desk.password) == 429
        assert give(real_desk.web_url, real_desk.password) == 429
        real_desk.broker().flushall()
        real_desk.kill("web 2")
        real_desk.start("web 2")
        assert give(real_desk.second_url, real_desk.password) == 429
        with real_desk.database() as database:
            database.execute("UPDATE accounts_wrongtry SET at = at - interval '16 minutes'")
        assert give(real_desk.second_url, real_desk.password) == 302
    finally:
        real_desk.kill("web 2")
