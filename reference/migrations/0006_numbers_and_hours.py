"""Emergency numbers, all unverified until a person has checked them, and the desk's first hours."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from reference import seed


def load(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    number = apps.get_model("reference", "EmergencyNumber")
    number.objects.bulk_create(
        number(position=position, **row)
        for position, row in enumerate(seed.read("emergency_numbers"), start=1)
    )
    hours = apps.get_model("reference", "DeskHours")
    hours.objects.bulk_create(hours(**row) for row in seed.read("desk_hours"))


def unload(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    number = apps.get_model("reference", "EmergencyNumber")
    for row in seed.read("emergency_numbers"):
        number.objects.filter(
            country=row["country"], purpose=row["purpose"], number=row["number"]
        ).delete()
    hours = apps.get_model("reference", "DeskHours")
    for row in seed.read("desk_hours"):
        hours.objects.filter(weekday=row["weekday"], opens=row["opens"]).delete()


class Migration(migrations.Migration):
    dependencies = [("reference", "0005_clock_rules")]

    operations = [migrations.RunPython(load, unload)]
