"""What staff do with a referral: draft, agree, send, renew its link, withdraw, note outcomes."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from cases.models import Case
from intake.models import OutboundMessage
from intake.services import queue
from privacy import audit
from privacy.access import acting, grant, may, require
from privacy.classes import CATEGORY, NARRATIVE
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.models import Consent, Folder
from privacy.services import NotPossible, Stopped, has_consent, record_consent, withdraw_consent
from referrals import handover, links
from referrals.models import LinkLetter, Service, SupportReferral
from referrals.progress import State, move

Post = OutboundMessage.State

# The outbox carrier of letters to partners.
CARRIER = "partner_mail"


@transaction.atomic
def draft_referral(
    case: Case, *, service: Service, fields: list[str], words: str = "", by: User
) -> SupportReferral:
    """Begin a referral: which service, and what of the case it would be told. Nothing leaves.

    `fields` are picked one by one from what the service asks for. `words` is what happened, written
    for this partner; only kept when `summary` is picked. The team's coordinators join the case.
    """
    require(by, case.folder_id, NARRATIVE, "w")
    if service.retired_on is not None:
        raise NotPossible(_("This service is no longer offered."))
    if _open_at(case, service):
        raise NotPossible(_("A referral to this service is already open."))
    referral = SupportReferral(
        folder_id=case.folder_id,
        case=case,
        service=service,
        fields=_picked(service, fields),
        words=words.strip() if "summary" in fields else None,
        created_by=by,
    )
    referral.save(force_insert=True)
    _bring_in_coordinators(case.folder_id, by=by)
    _note("referral_drafted", referral)
    return referral


@transaction.atomic
def change_draft(
    referral: SupportReferral, *, fields: list[str], words: str = "", by: User
) -> None:
    """Pick again what would leave; only until it was agreed."""
    require(by, referral.folder_id, NARRATIVE, "w")
    if referral.state != State.DRAFT or agreed(referral):
        raise NotPossible(_("What was agreed stays as it is. Withdraw it and begin again."))
    referral.fields = _picked(referral.service, fields)
    referral.words = words.strip() if "summary" in fields else None
    referral.save(update_fields=["fields", "words"])
    _note("referral_changed", referral)


def preview(referral: SupportReferral) -> handover.Content:
    """Exactly what would leave now; `send_referral` makes the packet by this same function."""
    words = unseal(referral, "words") or ""
    return handover.compose(referral.case, fields=list(referral.fields), words=words)


def agreed(referral: SupportReferral) -> bool:
    """Whether the young person's consent to this one referral stands."""
    return has_consent(referral.folder_id, Consent.Purpose.REFERRAL, referral.pk)


@transaction.atomic
def record_agreement(
    referral: SupportReferral, *, given_by: str, how: str, language: str, by: User
) -> Consent:
    """Write down that exactly what the preview shows may leave, for this referral and no other."""
    require(by, referral.folder_id, NARRATIVE, "w")
    if referral.state != State.DRAFT:
        raise NotPossible(_("This was sent already."))
    if given_by == "guardian" and referral.case.guardian_safe != "yes":
        raise NotPossible(_("A parent or carer is not to be asked in this case."))
    referral.agreed_hash = handover.digest(preview(referral))
    referral.save(update_fields=["agreed_hash"])
    return record_consent(
        Folder.objects.get(pk=referral.folder_id),
        purpose=Consent.Purpose.REFERRAL,
        given_by=given_by,
        language=language,
        how=how,
        subject_id=referral.pk,
        by=by,
    )


@transaction.atomic
def send_referral(referral: SupportReferral, *, by: User) -> str:
    """Make the packet and send the partner a link; returns the code to say to them, this once.

    Raises NotPossible without a standing consent, or when what would leave is not, word for word,
    what was agreed.
    """
    _require_arranging(referral, by)
    if referral.state != State.DRAFT:
        raise NotPossible(_("This was sent already."))
    if not agreed(referral):
        raise NotPossible(_("Ask the young person first, and write down that they agree."))
    if not referral.service.email:
        raise NotPossible(_("This service has no e-mail address in the directory."))
    content = preview(referral)
    if handover.digest(content) != referral.agreed_hash:
        raise NotPossible(
            _("The case has changed since this was agreed. Look at it again, and ask again.")
        )
    with acting(part="referrals"):
        handover.seal(referral, content)
        referral.guardian_said = content["guardian_safe"]
        referral.save(update_fields=["guardian_said"])
        letter, code = links.make(referral, by=by)
        _post(letter)
    move(referral, State.SENT)
    _note("referral_sent", referral, classes=_classes(content))
    return code


@transaction.atomic
def renew_link(referral: SupportReferral, *, by: User) -> str:
    """A new link and code, when one was lost or for a colleague; the old ends. Returns the code."""
    _require_arranging(referral, by)
    _refuse_unless_out(referral)
    if not agreed(referral):
        raise NotPossible(_("The young person has taken their agreement back."))
    with acting(part="referrals"):
        letter, code = links.make(referral, by=by)
        _post(letter)
    _note("link_renewed", referral)
    return code


@transaction.atomic
def revoke_link(referral: SupportReferral, *, by: User) -> None:
    """End the partner's link at once; the referral itself stays as it is."""
    _require_arranging(referral, by)
    _refuse_unless_out(referral)
    with acting(part="referrals"):
        links.end(referral, by=by)
    _note("link_revoked", referral)


@transaction.atomic
def withdraw(referral: SupportReferral, *, by: User) -> None:
    """Take a referral back: what is unsent is cancelled, the link ends, what left is recorded."""
    require(by, referral.folder_id, NARRATIVE, "w")
    if not referral.is_open:
        raise NotPossible(_("This has ended already."))
    standing = Consent.objects.filter(
        purpose=Consent.Purpose.REFERRAL, subject_id=referral.pk, withdrawn_at__isnull=True
    ).first()
    if standing is not None and may(by, referral.folder_id, CATEGORY, "w"):
        withdraw_consent(standing, by=by)  # which comes back here, to `drop_under`
        referral.refresh_from_db(fields=["state", "settled_at"])
    else:
        _take_back(referral, by=by)


@transaction.atomic
def record_outcome(
    referral: SupportReferral, *, state: str, decline_reason: str = "", by: User
) -> None:
    """Write what a partner told us another way than through their link."""
    _require_arranging(referral, by)
    if state not in (State.ACCEPTED, State.DECLINED, *_AFTER):
        raise NotPossible(_("That is not an outcome."))
    if state in (State.ACCEPTED, State.DECLINED) and referral.state == State.SENT:
        move(referral, State.VIEWED)
    move(referral, state, decline_reason=decline_reason if state == State.DECLINED else "")
    if not referral.is_open:
        with acting(part="referrals"):
            links.end(referral, by=by)
    _note("referral_outcome", referral, reason=state)


def drop_under(consent: Consent) -> Stopped:
    """What a withdrawn consent stops: called by privacy in the transaction that withdraws it."""
    if consent.purpose != Consent.Purpose.REFERRAL or consent.subject_id is None:
        return Stopped()
    referral = SupportReferral.objects.filter(pk=consent.subject_id).first()
    if referral is None:
        return Stopped()
    if not referral.is_open:
        return Stopped(sent=int(referral.sent_at is not None))
    sent = _take_back(referral, by=None)
    return Stopped(ended=int(not sent), sent=int(sent))


def settle_on_close(case: Case, by: User | None) -> None:
    """When a case closes: what has not left is dropped, and no link outlives the case."""
    with acting(part="referrals"):
        for referral in SupportReferral.objects.filter(case=case):
            early = referral.state in (State.DRAFT, State.SENT)
            if early and _cancel_unsent(referral):
                _take_back(referral, by=by)
            else:
                links.end(referral, by=by)


# --- inside --------------------------------------------------------------------------------------

_AFTER = (State.FIRST_SEEN, State.COMPLETED, State.NOT_REACHED)


def _require_arranging(referral: SupportReferral, by: User) -> None:
    """A counsellor of the case, or a coordinator, who sees packets."""
    if not may(by, referral.folder_id, NARRATIVE, "p"):
        require(by, referral.folder_id, NARRATIVE, "w")


def _refuse_unless_out(referral: SupportReferral) -> None:
    if referral.state == State.DRAFT or not referral.is_open:
        raise NotPossible(_("There is no partner waiting for this."))


def _open_at(case: Case, service: Service) -> bool:
    done = [state for state, after in SupportReferral.MOVES.items() if not after]
    rows = SupportReferral.objects.filter(case=case, service=service).exclude(state__in=done)
    return bool(rows.exists())


def _picked(service: Service, fields: list[str]) -> list[str]:
    asked = handover.pickable(service.asks_for)
    if not set(fields) - set(handover.ALWAYS) <= set(asked):
        raise NotPossible(_("This service does not ask for that."))
    return [code for code in asked if code in fields]


def _bring_in_coordinators(folder_id: uuid.UUID, *, by: User) -> None:
    with acting(part="referrals"):
        folder = Folder.objects.get(pk=folder_id)
        coordinators = User.objects.filter(
            is_active=True, duties__team=folder.team_id, duties__role=Role.REFERRAL_COORDINATOR
        )
        for person in coordinators.distinct():
            grant(folder, "referral", to=person, reason="referral", by=by)


def _take_back(referral: SupportReferral, *, by: User | None) -> bool:
    """End a referral; says whether the partner had heard of it."""
    left = referral.sent_at is not None
    with acting(part="referrals"):
        links.end(referral, by=by)
        unsent = _cancel_unsent(referral)
        if left and not unsent:
            _post(_letter(referral, LinkLetter.Kind.WITHDRAWN))
    move(referral, State.WITHDRAWN)
    reached = "nothing_left" if unsent or not left else "already_sent"
    _note("referral_withdrawn", referral, reason=reached)
    return reached == "already_sent"


def _cancel_unsent(referral: SupportReferral) -> bool:
    """Stop letters that no worker has taken; True when nothing has left for this referral."""
    letters = LinkLetter.objects.filter(referral=referral).values_list("pk", flat=True)
    posts = OutboundMessage.objects.select_for_update().filter(
        carrier=CARRIER, subject_id__in=list(letters)
    )
    for post in posts:
        if post.state == Post.APPROVED:
            post.state, post.problem, post.settled_at = Post.FAILED, "withdrawn", database_now()
            post.save(update_fields=["state", "problem", "settled_at"])
    return all(post.state == Post.FAILED for post in posts)


def _letter(referral: SupportReferral, kind: str) -> LinkLetter:
    letter = LinkLetter(folder_id=referral.folder_id, referral=referral, kind=kind)
    letter.save(force_insert=True)
    return letter


def _post(letter: LinkLetter) -> None:
    folder = Folder.objects.get(pk=letter.folder_id)
    queue(CARRIER, folder=folder, subject_id=letter.pk, client_key=f"letter-{letter.pk}")


def _classes(content: handover.Content) -> set[str]:
    return {handover.FIELDS[code].data_class for code in content}


def _note(verb: str, referral: SupportReferral, **more: Any) -> None:
    audit.record(
        verb, folder=referral.folder_id, subject="referral", subject_id=referral.pk, **more
    )
