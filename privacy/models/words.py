"""The keyed word index: which words a text has, told only to who holds its folder's key."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.models.rows import CaseData


class TextWords(CaseData):
    """The words of one row's searched texts, as marks under a key of its folder (privacy.words).

    No word can be read from it, and the same word gives other marks in every folder. It counts only
    while the row it was taken from still lies in the same folder.
    """

    row_class = NARRATIVE

    subject = models.CharField(max_length=40, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(db_comment=OPERATIONAL)
    words_hash = ArrayField(
        models.IntegerField(), null=True, db_comment=NARRATIVE, help_text="sorted, and filled up"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id"], name="one_set_of_words_a_row"),
        ]

    def __str__(self) -> str:
        return f"words of {self.subject}"
