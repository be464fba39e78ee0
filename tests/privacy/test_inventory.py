"""Every column of case data that can hold text is sealed, hashed, or signed off as plain."""

import re
from pathlib import Path
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from accounts.models import Team, User
from privacy import wall
from privacy.access import acting
from privacy.fields import SealedField
from privacy.models import Folder
from tests import leaks, people

LIST: Final = Path(__file__).with_name("plain_columns.txt")
_TEXT: Final = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    ArrayField,
)
_CODE: Final = re.compile(r"[\w.,:+/\- ()—]{0,120}")


def _tables() -> list[type[models.Model]]:
    return [*wall.case_models(), Folder]


def _plain(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """Its columns of text that are stored as they are."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, _TEXT)
        and not isinstance(field, SealedField)
        and not (field.name.endswith("_hash") and field.null)
    ]


def _signed_off() -> dict[str, str]:
    lines = [line for line in LIST.read_text().splitlines() if not line.startswith("#")]
    return {name: why.strip() for name, _, why in (line.partition(" ") for line in lines)}


def test_e2_every_column_of_text_is_sealed_hashed_or_signed_off() -> None:
    found = {f"{model._meta.label}.{f.name}" for model in _tables() for f in _plain(model)}
    signed = _signed_off()
    assert found - signed.keys() == set(), "neither sealed nor hashed, and not signed off"
    assert signed.keys() - found == set(), "signed off and no longer there"
    assert all(signed.values()), "each says what it can hold"


def test_e2_what_is_said_to_be_one_of_a_fixed_list_is_checked_to_be() -> None:
    fixed = {name for name, why in _signed_off().items() if why == "one of a fixed list"}
    loose = {
        f"{model._meta.label}.{field.name}"
        for model in _tables()
        for field in _plain(model)
        if f"{model._meta.label}.{field.name}" in fixed and not field.choices
    }
    assert loose == set()


def test_e2_django_and_the_database_agree_on_what_columns_there_are(db: None) -> None:
    """A column added by hand would be in no inventory."""
    for model in _tables():
        with connection.cursor() as cursor:
            about = connection.introspection.get_table_description(cursor, model._meta.db_table)
        known = {field.column for field in model._meta.local_concrete_fields}
        assert {column.name for column in about} == known


def test_e2_a_whole_case_leaves_codes_alone_in_its_plain_columns(amina: User, team: Team) -> None:
    mark = leaks.marked("a story")
    people.case_of(amina, team=team, text=mark, name=mark, summary=mark, school=mark)
    with acting(part="forgetting"):
        for model in _tables():
            names = [field.attname for field in _plain(model) if not _is_bytes(field)]
            for row in model._base_manager.values_list(*names):
                assert not any(leaks.rings(repr(value)) for value in row)
                assert all(_CODE.fullmatch(v) for v in row if isinstance(v, str))


def _is_bytes(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.BinaryField)


def test_e2_no_plain_column_is_of_a_protected_class() -> None:
    known = {model._meta.label: model for model in _tables()}
    for name in _signed_off():
        label, _, column = name.rpartition(".")
        field = known[label]._meta.get_field(column)
        assert getattr(field, "db_comment", "") in {"operational", "category", "secret"}, name
