"""Asking a colleague: one hour, a summary written for them, or the conversation with it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import NotAllowed, acting, grant, require
from privacy.actor import Person
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.exclusions import excluded_from
from privacy.models import Consultation, Folder
from privacy.services import NotPossible

CONSULT_FOR: Final = timedelta(minutes=60)


@transaction.atomic
def consult(
    folder: Folder,
    *,
    to: Person,
    question: str,
    summary: str,
    with_talk: bool = False,
    also: Iterable[Folder] = (),
    by: Person,
) -> Consultation:
    """Ask one colleague for an hour; they see the summary, or (`with_talk`) the conversation too.

    `also` are the folders of the case's conversations. Raises NotAllowed unless `by` writes the
    story, NotPossible without question and summary, and for who cannot be asked about this case.
    """
    require(by, folder.pk, NARRATIVE)
    if not question.strip() or not summary.strip():
        raise NotPossible(_("Write your question, and a few sentences of what happened."))
    if to.pk == by.pk or to.pk in excluded_from([folder.pk]):
        raise NotPossible(_("This colleague cannot be asked about this case."))
    now = database_now()
    made = Consultation(
        folder=folder,
        asked_id=to.pk,
        asked_by_id=by.pk,
        with_talk=with_talk,
        question=question,
        summary=summary,
        at=now,
        until=now + CONSULT_FOR,
    )
    made.save(force_insert=True)
    capacity = "consulted_talk" if with_talk else "consulted"
    with acting(part="glass"):
        for one in (folder, *also) if with_talk else (folder,):
            grant(one, capacity, to=to, until=made.until, reason="asked", by=by)
    audit.record(
        "consult", folder=folder.pk, subject="consultation", subject_id=made.pk, reason=capacity
    )
    return made


@transaction.atomic
def advise(asked: Consultation, *, advice: str, by: Person) -> None:
    """Answer what one was asked; the holder reads it on the case page."""
    if asked.asked_id != by.pk or asked.until <= database_now():
        raise NotAllowed("consult", folder=asked.folder_id)
    if not advice.strip():
        raise NotPossible(_("Write something first."))
    with acting(part="glass"):
        row = Consultation.objects.select_for_update().get(pk=asked.pk)
        row.advice = advice.strip()
        row.save(update_fields=["advice"])
    audit.record("advise", folder=asked.folder_id, subject="consultation", subject_id=asked.pk)
