"""The record cannot be changed without showing it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Team, User
from privacy import audit
from privacy.access import acting
from privacy.models import AuditEvent, AuditLink
from tests import people


def _write(count: int, by: User) -> None:
    with acting(user=by):
        for number in range(count):
            audit.record("test", reason=f"n{number}")


def test_events_are_chained_and_the_chain_holds(amina: User) -> None:
    _write(5, amina)
    audit.chain()
    assert not AuditEvent.objects.exclude(pk__in=AuditLink.objects.values("event_id")).exists()
    verdict = audit.verify()
    assert verdict.whole
    assert verdict.sound == AuditEvent.objects.count()
    assert audit.chain() == 0


def test_a_row_is_neither_changed_nor_deleted_even_by_the_owner(amina: User) -> None:
    _write(1, amina)
    for statement in ("UPDATE privacy_auditevent SET verb = 'x'", "DELETE FROM privacy_auditevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("tampering", ["change", "remove", "reorder"])
def test_verify_names_the_first_bad_link(amina: User, tampering: str) -> None:
    _write(6, amina)
    audit.chain()
    third = AuditLink.objects.get(seq=3)
    statements = {
        "change": ["UPDATE privacy_auditevent SET verb = 'x' WHERE id = %(id)s"],
        "remove": ["DELETE FROM privacy_auditevent WHERE id = %(id)s"],
        "reorder": [
            "UPDATE privacy_auditlink SET seq = -3 WHERE seq = 3",
            "UPDATE privacy_auditlink SET seq = 3 WHERE seq = 4",
            "UPDATE privacy_auditlink SET seq = 4 WHERE seq = -3",
        ],
    }[tampering]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditevent DISABLE TRIGGER append_only")
        cursor.execute("ALTER TABLE privacy_auditlink DISABLE TRIGGER append_only")
        for statement in statements:
            cursor.execute(statement, {"id": third.event_id})
    assert audit.verify().broken_at == 3


def test_a_refusal_stays_on_record_though_the_refused_change_is_undone(
    client: Client, amina: User, sofia: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(sofia)
    assert client.post(f"/cases/{case.pk}/change/note/", {"body": "x"}).status_code == 404
    refused = AuditEvent.objects.filter(verb="refused", folder=case.folder_id)
    assert [event.actor for event in refused] == [str(sofia.pk)]


def test_what_ben_asked_for_and_did_not_find_is_on_record(
    client: Client, amina: User, ben: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(ben)
    for address in (f"/cases/{case.pk}/", f"/api/cases/{case.pk}/", "/nowhere/"):
        assert client.get(address).status_code == 404
    refused = AuditEvent.objects.filter(verb="refused", actor=str(ben.pk))
    assert [event.subject_id for event in refused] == [case.pk, case.pk]


def test_a_print_is_on_record(client: Client, amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team)
    client.force_login(amina)
    assert client.get(f"/cases/{case.pk}/print/").status_code == 200
    assert AuditEvent.objects.filter(verb="print", folder=case.folder_id).count() == 1
