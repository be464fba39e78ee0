"""Keys that cannot be phished: who needs one, and that one without its owner opens nothing."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import Team, User
from tests import people
from tests.accounts.conftest import PASSWORD, enrol_app, give_code, give_password, is_inside
from tests.accounts.softkey import PRESENT, SoftKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real")]


def enrolled(user: User) -> tuple[Client, SoftKey]:
    """A browser in which a person has set up a key."""
    client, key = Client(), SoftKey()
    give_password(client, user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert key.enrol(client).status_code == 302
    return client, key


def test_a2_password_and_key_open_the_desk(sofia: User) -> None:
    _client, key = enrolled(sofia)
    client = Client()
    give_password(client, sofia)
    assert not is_inside(client)
    assert key.sign_in(client).status_code == 302
    assert is_inside(client)


def test_a2_a_key_whose_owner_was_not_verified_opens_nothing(sofia: User) -> None:
    _client, key = enrolled(sofia)
    key.flags = PRESENT  # somebody touched it, whoever that was
    client = Client()
    give_password(client, sofia)
    key.sign_in(client)
    assert not is_inside(client)


def test_a2_a_key_whose_owner_was_not_verified_is_not_enrolled(sofia: User) -> None:
    client = Client()
    give_password(client, sofia)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    SoftKey(flags=PRESENT).enrol(client)
    assert not Authenticator.objects.filter(user=sofia).exists()


@pytest.mark.parametrize(
    "role", ["supervisor", "on_call", "safeguarding_lead", "auditor", "administrator"]
)
def test_a2_who_reviews_reads_the_record_or_configures_needs_a_key(role: str, team: Team) -> None:
    person = people.make_person("noor", team, role=role, password=PASSWORD)
    client = Client()
    give_password(client, person)
    enrol_app(client)
    for path in ("/", "/me/", "/duties/", "/setup/"):
        assert client.get(path).headers["Location"] == reverse("mfa_add_webauthn")
    assert client.get("/api/cases/").status_code == 403


def test_a2_a_role_that_needs_a_key_asks_for_it_at_the_next_request(
    amina: User, team: Team
) -> None:
    client = Client()
    give_password(client, amina)
    enrol_app(client)
    assert is_inside(client)
    services.give_duty(amina, team=team, role="on_call", by=None)
    assert client.get("/").headers["Location"] == reverse("mfa_add_webauthn")


def test_a7_a_new_factor_ends_the_other_sessions_and_is_told(sofia: User) -> None:
    client, key = enrolled(sofia)
    other = Client()
    give_password(other, sofia)
    key.sign_in(other)
    assert is_inside(other)
    mail.outbox.clear()
    assert key.show_again(client).status_code == 302
    assert SoftKey().enrol(client).status_code == 302
    assert not is_inside(other)
    assert is_inside(client)
    assert [letter.to for letter in mail.outbox] == [[sofia.email]]


def test_a7_a_factor_is_changed_only_after_showing_one_within_five_minutes(sofia: User) -> None:
    client, _key = enrolled(sofia)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    own = Authenticator.objects.get(user=sofia, type="webauthn")
    for name, keys in (
        ("mfa_add_webauthn", {}),
        ("mfa_activate_totp", {}),
        ("mfa_generate_recovery_codes", {}),
        ("mfa_remove_webauthn", {"pk": own.pk}),
        ("account_change_password", {}),
    ):
        for ask in (client.get, client.post):
            answer = ask(reverse(name, kwargs=keys))
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))
    assert Authenticator.objects.filter(user=sofia, type="webauthn").count() == 1


def test_a7_who_has_a_factor_cannot_prove_themselves_by_password(sofia: User, amina: User) -> None:
    with_key, _key = enrolled(sofia)
    with_app = Client()
    give_password(with_app, amina)
    enrol_app(with_app)
    for client, way in (
        (with_key, "mfa_reauthenticate_webauthn"),
        (with_app, "mfa_reauthenticate"),
    ):
        answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert answer.headers["Location"] == reverse(way)


def test_a5_wrong_codes_are_counted_over_all_processes_and_told(amina: User) -> None:
    from django.core.cache import cache  # noqa: PLC0415

    from accounts import tasks  # noqa: PLC0415

    first = Client()
    give_password(first, amina)
    app = enrol_app(first)
    for _turn in range(5):
        stranger = Client(REMOTE_ADDR="198.51.100.7")
        give_password(stranger, amina)
        give_code(stranger, "000000")
        cache.clear()  # as another process sees it, or the same one after a restart
    give_code(stranger, app.code())
    assert not is_inside(stranger)
    mail.outbox.clear()
    tasks.tell_owners()
    assert "knows your password" in mail.outbox[0].body
    at_the_desk = Client()
    give_password(at_the_desk, amina)
    give_code(at_the_desk, app.code())
    assert is_inside(at_the_desk)
