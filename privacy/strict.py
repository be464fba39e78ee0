"""Programs write what is declared and nothing else: an unknown field is refused, and on record."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from privacy import audit


class StrictSerializer(serializers.Serializer[Any]):
    """A body of the API. Fields that are unknown, or that nobody writes, make all of it invalid.

    The refusal goes on record without the field's name, which could be anybody's words.
    """

    def to_internal_value(self, data: Any) -> Any:
        """The validated body. Raises ValidationError (400) and records a field that is not ours."""
        writable = {name for name, field in self.fields.items() if not field.read_only}
        strange = set(data) - writable if isinstance(data, Mapping) else set()
        if strange:
            audit.record("refused", subject="field", reason="unknown_field")
            raise serializers.ValidationError(
                {name: [_("There is no such field to write.")] for name in map(str, strange)}
            )
        return super().to_internal_value(data)
