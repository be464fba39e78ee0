"""The codes we ship, with their labels in English, Hindi, Arabic and French."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from reference import seed

FILES = ("codes", "chi", "clock_codes")


def load(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    code = apps.get_model("reference", "Code")
    code.objects.bulk_create(code(**row) for name in FILES for row in seed.codes(name))


def unload(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    code = apps.get_model("reference", "Code")
    for name in FILES:
        for row in seed.codes(name):
            code.objects.filter(kind=row["kind"], code=row["code"]).delete()


class Migration(migrations.Migration):
    dependencies = [("reference", "0002_one_rule_at_a_time")]

    operations = [migrations.RunPython(load, unload)]
