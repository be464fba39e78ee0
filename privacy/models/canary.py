"""Marks by which a restored backup shows that data, keys and ring belong together."""

import uuid

from django.db import models

from privacy.classes import SECRET


class Canary(models.Model):
    """A few invented words, sealed under a key of the service's own: nobody's, and to be opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField(db_comment=SECRET)

    def __str__(self) -> str:
        return f"canary {self.id}"
