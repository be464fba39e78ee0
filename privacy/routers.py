"""Wrapped keys live in a database of their own, which no data backup contains."""

from typing import Any

KEYS = "keys"


class KeysRouter:
    """Sends `DataKey`, and nothing else, to the keys database."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return KEYS if model._meta.label == "privacy.DataKey" else None

    db_for_write = db_for_read

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **_hints: Any
    ) -> bool | None:
        is_key = app_label == "privacy" and model_name == "datakey"
        return is_key if db == KEYS else (False if is_key else None)
