"""A place is written one way, noted once, and opened to the takedown officers and nobody else."""

import pytest

from accounts.models import Team, User
from cases.models import Case
from privacy.access import NotAllowed, acting, capacities
from privacy.fields import unseal
from privacy.models import AuditEvent
from privacy.services import NotPossible
from takedowns import services
from takedowns.locators import NotALocator, read
from takedowns.models import Platform, ReportedContent
from tests import people
from tests.takedowns.conftest import CANARY, LINK


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            "  HTTPS://WWW.Instagram.com/p/AbC/?igsh=x1&utm_source=a ",
            "https://www.instagram.com/p/AbC/",
        ),
        ("hxxps://example[.]org/a b".replace(" ", ""), "https://example.org/ab"),
        ("example.org", "https://example.org/"),
        ("http://user:secret@example.org:80/a", "http://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://example.org/a?b=2&fbclid=zz&a=1", "https://example.org/a?b=2&a=1"),
        ("https://youtu.be/abc?si=tracker&t=10", "https://youtu.be/abc?t=10"),
        ("https://mega.nz/file/x#key", "https://mega.nz/file/x#key"),
        ("https://example.org/a#:~:text=word", "https://example.org/a"),
        ("https://exam\u200bple.org/\u202ea", "https://example.org/a"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
    ],
)
def test_a_link_is_kept_without_what_tells_who_shared_it(given: str, kept: str) -> None:
    assert read("url", given).text == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.facebook.com/x/", "http://www.facebook.com/x"),
        ("https://twitter.com/a/status/1?s=20", "https://x.com/a/status/1"),
        ("https://youtu.be/abc", "https://www.youtube.com/watch?v=abc&feature=share"),
        ("https://example.org/a?x=1&y=2", "https://example.org/a?y=2&x=1"),
    ],
)
def test_the_same_place_by_two_addresses_compares_equal(one: str, other: str) -> None:
    assert read("url", one).normal == read("url", other).normal


def test_two_pictures_are_two_places() -> None:
    assert read("url", "https://x.com/a").normal != read("url", "https://x.com/A").normal


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("url", "  ", "empty"),
        ("url", "javascript:alert(1)", "not_a_link"),
        ("url", "ftp://example.org/a", "not_a_link"),
        ("url", "https://exa mple.org", "not_a_link"),
        ("url", "https://localhost", "not_a_link"),
        ("url", "https://example.org:99999/", "not_a_link"),
        ("url", "https://example.org/" + "a" * 2000, "too_long"),
        ("account", "<b>", "not_an_account"),
        ("hash", "abc", "not_a_hash"),
        ("hash", "z" * 64, "not_a_hash"),
    ],
)
def test_what_is_no_place_is_refused_by_a_code(kind: str, given: str, code: str) -> None:
    with pytest.raises(NotALocator) as refusal:
        read(kind, given)
    assert str(refusal.value) == code


def test_an_account_and_a_fingerprint_have_one_form() -> None:
    assert read("account", "@Some.One").normal == read("account", "some.one").normal
    assert read("hash", "AB" * 32).text == "ab" * 32


def test_amina_notes_a_place_and_its_platform_is_recognised(place: ReportedContent) -> None:
    assert place.platform is not None
    assert place.platform.code == "instagram"
    with acting(part="takedowns"):
        assert unseal(place, "locator") == LINK


def test_the_same_place_is_noted_once_a_case(
    case: Case, place: ReportedContent, amina: User
) -> None:
    with acting(user=amina):
        again = services.report_content(
            case, kind="url", locator=f"http://instagram.com/p/{CANARY}?igsh=1", by=amina
        )
        assert again.pk == place.pk
        assert ReportedContent.objects.count() == 1


def test_the_same_name_on_two_platforms_is_two_accounts(case: Case, amina: User) -> None:
    with acting(user=amina):
        for code in ("telegram", "snapchat"):
            services.report_content(
                case,
                kind="account",
                locator="@same",
                platform=Platform.objects.get(code=code),
                by=amina,
            )
        assert ReportedContent.objects.count() == 2


def test_a_place_opens_to_the_officers_of_the_team_only(
    case: Case, place: ReportedContent, tariq: User, ben: User, rana: User
) -> None:
    elsewhere = people.make_person("zoe", people.make_team("South"), role="takedown_officer")
    with acting(part="takedowns"):
        held = {
            user.name: capacities(user, [case.folder_id])[case.folder_id]
            for user in (tariq, ben, rana, elsewhere)
        }
    assert held == {
        "Tariq": frozenset({"takedown"}),
        "Ben": frozenset(),
        "Rana": frozenset(),
        "Zoe": frozenset(),
    }


def test_tariq_notes_a_place_too(case: Case, place: ReportedContent, tariq: User) -> None:
    with acting(user=tariq):
        services.report_content(case, kind="url", locator="https://t.me/x/1", by=tariq)
        assert ReportedContent.objects.count() == 2


@pytest.mark.parametrize("name", ["ben", "sofia", "rana", "anil", "adil", "aude", "lea"])
def test_nobody_else_may(case: Case, team: Team, name: str) -> None:
    person = people.make_person(name, team)
    with acting(user=person), pytest.raises(NotAllowed):
        services.report_content(case, kind="url", locator=LINK, by=person)


def test_a_refusal_never_repeats_what_was_given(case: Case, amina: User) -> None:
    with acting(user=amina), pytest.raises(NotPossible) as refusal:
        services.report_content(case, kind="url", locator=f"{CANARY} no link", by=amina)
    assert CANARY not in str(refusal.value)


def test_codes_that_nobody_knows_are_refused(case: Case, amina: User) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        services.report_content(case, kind="url", locator=LINK, medium="film", by=amina)
    with acting(user=amina), pytest.raises(NotPossible):
        services.report_content(case, kind="rumour", locator=LINK, by=amina)


def test_the_place_stands_nowhere_in_the_clear(place: ReportedContent) -> None:
    with acting(part="takedowns"):
        row = ReportedContent.objects.filter(pk=place.pk).values().get()
    assert CANARY not in str(row)
    assert CANARY not in str(list(AuditEvent.objects.values()))


def test_after_closing_nothing_is_added(case: Case, amina: User) -> None:
    case.status = Case.Status.CLOSED
    with acting(user=amina), pytest.raises(NotPossible):
        services.report_content(case, kind="url", locator=LINK, by=amina)
