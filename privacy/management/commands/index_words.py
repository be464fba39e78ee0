"""`manage.py index_words`: puts into the word index what was written before there was one."""

from typing import Any

from django.core.management.base import BaseCommand

from privacy import word_index
from privacy.access import acting
from privacy.models import CaseData


class Command(BaseCommand):
    help = (
        "Reads the words of every text that has none in the index yet. Stopped at any point, it "
        "goes on from there when run again; what is written meanwhile the sweep takes up."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Model by model, some rows a transaction; says how many were looked at."""
        for model in word_index.searched_models():
            self.stdout.write(f"{model._meta.label_lower}: {_index_all(model)}")


def _index_all(model: type[CaseData]) -> int:
    looked_at, last = 0, None
    while True:
        with acting(part="indexing"):
            some = word_index.unread(model, after=last)
            word_index.index_rows(model, set(some))
        if not some:
            return looked_at
        looked_at, last = looked_at + len(some), some[-1]
