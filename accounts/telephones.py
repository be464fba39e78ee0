"""A colleague's own telephone: sealed under the master key, dialled for them, never shown."""

import re
import unicodedata
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.models import Telephone, User
from privacy import audit, crypto

# ITU-T E.164: at most fifteen digits, the first of the country code never 0.
E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN: Final = frozenset(" -./()\u00a0\u2009\u2011\u200e\u200f")


def e164(text: str) -> str:
    """A number as it is dialled from anywhere, from how people write it, in any digits.

    Without + or 00 it is a number of the helpline's own country. Raises ValueError for what is no
    telephone number.
    """
    plain = "".join(_digit(sign) for sign in text.strip() if sign not in _BETWEEN)
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    elif not plain.startswith("+"):
        plain = f"+{settings.HELPLINE_CALLING_CODE}{plain.removeprefix('0')}"
    if not E164.fullmatch(plain):
        raise ValueError("not a telephone number")
    return plain


@transaction.atomic
def set_number(user: User, *, number: str, takes_calls: bool, by: User | None) -> Telephone:
    """Keep a person's number (E.164), in the place of the one before."""
    made, _new = Telephone.objects.update_or_create(
        user=user,
        defaults={
            "wrapped": crypto.wrap(number.encode(), place_of(user)),
            "takes_calls": takes_calls,
        },
    )
    audit.record("telephone_set", subject="user", subject_id=user.pk)
    return made


@transaction.atomic
def set_takes_calls(user: User, *, takes_calls: bool, by: User | None) -> None:
    """Whether the desk's calls are put through to the number that is kept."""
    Telephone.objects.filter(user=user).update(takes_calls=takes_calls)
    audit.record("telephone_changed", subject="user", subject_id=user.pk)


@transaction.atomic
def forget_number(user: User, *, by: User | None) -> None:
    """Keep the number no longer."""
    Telephone.objects.filter(user=user).delete()
    audit.record("telephone_forgotten", subject="user", subject_id=user.pk)


def number_of(user: User) -> str | None:
    """The number to dial (E.164), or None. Raises crypto.KeyUnavailable while the key is away."""
    row = Telephone.objects.filter(user=user).first()
    return crypto.unwrap(bytes(row.wrapped), place_of(user)).decode() if row else None


def masked(user: User) -> str:
    """What its owner sees of it afterwards: its last two digits; "" when none."""
    number = number_of(user)
    return f"+•• ••• ••{number[-2:]}" if number else ""


def place_of(user: User) -> bytes:
    """What a kept number is bound to: it opens as nobody else's."""
    return b"\x1f".join([b"accounts_telephone", b"wrapped", user.pk.hex.encode()])


def _digit(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdecimal() else sign
