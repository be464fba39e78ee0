"""The platforms and routes we ship: usable, unverified, without a guessed address."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from reference.models import ClockRule
from takedowns.connectors import CONNECTORS
from takedowns.locators import read, serves
from takedowns.models import Platform, Route

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://www.instagram.com/p/1", "instagram"),
        ("https://m.facebook.com/1", "facebook"),
        ("https://youtu.be/1", "youtube"),
        ("https://mobile.twitter.com/1", "x"),
        ("https://t.me/1", "telegram"),
        ("https://www.google.com/search?q=1", "google-search"),
        ("https://drive.google.com/file/1", "google-drive"),
        ("https://notinstagram.com/1", None),
        ("https://instagram.com.example.org/1", None),
    ],
)
def test_a_platform_is_known_by_its_hosts_only(address: str, code: str | None) -> None:
    host = read("url", address).host
    found = [row.code for row in Platform.objects.all() if any(serves(host, m) for m in row.hosts)]
    assert found == ([code] if code else [])


def test_every_route_has_a_connector_and_a_clock_that_exists() -> None:
    clocks = set(ClockRule.objects.values_list("code", flat=True))
    for route in Route.objects.all():
        assert route.connector in CONNECTORS
        assert not route.clock_code or route.clock_code in clocks
        assert len(route.code) <= 40  # it is a dimension of figures


def test_nothing_is_verified_and_no_mail_address_is_guessed() -> None:
    assert not Route.objects.filter(verified_on__isnull=False).exists()
    assert not Route.objects.filter(address__contains="@").exists()


def test_only_what_names_nobody_goes_without_consent() -> None:
    free = set(Route.objects.filter(needs_consent=False).values_list("code", flat=True))
    assert free == {"iwf-url", "ncmec-take-it-down", "stopncii"}


def test_encrypted_places_are_marked() -> None:
    marked = set(Platform.objects.filter(encrypted=True).values_list("code", flat=True))
    assert {"whatsapp", "snapchat"} <= marked


def test_the_directory_can_be_taken_out_and_put_in_again() -> None:
    migration = import_module("takedowns.migrations.0002_directory")
    own = Platform.objects.create(code="ours", name="Ours")
    before = set(Route.objects.values_list("code", flat=True))
    with connection.schema_editor() as editor:
        migration.unload(apps, editor)
        assert list(Platform.objects.all()) == [own]
        migration.load(apps, editor)
    assert set(Route.objects.values_list("code", flat=True)) == before
