"""The platforms and routes we ship, every one unverified."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from takedowns import seed


def load(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    platform, route = apps.get_model("takedowns", "Platform"), apps.get_model("takedowns", "Route")
    by_code = {}
    for row in seed.platforms():
        row.pop("routes")
        by_code[row["code"]] = platform.objects.create(**row)
    for row in seed.routes():
        route.objects.create(**row | {"platform": by_code.get(row["platform"])})


def unload(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("takedowns", "Route").objects.filter(
        code__in=[row["code"] for row in seed.routes()]
    ).delete()
    apps.get_model("takedowns", "Platform").objects.filter(
        code__in=[row["code"] for row in seed.platforms()]
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("takedowns", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
