"""Tells the owner of an account that somebody tries to get in. Only they learn of it."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Final

from django.core.mail import send_mail
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.translation import override

from accounts.guessing import account_of
from accounts.models import User, WrongTry
from privacy import audit
from privacy.clock import database_now

# Wrong passwords; wrong codes, which only who knows the password can try.
ENOUGH: Final = {WrongTry.What.PASSWORD: 5, WrongTry.What.FACTOR: 3}
LATELY: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


def tell_owners() -> int:
    """Mail those whose account somebody tries, once an hour at most; returns how many.

    Not in the request that was wrong: its answer must take as long whether there is an owner.
    """
    now, told = database_now(), 0
    fresh = WrongTry.objects.filter(told_at__isnull=True, at__gt=now - LATELY)
    tries = fresh.values("account_hash", "what").annotate(count=Count("pk"))
    owners = {account_of(one.email): one for one in User.objects.filter(is_active=True)}
    for row in tries:
        what, account = WrongTry.What(row["what"]), row["account_hash"]
        mine: Any = WrongTry.objects.filter(account_hash=account, what=what)
        if row["count"] < ENOUGH[what] or mine.filter(told_at__gt=now - LATELY).exists():
            continue
        if mine.filter(told_at__isnull=True).update(told_at=now) and account in owners:
            _tell(owners[account], what)
            told += 1
    return told


def _tell(user: User, what: str) -> None:
    known = what == WrongTry.What.FACTOR
    audit.record("owner_told", subject="user", subject_id=user.pk, reason=f"wrong_{what}")
    with override(user.page_language):
        subject = render_to_string("account/email/wrong_tries_subject.txt")
        body = render_to_string("account/email/wrong_tries_message.txt", {"password_known": known})
    try:
        send_mail(subject.strip(), body.strip(), None, [user.email])
    except (SMTPException, OSError):
        _log.error("the owner of an account could not be told of wrong tries")
