"""System checks: an undeclared field, or a protected one in the clear, stops the start."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from privacy.classes import DATA_CLASSES, SEALED_CLASSES
from privacy.fields import SealedField
from privacy.models import CaseData

OURS = ("privacy", "reference", "accounts", "intake", "cases", "takedowns", "referrals", "insight")


@register()
def check_data_classes(
    app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Every field of ours names one of the nine classes; protected ones are sealed or hashed."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            for field in model._meta.local_fields:
                found += _check_field(model, field)
            found += _check_folder(model)
    return found


def _check_field(model: type[models.Model], field: "models.Field[Any, Any]") -> list[CheckMessage]:
    where = f"{model._meta.label}.{field.name}"
    if field.primary_key:
        return []
    klass = getattr(field, "db_comment", None)
    if klass not in DATA_CLASSES:
        return [Error(f"{where} names no data class (db_comment)", id="privacy.E001")]
    hidden = isinstance(field, SealedField) or (field.name.endswith("_hash") and field.null)
    if klass in SEALED_CLASSES and not hidden:
        return [Error(f"{where} is {klass} and not sealed", id="privacy.E002")]
    return []


def _check_folder(model: type[models.Model]) -> list[CheckMessage]:
    in_folder = any(f.attname == "folder_id" for f in model._meta.local_fields)
    if in_folder and not issubclass(model, CaseData):
        return [
            Error(f"{model._meta.label} lies in a folder and is no CaseData", id="privacy.E003")
        ]
    return []
