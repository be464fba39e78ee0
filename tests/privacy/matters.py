"""A legal hold on somebody's case, as two people set it; and custodians with their keys."""

from uuid import UUID

from accounts.models import User
from cases import legal
from cases.models import Case
from privacy import crypto, custody, keeping
from privacy.access import acting
from privacy.models import Custodian


def put_on_hold(
    case: Case, *, asked: User, agreed: User, classes: tuple[str, ...] = ("narrative",)
) -> UUID:
    """The police investigate: one supervises and asks, another one agrees."""
    with acting(user=asked):
        matter = legal.ask_hold(case, classes=classes, reason="police", by=asked)
    with acting(user=agreed):
        keeping.agree_hold(matter, by=agreed)
    return matter


def two_custodians() -> tuple[bytes, bytes]:
    """Name two; their private keys, which the product never has."""
    keys = []
    for name in ("First", "Second"):
        private, public = crypto.new_pair()
        custody.add_custodian(name=name, public_key=public, by=None)
        keys.append(private)
    assert Custodian.objects.count() == 2
    return keys[0], keys[1]
