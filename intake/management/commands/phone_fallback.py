"""Prints what the telephone's provider is to say by itself when our door does not answer."""

from typing import Any

from django.core.management.base import BaseCommand

from intake.away import numbers_to_call
from intake.channels import spoken


class Command(BaseCommand):
    """Kept at the provider, it works while nothing of ours does; print it anew when numbers do."""

    help = "TwiML with the country's numbers to call, in every language, to keep at the provider."

    def handle(self, *_args: Any, **_options: Any) -> None:
        numbers = numbers_to_call()
        self.stdout.write(spoken.out_of_order(dict.fromkeys(spoken.VOICES, numbers)))
