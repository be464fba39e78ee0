"""Whatever is opened, asked for or refused is on the record before it is answered."""

from django.test import Client

from accounts.models import Team, User
from privacy.models import AuditEvent
from tests import people


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
