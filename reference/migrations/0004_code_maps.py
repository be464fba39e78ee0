"""What our codes are called in the schemes of others."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from reference import seed


def rows() -> list[dict[str, Any]]:
    content = seed.read("code_maps")
    return [dict(zip(content["columns"], row, strict=True)) for row in content["rows"]]


def load(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    content = seed.read("code_maps")
    codes = {(c.kind, c.code): c for c in apps.get_model("reference", "Code").objects.all()}
    code_map = apps.get_model("reference", "CodeMap")
    code_map.objects.bulk_create(
        code_map(
            scheme=row["scheme"],
            code=codes[row["kind"], row["code"]],
            applies_to=row["applies_to"],
            target=row["target"],
            valid_from=content["valid_from"],
            source=content["sources"][row["scheme"]],
        )
        for row in rows()
    )


def unload(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    first_day = seed.read("code_maps")["valid_from"]
    code_map = apps.get_model("reference", "CodeMap")
    for row in rows():
        code_map.objects.filter(
            scheme=row["scheme"],
            code__kind=row["kind"],
            code__code=row["code"],
            applies_to=row["applies_to"],
            target=row["target"],
            valid_from=first_day,
        ).delete()


class Migration(migrations.Migration):
    dependencies = [("reference", "0003_codes")]

    operations = [migrations.RunPython(load, unload)]
