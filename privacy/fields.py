"""Text that is encrypted before it reaches the database and stays closed until asked for."""

from collections.abc import Callable
from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from privacy import crypto, marking

KEY_VERSION: Final = 1


class Sealed:
    """A value as the database holds it. Printing it shows nothing; only `unseal` opens it."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __str__(self) -> str:
        return "•••"

    __repr__ = __str__


# Told of each opening before it happens; filled in `privacy.apps`. What raises there stops it.
before_opening: "list[Callable[[models.Model, SealedField], None]]" = []


class SealedField(models.Field["str | Sealed | None", "str | Sealed | None"]):
    """Encrypted text, keyed by its row's folder and its data class; always nullable.

    NULL means "never given, or forgotten". Assign plain text and save: what comes back from the
    database is `Sealed`. `QuerySet.update()` with plain text is refused, because the key and the
    associated data belong to a row.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        kwargs["blank"] = True
        kwargs.setdefault("default", None)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def data_class(self) -> str:
        return self.db_comment or ""

    def from_db_value(self, value: Any, *_args: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value: str | Sealed | None = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = Sealed(self.seal(model_instance, value))
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is sealed by saving its row, not by update()")
        return value.data

    def seal(self, row: Any, text: str) -> bytes:
        return crypto.seal(row.data_key(self.data_class), text.encode(), self._place(row))

    def open(self, row: Any, sealed: Sealed) -> str:
        key = row.data_key(self.data_class, create=False)
        for tell in before_opening:
            tell(row, self)
        plain = crypto.open_sealed(key, sealed.data, self._place(row)).decode()
        return marking.opened(f"{row._meta.label}.{self.name}", row.folder_id, plain)

    def _place(self, row: Any) -> bytes:
        place = (row._meta.db_table, str(self.column), row.pk.hex, str(KEY_VERSION))
        return "\x1f".join(place).encode()


def unseal(row: models.Model, name: str) -> str | None:
    """The plain text of one sealed field, for services that act on it; pages use `minimised`.

    Returns None when nothing was given or it has been forgotten. Raises crypto.CannotOpen when the
    ciphertext was moved or its key destroyed, crypto.KeyUnavailable when the master key is away.
    """
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if not isinstance(field, SealedField):
        raise TypeError(f"{name} is not a sealed field")
    return field.open(row, value) if isinstance(value, Sealed) else value
