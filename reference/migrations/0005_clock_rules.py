"""The clocks we ship; none is confirmed by a lawyer yet."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.dateparse import parse_duration

from reference import seed

SPANS = ("duration", "house_duration")


def rows() -> list[dict[str, Any]]:
    return [
        row | {name: parse_duration(row[name]) if row[name] else None for name in SPANS}
        for row in seed.read("clock_rules")
    ]


def load(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("reference", "ClockRule")
    rule.objects.bulk_create(rule(**row) for row in rows())


def unload(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Refused by the database while a clock runs on one of them."""
    rule = apps.get_model("reference", "ClockRule")
    for row in rows():
        rule.objects.filter(
            code=row["code"],
            jurisdiction=row["jurisdiction"],
            risk=row["risk"],
            valid_from=row["valid_from"],
        ).delete()


class Migration(migrations.Migration):
    dependencies = [("reference", "0004_code_maps")]

    operations = [migrations.RunPython(load, unload)]
