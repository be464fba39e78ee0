"""Our pages send no referrer, and their forms still arrive; forms of other pages do not."""

import re

import pytest
from django.test import Client


def send(client: Client, **headers: str) -> int:
    page = client.get("/accounts/login/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    told = {
        "login": "nobody@helpline.example",
        "password": "wrong",
        "csrfmiddlewaretoken": token[1],
    }
    return client.post("/accounts/login/", told, headers=headers).status_code


@pytest.mark.django_db
def test_a_form_of_our_own_page_arrives_without_an_origin() -> None:
    client = Client(enforce_csrf_checks=True)
    assert send(client, Origin="null", **{"Sec-Fetch-Site": "same-origin"}) == 200


@pytest.mark.django_db
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_form_of_another_page_does_not(site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert send(client, Origin="null", **{"Sec-Fetch-Site": site}) == 403
    assert send(client, Origin="https://elsewhere.example", **{"Sec-Fetch-Site": site}) == 403


@pytest.mark.django_db
def test_without_the_token_nothing_arrives() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(
        "/accounts/login/", {}, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 403
