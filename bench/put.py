"""Stores arrivals as the web process does: `python -m bench.put NAME COUNT TURN`."""

import os
import sys
import zlib

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

import django

django.setup()

from django.db import transaction

from bench.words import SAID
from intake import services
from intake.inbound import Address, Inbound, key_of_id


def main(name: str, count: int, turn: int) -> None:
    """As many messages by WhatsApp, each from somebody else; the same people for each NAME."""
    prefix = 1000 + zlib.crc32(name.encode()) % 9000
    with transaction.atomic():
        for number in range(count):
            sid = f"SM {name} {number} {turn}"
            services.receive(
                Inbound(
                    provider="twilio",
                    kind="message",
                    key=key_of_id(sid),
                    channel="whatsapp",
                    sender=Address("number", f"+44{prefix}{number:06d}"),
                    profile_name=f"Person {number}",
                    text=SAID[(number + turn) % len(SAID)],
                    provider_ref=sid,
                )
            )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
