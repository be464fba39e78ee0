"""`manage.py collect_texts`: writes new texts of the code into locale/, for translators."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from helpline import catalogues


class Command(BaseCommand):
    help = "Brings locale/*/LC_MESSAGES/django.po into step with the code; keeps translations."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say for each language how many texts wait for a translator."""
        texts = list(catalogues.collect().values())
        for locale in catalogues.PLURALS:
            wanted = [one for one in texts if one.for_young or locale not in catalogues.ONLY_YOUNG]
            catalogue = catalogues.open_catalogue(locale)
            catalogues.refresh(catalogue, wanted)
            Path(catalogue.fpath).parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(catalogue.fpath)
            self.stdout.write(f"{locale}: {len(catalogue.untranslated_entries())} not translated")
