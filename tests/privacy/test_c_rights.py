"""Rights at their edges: fields to write, what one need not know, administrators, the library."""

from importlib.metadata import version

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.db import connection, models
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from helpline.checks import check_no_superuser
from intake.models import Conversation, Identity
from privacy.access import acting
from privacy.minimise import minimised
from privacy.models import AuditEvent, CaseData, Grant
from privacy.wall import case_models
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text="words", name="Asha Rao", summary="short")


def _program(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PasswordBackend")
    return client


@pytest.mark.parametrize("field", ["holder_id", "risk", "folder", "anything", "status"])
def test_c5_a_field_that_is_not_for_writing_is_refused_and_on_record(
    case: Case, amina: User, field: str
) -> None:
    body = {"summary": "another", field: "urgent"}
    answer = _program(amina).patch(f"/api/cases/{case.pk}/", body, content_type="application/json")
    assert answer.status_code == 400
    refused = AuditEvent.objects.get(verb="refused", actor=str(amina.pk))
    assert (refused.subject, refused.reason) == ("field", "unknown_field")
    with acting(user=amina):
        seen = minimised(Case.objects.visible_to(amina).get(), amina)
        assert seen.summary == "short"


def test_c5_a_field_that_one_may_not_write_is_refused_and_on_record(
    case: Case, sofia: User
) -> None:
    body = {"summary": "another"}
    answer = _program(sofia).patch(f"/api/cases/{case.pk}/", body, content_type="application/json")
    assert answer.status_code == 404
    assert AuditEvent.objects.filter(verb="refused", actor=str(sofia.pk)).exists()


def test_c5_no_body_of_the_api_takes_fields_it_does_not_declare() -> None:
    """Every serializer of ours that reads a body is strict: none was forgotten."""
    from cases import api, rights_api, search_api  # noqa: PLC0415 (their views need the urls)
    from insight import api as insight  # noqa: PLC0415
    from privacy.strict import StrictSerializer  # noqa: PLC0415
    from referrals import api as referrals  # noqa: PLC0415
    from takedowns import api as takedowns  # noqa: PLC0415

    found = {
        f"{module.__name__}.{name}"
        for module in (api, rights_api, search_api, insight, referrals, takedowns)
        for name, one in vars(module).items()
        if name.endswith("Serializer") and one.__module__ == module.__name__
        if not issubclass(one, StrictSerializer)
    }
    assert found == {"referrals.api.ServiceSerializer"}  # it only shows


def test_c7_before_it_is_theirs_a_counsellor_knows_nothing_of_a_conversation(
    ben: User, team: Team
) -> None:
    people.arrive("he wants money", team=team)
    with acting(user=ben):
        assert not Conversation.objects.visible_to(ben).exists()
        assert not Identity.objects.all().exists()
    text = _program(ben).get("/").content.decode()
    assert "he wants money" not in text
    assert "919900000001" not in text


@pytest.mark.parametrize("name", ["adil", "anil"])
def test_c9_who_configures_reads_nothing_anywhere(
    case: Case, request: pytest.FixtureRequest, name: str
) -> None:
    person: User = request.getfixturevalue(name)
    with acting(user=person):
        left = {
            model._meta.label: model._default_manager.count()
            for model in case_models()
            if model._default_manager.exists()
        }
    assert left == {}


def test_c9_no_account_can_stand_above_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no such field; a model that had one would not start."""
    names = {field.name for field in get_user_model()._meta.get_fields()}
    assert names & {"is_superuser", "is_staff", "groups", "user_permissions"} == set()
    assert "helpline.E006" not in {one.id for one in run_checks()}

    class Above(models.Model):  # noqa: DJ008
        is_superuser = models.BooleanField(default=False)

        class Meta:
            app_label = "tests"
            managed = False

    monkeypatch.setattr("helpline.checks.get_user_model", lambda: Above)
    assert [one.id for one in check_no_superuser()] == ["helpline.E006"]
    apps.all_models["tests"].pop("above")


def test_c11_a_table_in_a_folder_that_no_policy_guards_stops_the_start() -> None:
    class Loose(models.Model):  # noqa: DJ008
        folder = models.ForeignKey("privacy.Folder", models.PROTECT, db_comment="operational")

        class Meta:
            app_label = "cases"
            managed = False

    try:
        assert "privacy.E003" in {one.id for one in run_checks()}
    finally:
        apps.all_models["cases"].pop("loose")
        apps.clear_cache()
    assert all(issubclass(model, CaseData) for model in case_models())


def test_c12_guardian_is_new_enough_and_has_no_anonymous_user() -> None:
    assert tuple(map(int, version("django-guardian").split(".")[:3])) >= (3, 5, 1)
    assert settings.ANONYMOUS_USER_NAME is None
    assert settings.GUARDIAN_MONKEY_PATCH_USER is False
    assert "guardian.backends.ObjectPermissionBackend" not in settings.AUTHENTICATION_BACKENDS


def test_c12_grants_are_rows_with_keys_of_their_own_and_none_is_orphaned(case: Case) -> None:
    targets = {field.name for field in Grant._meta.get_fields() if field.is_relation}
    assert {"user", "content_object", "permission"} <= targets
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
            " AND conrelid = 'privacy_grant'::regclass"
        )
        assert cursor.fetchone()[0] >= 4
        for table in ("guardian_userobjectpermission", "guardian_groupobjectpermission"):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert cursor.fetchone() == (0,)
    with acting(part="assignment"), pytest.raises(Exception, match="grant_of_one") as refusal:
        Grant.objects.filter(content_object=case.folder_id).update(content_object=None)
    assert isinstance(refusal.value.__cause__, psycopg.errors.CheckViolation)
