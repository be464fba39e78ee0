"""A call taken on the desk's own telephone, written down by whoever took it."""

from typing import Final

from django.db import transaction

from accounts.models import Role, User
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Channel
from intake.services import receive
from privacy.access import NotAllowed

# Who answers a telephone of the desk, and so may write down what was said there.
ANSWERS: Final = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ON_CALL})

SAFE: Final = {"yes": "safe_yes", "no": "safe_no", "unsure": "safe_unsure"}


def may_enter(user: User) -> bool:
    """Whether this person's duties let them write down a call."""
    return bool(user.duties.filter(role__in=ANSWERS).exists())


@transaction.atomic
def enter_call(
    *,
    narrative: str,
    language: str,
    safe: str,
    number: str,
    call_back: str,
    take: bool,
    client_key: str,
    by: User,
) -> bool:
    """Store a call as it was told, on the road of every arrival; True when it is new.

    `number` is E.164, or "" where it was hidden or not asked. `safe` and `call_back` are yes, no
    or unsure. With `take` the case is meant for `by`, if they may have it. Raises NotAllowed.
    """
    if not may_enter(by):
        raise NotAllowed("enter_call")
    key = key_of_id(f"desk {by.pk} {client_key}")
    return receive(
        Inbound(
            provider="desk",
            kind="call",
            key=key,
            channel=Channel.PHONE,
            sender=Address("number", number) if number else Address("withheld", key),
            text=narrative,
            notice=SAFE.get(safe, "safe_unsure"),
            language=language,
            taken_by=str(by.pk) if take else "",
            wishes={"safe": {"unsure": "unknown"}.get(call_back, call_back)} if number else {},
        )
    )
