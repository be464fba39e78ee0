"""Legal duty without consent: a second person's word is asked for first, and locks nothing."""

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import NotAllowed, acting, may, require
from privacy.actor import Person
from privacy.classes import LEGAL
from privacy.clock import database_now
from privacy.models import CoSign, Folder
from privacy.services import NotPossible, on_deed

MISSING = "missing"


@transaction.atomic
def seek_cosign(folder: Folder, *, act: str, words: str, by: Person) -> CoSign:
    """Ask somebody else to agree to a report that the law asks for and the child did not agree to.

    `act` is the report's code. Again for the same act, before it was done: the same request.
    """
    require(by, folder.pk, LEGAL)
    if not words.strip():
        raise NotPossible(_("Say in a few words which duty it is."))
    standing: CoSign | None = CoSign.objects.filter(
        folder=folder, act=act, acted_at__isnull=True
    ).last()
    if standing is not None:
        return standing
    made = CoSign(folder=folder, act=act, words=words.strip(), asked_by_id=by.pk)
    made.save(force_insert=True)
    for tell in on_deed:
        tell(made)
    audit.record("cosign_asked", folder=folder.pk, subject="cosign", subject_id=made.pk, reason=act)
    return made


@transaction.atomic
def answer_cosign(asked: CoSign, *, agreed: bool, by: Person) -> None:
    """Agree or refuse, as a supervisor or the safeguarding lead; never who asked."""
    if not any(may(by, asked.folder_id, LEGAL, letter) for letter in "yr"):
        raise NotAllowed("cosign", folder=asked.folder_id)
    if asked.asked_by_id == by.pk:
        raise NotPossible(_("Somebody else co-signs what you asked for."))
    with acting(part="glass"):
        row = CoSign.objects.select_for_update().get(pk=asked.pk)
        if row.answer:
            raise NotPossible(_("This has been answered."))
        row.answer = CoSign.Answer.AGREED if agreed else CoSign.Answer.REFUSED
        row.answered_by_id, row.answered_at = by.pk, database_now()
        row.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(
        "cosign_answered",
        folder=asked.folder_id,
        subject="cosign",
        subject_id=asked.pk,
        reason=row.answer,
    )


@transaction.atomic
def act_by_duty(folder: Folder, *, act: str, words: str, by: Person) -> CoSign:
    """Write down that the report is made now, and what the second person had said by then.

    Whatever that was, nothing locks: a missing or refused co-sign is recorded. What was not asked
    for yet is asked for here, so that somebody sees it.
    """
    require(by, folder.pk, LEGAL)
    asked = seek_cosign(folder, act=act, words=words, by=by)
    asked.acted_at, asked.acted_with = database_now(), asked.answer or MISSING
    asked.save(update_fields=["acted_at", "acted_with"])
    audit.record(
        "acted_by_duty",
        folder=folder.pk,
        subject="cosign",
        subject_id=asked.pk,
        reason=f"cosign_{asked.acted_with}",
    )
    return asked
