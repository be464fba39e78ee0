"""A colleague's own telephone: set by themselves, sealed, and never shown again."""

import logging

import pytest
from django.test import Client

from accounts import telephones
from accounts.models import Telephone, User
from privacy import crypto

NUMBER = "+919812345678"


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("+91 98123 45678", NUMBER),
        ("0091-98123-45678", NUMBER),
        ("098123 45678", NUMBER),
        ("9812345678", NUMBER),
        ("९८१२३४५६७८", NUMBER),
        ("+٩١٩٨١٢٣٤٥٦٧٨", NUMBER),
        ("+44 (20) 7946.0142", "+442079460142"),
    ],
)
def test_a_number_is_understood_however_it_is_written(written: str, dialled: str) -> None:
    assert telephones.e164(written) == dialled


@pytest.mark.parametrize("written", ["", "112x", "+0123456789", "hello", "+9", "1" * 40, "+"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a telephone"):
        telephones.e164(written)


def test_amina_sets_her_number_and_sees_only_its_last_digits(client: Client, amina: User) -> None:
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    answer = client.post("/me/telephone/", {"number": "098123 45678", "takes_calls": "on"})
    assert answer.status_code == 302
    page = client.get("/me/").content.decode()
    assert "78</bdi>" in page
    assert "98123" not in page
    assert "12345" not in client.get("/me/telephone/").content.decode()
    assert telephones.number_of(amina) == NUMBER
    assert NUMBER not in str(Telephone.objects.values())


def test_a_slip_is_told_and_changes_nothing(client: Client, amina: User) -> None:
    telephones.set_number(amina, number=NUMBER, takes_calls=True, by=amina)
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    answer = client.post("/me/telephone/", {"number": "12", "takes_calls": "on"})
    assert answer.status_code == 422
    assert telephones.number_of(amina) == NUMBER


def test_she_switches_calls_off_and_has_it_forgotten(client: Client, amina: User) -> None:
    telephones.set_number(amina, number=NUMBER, takes_calls=True, by=amina)
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    client.post("/me/telephone/", {"number": ""})
    assert telephones.number_of(amina) == NUMBER
    assert not Telephone.objects.get(user=amina).takes_calls
    client.post("/me/telephone/", {"number": "", "forget": "on"})
    assert telephones.number_of(amina) is None


def test_a_number_opens_only_in_its_own_row(amina: User, ben: User) -> None:
    telephones.set_number(amina, number=NUMBER, takes_calls=True, by=amina)
    row = Telephone.objects.get(user=amina)
    Telephone.objects.create(user=ben, wrapped=row.wrapped)
    with pytest.raises(crypto.CannotOpen):
        telephones.number_of(ben)


def test_the_number_is_in_no_log(amina: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        telephones.set_number(amina, number=NUMBER, takes_calls=True, by=amina)
        telephones.masked(amina)
    assert NUMBER not in caplog.text
    assert NUMBER not in repr(Telephone.objects.get(user=amina).__dict__.get("number", ""))
