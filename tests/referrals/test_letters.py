"""Letters leave once, whatever happens to the worker on the way."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import User
from cases.models import Case
from intake import outbox
from intake.models import OutboundMessage
from privacy.access import acting
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import Due, Folder
from privacy.retention import forget, set_forget_after
from referrals import services
from referrals.models import LinkLetter, Service, SupportReferral
from tests.referrals.conftest import send

State = OutboundMessage.State


@pytest.fixture
def referral(case: Case, clinic: Service, amina: User) -> SupportReferral:
    with acting(user=amina):
        return send(case, clinic, amina)[0]


def letter() -> OutboundMessage:
    with acting(part="delivery"):
        found: OutboundMessage = OutboundMessage.objects.get(carrier="partner_mail")
    return found


def token_is_kept() -> bool:
    with acting(part="referrals"):
        return bool(LinkLetter.objects.filter(token__isnull=False).exists())


def test_the_outbox_sends_it_once_and_then_nobody_holds_the_token(
    referral: SupportReferral,
) -> None:
    assert token_is_kept()
    outbox.deliver()
    outbox.deliver()
    assert len(mail.outbox) == 1
    assert letter().state == State.ACCEPTED
    assert not token_is_kept()


def test_a_worker_killed_while_sending_is_not_followed_by_a_second_letter(
    referral: SupportReferral, amina: User
) -> None:
    post = letter()
    with acting(part="delivery"):
        post.state, post.leased_until = State.CALLING, database_now() - timedelta(seconds=1)
        post.save(update_fields=["state", "leased_until"])
    outbox.expire()
    outbox.deliver()
    assert not mail.outbox
    assert letter().state == State.UNKNOWN
    assert not token_is_kept()
    with acting(user=amina):
        services.renew_link(referral, by=amina)
    outbox.deliver()
    assert len(mail.outbox) == 1


def test_a_worker_killed_before_sending_leaves_the_letter_to_the_next(
    referral: SupportReferral,
) -> None:
    post = letter()
    with acting(part="delivery"):
        post.state, post.leased_until = State.LEASED, database_now() - timedelta(seconds=1)
        post.save(update_fields=["state", "leased_until"])
    outbox.expire()
    outbox.deliver()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_tried_again(
    referral: SupportReferral, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: EmailBackend) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "open", away)
        outbox.deliver()
    assert letter().state == State.APPROVED
    assert token_is_kept()
    with acting(part="delivery"):
        OutboundMessage.objects.update(not_before=database_now())
    outbox.deliver()
    assert len(mail.outbox) == 1


def test_what_has_not_left_when_its_case_closes_never_leaves(
    case: Case, clinic: Service, amina: User
) -> None:
    from cases.services import close  # noqa: PLC0415

    with acting(user=amina):
        made = send(case, clinic, amina)[0]
        close(case, reason="helped", child_view="", by=amina)
    outbox.deliver()
    assert not mail.outbox
    with acting(part="referrals"):
        made.refresh_from_db()
    assert made.state == "withdrawn"


def test_with_the_story_goes_the_key_of_its_letters_in_backups_too(
    referral: SupportReferral,
) -> None:
    with acting(part="referrals"):
        backup = LinkLetter.objects.get(referral=referral)
        assert unseal(backup, "token")
    with acting(part="forgetting"):
        set_forget_after(Folder.objects.get(pk=referral.folder_id))
        for klass in ("contact", "narrative"):
            forget(Due.objects.get(folder=referral.folder_id, data_class=klass))
            kept = LinkLetter.objects.filter(token__isnull=False).exists()
            assert kept == (klass == "contact")
    with acting(part="referrals"), pytest.raises(CannotOpen):
        unseal(backup, "token")
