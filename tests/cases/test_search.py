"""Search: by code, identifier, category and word; exactly what one may see, and nothing kept."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Team, User
from cases import services
from cases.models import Case
from cases.search import Found, Wanted, askable, search
from intake.models import Channel, Conversation, Message
from privacy import word_index
from privacy.access import NotAllowed, acting, grant, revoke
from privacy.models import AuditEvent, Folder
from privacy.policy import CAPACITIES
from privacy.services import NotPossible
from takedowns import services as takedowns
from tests import people

pytestmark = pytest.mark.django_db
Sit = Callable[[User], Client]

STORY = "He says he will post the video at school tomorrow"


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Amina's, in the index."""
    made = people.case_of(amina, team=team, text=STORY, risk="urgent", language="hi")
    read_all()
    return made


def read_all() -> None:
    """What the sweep does a moment after something was written."""
    with acting(part="indexing"):
        while word_index.index_due():
            pass


def found(user: User, **wanted: str) -> list[str]:
    """The codes of what this person finds."""
    with acting(user=user):
        return [case.code for case in search(Wanted(**wanted), by=user).cases]


def test_amina_finds_her_case_by_each_thing_it_is_known_by(
    case: Case, amina: User, team: Team
) -> None:
    people.case_of(amina, team=team, text="another story", language="en")
    read_all()
    with acting(user=amina):
        services.set_harms(case, codes=["sexual_extortion_money"], by=amina)
    for wanted in (
        {"code": case.code.lower()},
        {"words": "VIDEO school"},
        {"risk": "urgent"},
        {"language": "hi"},
        {"harm": "sexual_extortion_money"},
        {"words": "tomorrow", "channel": "whatsapp", "status": "open"},
    ):
        assert found(amina, **wanted) == [case.code], wanted


def test_every_word_must_be_there_in_whichever_text(case: Case, amina: User) -> None:
    with acting(user=amina):
        services.add_note(case, body="spoke about her brother", by=amina)
    read_all()
    assert found(amina, words="brother video") == [case.code]
    assert found(amina, words="brother sister") == []


def test_the_beginning_of_a_word_finds_nothing(case: Case, amina: User) -> None:
    assert found(amina, words="tomor") == []


def test_a_number_is_found_however_it_is_written(team: Team, amina: User) -> None:
    case = _case_by(amina, team, Channel.WHATSAPP, "+919812345678")
    for written in ("+91 98123 45678", "098123-45678", "0091 9812345678", "९८१२३४५६७८"):
        assert found(amina, identifier=written) == [case.code], written
    assert found(amina, identifier="+91 98123 45679") == []


def test_a_mail_address_is_found_in_whichever_letters(team: Team, amina: User) -> None:
    case = _case_by(amina, team, Channel.EMAIL, "someone@mail.example")
    assert found(amina, identifier=" Someone@Mail.example ") == [case.code]


def test_a_link_and_an_account_are_found_as_they_are_compared(
    case: Case, amina: User, tariq: User
) -> None:
    with acting(user=amina):
        for kind, text in (
            ("url", "https://www.a.example/p/1?utm_source=x"),
            ("account", "@So.So"),
        ):
            takedowns.report_content(case, kind=kind, locator=text, by=amina)
    for who in (amina, tariq):
        assert found(who, identifier="hxxps://a[.]example/p/1/") == [case.code]
        assert found(who, identifier="so.so") == [case.code]


def test_c1_what_is_found_is_what_is_listed_for_everybody(
    case: Case, team: Team, amina: User, ben: User, request: pytest.FixtureRequest
) -> None:
    names = ("sofia", "tariq", "rana", "lea", "amina", "ben")
    everybody: list[User] = [request.getfixturevalue(name) for name in names]
    people.case_of(ben, team=team, text=STORY)
    people.case_of(amina, team=people.make_team("South"), text=STORY)
    with acting(user=amina):
        takedowns.report_content(case, kind="url", locator="https://a.example/1", by=amina)
    known: dict[str, int] = {}
    for person in everybody:
        with acting(user=person):
            listed = set(Case.objects.visible_to(person).values_list("code", flat=True))
            by_status = search(Wanted(status="open"), by=person)
        assert {one.code for one in by_status.cases} == listed
        assert by_status.total == len(listed)
        known[person.email.split("@")[0]] = len(listed)
        for code in (case.code, "KA-NONE"):
            assert found(person, code=code) == ([code] if code in listed else [])
    assert known == {"sofia": 2, "tariq": 1, "rana": 0, "lea": 0, "amina": 2, "ben": 1}


def test_c1_a_case_that_is_hidden_revoked_or_not_ones_own_is_not_found(
    case: Case, amina: User, ben: User
) -> None:
    assert found(ben, words="video") == []
    with acting(part="forgetting"):
        Folder.objects.filter(pk=case.folder_id).update(hidden_at=case.opened_at)
    assert found(amina, words="video") == []
    with acting(part="forgetting"):
        Folder.objects.filter(pk=case.folder_id).update(hidden_at=None)
    assert found(amina, words="video") == [case.code]
    with acting(part="assignment"):
        revoke(case.folder_id, user=amina, by=None)
    assert found(amina, words="video") == []


def test_c4_tariq_cannot_learn_by_a_word_whether_it_is_in_the_story(
    case: Case, amina: User, tariq: User
) -> None:
    with acting(user=amina):
        takedowns.report_content(case, kind="url", locator="https://a.example/1", by=amina)
    assert found(tariq, code=case.code) == [case.code]
    for word in ("video", "nowhere"):
        with pytest.raises(NotAllowed):
            found(tariq, words=word)
        with pytest.raises(NotAllowed):
            found(tariq, code=case.code, words=word)
    assert AuditEvent.objects.filter(verb="refused", actor=str(tariq.pk)).count() == 4


def test_c4_a_word_is_found_by_a_supervisor_only_behind_broken_glass(
    case: Case, sofia: User
) -> None:
    assert found(sofia, status="open") == [case.code]
    assert found(sofia, words="video") == []
    with acting(part="assignment"):
        grant(Folder.objects.get(pk=case.folder_id), "break_glass", to=sofia, by=None)
    assert found(sofia, words="video") == [case.code]


def test_c4_by_words_each_capacity_finds_what_it_may_read(case: Case, ben: User) -> None:
    with acting(part="assignment"):
        folder = Folder.objects.get(pk=case.folder_id)
    found_as = {}
    for capacity in CAPACITIES:
        with acting(part="assignment"):
            grant(folder, capacity, to=ben, by=None)
        found_as[capacity] = bool(found(ben, words="video"))
        with acting(part="assignment"):
            revoke(folder.pk, user=ben, by=None)
    reads = {name for name, cells in CAPACITIES.items() if "r" in cells["narrative"]}
    assert {name for name, is_found in found_as.items() if is_found} == reads
    assert {"own", "cover", "break_glass", "consulted_talk"} <= reads
    assert not {"takedown", "supervise", "consulted", "referral"} & reads


FACTS = {"code", "status", "risk", "language", "channel", "harm"}


@pytest.mark.parametrize(
    ("name", "may_ask"),
    [
        ("amina", FACTS | {"identifier", "words"}),
        ("sofia", FACTS | {"identifier", "words"}),  # of cases whose glass is broken
        ("tariq", FACTS | {"identifier"}),
        ("rana", FACTS | {"identifier"}),
        ("lea", FACTS),
        ("anil", set()),
        ("adil", set()),
    ],
)
def test_c4_what_each_role_may_ask_follows_the_table(
    name: str, may_ask: set[str], request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(name)
    with acting(user=person):
        assert askable(person) == may_ask


def test_c1_a_message_moved_to_another_case_is_found_there_and_no_more_here(
    case: Case, amina: User, ben: User, team: Team
) -> None:
    other = people.case_of(ben, team=team)
    with acting(part="filing"):
        for message in Message.objects.filter(folder=case.folder_id):
            message.rewrap(other.folder_id)
            message.save(update_fields=["folder", "wrapped_key"])
    assert found(amina, words="video") == []  # at once, before the index was brought up to date
    assert found(ben, words="video") == []
    read_all()
    assert found(amina, words="video") == []
    assert found(ben, words="video") == [other.code]


def test_pages_are_whole_and_do_not_overlap(
    amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.search.PAGE_SIZE", 2)
    for _ in range(3):
        people.case_of(amina, team=team)
    with acting(user=amina):
        pages = [search(Wanted(status="open"), number=number, by=amina) for number in (1, 2, 99)]
    assert [len(page.cases) for page in pages] == [2, 1, 1]
    assert not _codes(pages[0]) & _codes(pages[1])
    assert _codes(pages[1]) == _codes(pages[2])


def test_words_that_are_everywhere_are_not_looked_for(case: Case, amina: User) -> None:
    for words in ("the and", "।", "a b c"):
        with pytest.raises(NotPossible):
            found(amina, words=words)


def test_d2_the_record_of_a_search_holds_no_word_of_it(case: Case, amina: User) -> None:
    found(amina, words="video tomorrow", code=case.code)
    event = AuditEvent.objects.get(verb="search")
    assert (event.classes, event.reason, event.subject) == ("narrative,operational", "one", "case")
    assert "video" not in str(vars(event))
    assert event.folder is None


def _codes(page: Found) -> set[str]:
    return {case.code for case in page.cases}


def _case_by(holder: User, team: Team, channel: str, sender: str) -> Case:
    talk: Conversation = people.arrive("hello", team=team, channel=channel, sender=sender)
    return people.case_for(talk, holder, team=team)
