"""What is kept of colleagues under the master key itself, so that rotating it reaches that too."""

import base64
from collections.abc import Iterator
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator

from accounts import telephones
from accounts.adapters import PLACE
from accounts.models import Telephone
from privacy.rotation import Kept


def kept() -> Iterator[Kept]:
    """Every telephone number, seed of a second factor and seed of recovery codes."""
    for row in Telephone.objects.select_related("user"):
        keep = partial(_keep_number, row.pk)
        yield Kept(bytes(row.wrapped), telephones.place_of(row.user), keep)
    for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        yield from _seeds(factor)


def _keep_number(pk: Any, old: bytes, new: bytes) -> None:
    Telephone.objects.filter(pk=pk, wrapped=old).update(wrapped=new)


def _seeds(factor: Authenticator) -> Iterator[Kept]:
    for name in ("secret", "seed"):
        if name in factor.data:
            wrapped = base64.b64decode(factor.data[name])
            yield Kept(wrapped, PLACE, partial(_keep_seed, factor, name))


def _keep_seed(factor: Authenticator, name: str, old: bytes, new: bytes) -> None:
    """Unless a code was used meanwhile, which is kept in the same value: the next run tries it."""
    data = {**factor.data, name: base64.b64encode(new).decode()}
    Authenticator.objects.filter(pk=factor.pk, data=factor.data).update(data=data)
