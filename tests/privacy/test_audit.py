"""Whatever is opened, asked for or refused is on the record before it is answered."""

from contextlib import suppress
from typing import Any, Final

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from accounts.models import Team, User
from intake.models import Message
from privacy import audit
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.middleware import ActorMiddleware, Unrecorded
from privacy.minimise import minimised
from privacy.models import AuditEvent, Reveal
from privacy.services import NotPossible, reveal
from tests import people

# From here on the record takes no row, as if the disk of its table were full.
NO_ROOM: Final = """
CREATE FUNCTION pg_temp.no_room() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON privacy_auditevent
FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.no_room();
"""


def test_d1_a_refusal_stays_on_record_though_the_refused_change_is_undone(
    client: Client, amina: User, sofia: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(sofia)
    assert client.post(f"/cases/{case.pk}/change/note/", {"body": "x"}).status_code == 404
    refused = AuditEvent.objects.filter(verb="refused", folder=case.folder_id)
    assert [event.actor for event in refused] == [str(sofia.pk)]


def test_d1_what_ben_asked_for_and_did_not_find_is_on_record(
    client: Client, amina: User, ben: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(ben)
    for address in (f"/cases/{case.pk}/", f"/api/cases/{case.pk}/", "/nowhere/"):
        assert client.get(address).status_code == 404
    refused = AuditEvent.objects.filter(verb="refused", actor=str(ben.pk))
    assert [event.subject_id for event in refused] == [case.pk, case.pk]


def test_d1_a_print_is_on_record(client: Client, amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(amina)
    assert client.get(f"/cases/{case.pk}/print/").status_code == 200
    assert AuditEvent.objects.filter(verb="print", folder=case.folder_id).count() == 1


def test_d1_what_is_read_again_after_a_refusal_is_on_record_though_that_was_undone(
    amina: User, team: Team
) -> None:
    case = people.case_of(amina, team=team, summary="words")
    with acting(user=amina):
        with suppress(NotPossible), transaction.atomic():
            assert minimised(case, amina).summary == "words"
            raise NotPossible
        assert not AuditEvent.objects.filter(verb="read", folder=case.folder_id).exists()
        for _time in range(2):
            assert minimised(case, amina).summary == "words"
    assert AuditEvent.objects.filter(verb="read", folder=case.folder_id).count() == 1


def test_d1_what_cannot_be_put_on_record_is_not_shown(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, text="canary-11", summary="canary-12")
    browser = Client(raise_request_exception=False)
    browser.force_login(amina)
    assert "canary-12" in browser.get(f"/cases/{case.pk}/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/print/", f"/api/cases/{case.pk}/"):
        answer = browser.get(address)
        assert answer.status_code >= 500
        assert "canary" not in answer.content.decode()


def test_d1_a_reveal_that_cannot_be_put_on_record_does_not_happen(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, name="canary-13")
    with connection.cursor() as cursor:
        cursor.execute(NO_ROOM)
    with pytest.raises(DatabaseError), acting(user=amina):
        reveal(case, field="name", purpose="call_back", words="to call", by=amina)
    with acting(user=amina):
        assert not Reveal.objects.exists()


def test_d1_who_swallows_that_it_could_not_be_written_gains_nothing(amina: User) -> None:
    def careless(_request: HttpRequest) -> HttpResponse:
        with suppress(DatabaseError):
            audit.record("viewed", reason="not a code")
        return HttpResponse("canary-14")

    request = RequestFactory().get("/")
    request.user = amina
    with pytest.raises(Unrecorded):
        ActorMiddleware(careless)(request)


def test_d1_a_stream_that_would_go_on_reading_afterwards_is_refused(amina: User) -> None:
    request = RequestFactory().get("/")
    request.user = amina
    stream: Any = StreamingHttpResponse(["canary-15"])
    with pytest.raises(Unrecorded):
        ActorMiddleware(lambda _request: stream)(request)


def test_d1_a_machine_part_that_opens_something_is_on_record(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, text="canary-16")
    with acting(part="triage"):
        message = Message.objects.get(conversation__filed_to=case.folder_id)
        assert unseal(message, "body") == "canary-16"
        assert unseal(message, "body") == "canary-16"
    rows = AuditEvent.objects.filter(verb="read", actor="triage", actor_kind="part")
    assert [(row.folder, row.classes) for row in rows] == [(case.folder_id, "narrative")]


def test_d1_why_somebody_could_look_is_on_record(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, summary="words")
    with acting(user=amina):
        assert minimised(case, amina).summary == "words"
    (look,) = audit.looks(case.folder_id)
    assert (look.actor, look.classes, look.reason) == (str(amina.pk), ("narrative",), "own")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("verb", "told me"),
        ("verb", "Amina"),
        ("subject", "https://pictures.example/one"),
        ("subject", "she@young.example"),
        ("reason", "my teacher"),
        ("reason", "मदद"),
        ("reason", "9900000001"),
        ("reason", "call-9900000001"),
        ("actor", "amina@helpline.example"),
        ("actor", "+919900000001"),
        ("actor_kind", "she"),
        ("classes", "narrative,her words"),
    ],
)
def test_d2_the_database_takes_no_word_for_a_code(amina: User, column: str, words: str) -> None:
    facts = {"actor_kind": "person", "actor": str(amina.pk), "verb": "read"}
    row = AuditEvent(at=database_now(), **{**facts, column: words})
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_d2_the_record_has_no_column_for_anything_but_keys_codes_and_times() -> None:
    columns = {
        field.name: (type(field).__name__, field.max_length) for field in AuditEvent._meta.fields
    }
    assert columns == {
        "id": ("UUIDField", 32),
        "at": ("DateTimeField", None),
        "actor_kind": ("CharField", 8),
        "actor": ("CharField", 40),
        "verb": ("CharField", 40),
        "folder": ("UUIDField", 32),
        "subject": ("CharField", 40),
        "subject_id": ("UUIDField", 32),
        "classes": ("CharField", 120),
        "reason": ("CharField", 60),
    }
