"""What a person writes down about a case: facts, harms, risk, notes, tasks, drafts, the answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from cases import locking
from cases.assignment import OWN_THOUGHTS_HARM, is_own_thoughts
from cases.models import RISKS, Case, CaseHarm, Draft, Note, Task
from cases.triage import read_flags, write_flags
from intake import services as intake
from intake.first_steps import OWN_THOUGHTS
from intake.models import Channel, Conversation, Message
from privacy import audit
from privacy import services as privacy
from privacy.access import NotAllowed, require
from privacy.classes import CATEGORY, NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.minimise import minimised
from privacy.services import NotPossible
from reference.reading import is_code
from reference.vocabulary import Kind

SAFE_ASIDE_FOR: Final = timedelta(minutes=10)
UNKNOWN: Final = "unknown"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_REGION: Final = re.compile(r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?")


def _coded(kind: Kind) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and (value == UNKNOWN or is_code(kind, value))


def _among(*values: object) -> Callable[[object], bool]:
    return lambda value: value in values


def _shaped(shape: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and shape.fullmatch(value) is not None


def _words(value: object) -> bool:
    return value is None or isinstance(value, str)


def _hour(value: object) -> bool:
    return value is None or isinstance(value, time)


# The fields `update_case` changes, each with what it may become.
EDITABLE: Final[dict[str, Callable[[object], bool]]] = {
    "language": _shaped(_LANGUAGE),
    "age_band": _coded(Kind.AGE_BAND),
    "gender": _coded(Kind.GENDER),
    "region": _shaped(_REGION),
    "relation": _coded(Kind.RELATION),
    "adult_knows": _coded(Kind.ADULT_KNOWS),
    "guardian_safe": _among("yes", "no", UNKNOWN),
    "safe_channel": _among("", *Channel.values),
    "do_not_contact": _among(True, False),
    "safe_from": _hour,
    "safe_until": _hour,
    **dict.fromkeys(
        ("name", "school", "call_me", "summary", "safety_plan", "safe_words", "child_view"), _words
    ),
}


@transaction.atomic
def update_case(case: Case, *, changes: Mapping[str, Any], by: User) -> Case:
    """Write facts of a case, each only if this person may write its class.

    An unknown or forbidden field refuses all of them, on the record (NotAllowed); a value that is
    none of the choices raises NotPossible. An empty text means: not known, or taken back.
    """
    mine = minimised(case, by)
    if any(changes.get(name) for name in ("name", "school")) and is_own_thoughts(case):
        raise NotPossible(_("Who writes about their own thoughts stays anonymous."))
    for name in changes:
        if name not in EDITABLE or not mine.may_write(name):
            raise NotAllowed("field", folder=case.folder_id)
    case = Case.objects.select_for_update().get(pk=case.pk)
    for name, value in changes.items():
        if not EDITABLE[name](value):
            raise NotPossible(_("This is not one of the choices."))
        sealed = isinstance(Case._meta.get_field(name), SealedField)
        setattr(case, name, (value or None) if sealed else value)
    names = list(changes)
    if "age_band" in changes:
        case.age_told_on = database_now().date()
        names.append("age_told_on")
    if (case.safe_from is None) != (case.safe_until is None):
        raise NotPossible(_("Safe hours need a beginning and an end."))
    case.save(update_fields=names)
    _changed(case, "change", classes={_class_of(name) for name in names})
    return case


@transaction.atomic
def set_harms(case: Case, *, codes: Sequence[str], primary: str = "", by: User) -> None:
    """Say which harms this is about; `primary` is one of them (default: the first)."""
    require(by, case.folder_id, CATEGORY)
    if any(not is_code(Kind.HARM, code) for code in codes) or (primary and primary not in codes):
        raise NotPossible(_("This is not one of the choices."))
    first = primary or (codes[0] if codes else "")
    rows = CaseHarm.objects.filter(case=case)
    rows.filter(primary=True).exclude(code=first).update(primary=False)
    rows.standing().exclude(code__in=codes).update(dropped_at=database_now(), primary=False)
    for code in codes:
        CaseHarm.objects.update_or_create(
            case=case,
            code=code,
            defaults={
                "folder_id": case.folder_id,
                "dropped_at": None,
                "primary": code == first,
            },
        )
    _set_pathway(case, own_thoughts=OWN_THOUGHTS_HARM in codes)
    _changed(case, "harms", classes={CATEGORY})


def _set_pathway(case: Case, *, own_thoughts: bool) -> None:
    """A colleague's mark puts who writes here on the prevention pathway, or takes them off it."""
    filed = Conversation.objects.filter(filed_to=case.folder_id)
    if own_thoughts:
        filed.update(
            pathway=OWN_THOUGHTS,
            survey=Conversation.Survey.NOT_APPROPRIATE,
            version=F("version") + 1,
        )
    else:
        filed.filter(pathway=OWN_THOUGHTS).update(pathway="", version=F("version") + 1)


@transaction.atomic
def set_risk(
    case: Case, *, risk: str, flags: Sequence[str] | None = None, why: str = "", by: User
) -> None:
    """A person's own judgement of the risk: it may lower what words raised.

    `flags` are the codes that stand from now on, `why` the reason for those that are new; None
    leaves them as they are (for who may not read them).
    """
    require(by, case.folder_id, OPERATIONAL)
    if risk not in RISKS or any(not is_code(Kind.RISK_FLAG, code) for code in flags or ()):
        raise NotPossible(_("This is not one of the choices."))
    case = locking.hold(case)
    case.risk = risk
    names = ["risk"]
    if flags is not None:
        require(by, case.folder_id, NARRATIVE)
        known = read_flags(case)
        case.flags = write_flags({code: known.get(code, why) for code in flags})
        names.append("flags")
    case.save(update_fields=names)
    _tell_conversations(case, names)
    _changed(case, "risk", classes={_class_of(name) for name in names}, reason=risk)


def _tell_conversations(case: Case, names: list[str]) -> None:
    """The judgement holds for what is filed to the case too: only new words raise it again."""
    filed = Conversation.objects.select_for_update(no_key=True).filter(filed_to=case.folder_id)
    for conversation in filed:
        conversation.risk = case.risk
        if "flags" in names:
            conversation.flags = write_flags(read_flags(case))
        conversation.save(update_fields=names)


@transaction.atomic
def add_note(case: Case, *, body: str, by: User) -> Note:
    """Write a note; it never goes out."""
    require(by, case.folder_id, NARRATIVE)
    if not body.strip():
        raise NotPossible(_("Write something first."))
    note = Note(folder_id=case.folder_id, case=case, body=body, author=by)
    note.save(force_insert=True)
    _changed(case, "note", classes={NARRATIVE})
    return note


@transaction.atomic
def add_task(
    case: Case, *, what: str, kind: str = Task.Kind.TO_DO, due_at: datetime | None = None, by: User
) -> Task:
    """Note something promised or planned; a promise needs its moment."""
    require(by, case.folder_id, NARRATIVE)
    if not what.strip():
        raise NotPossible(_("Write something first."))
    if kind == Task.Kind.PROMISE and due_at is None:
        raise NotPossible(_("Say by when it was promised."))
    task = Task(
        folder_id=case.folder_id, case=case, kind=kind, what=what, due_at=due_at, created_by=by
    )
    task.save(force_insert=True)
    _changed(case, "task", reason=kind)
    return task


@transaction.atomic
def finish_task(task: Task, *, by: User) -> None:
    """Tick something off; twice is once."""
    require(by, task.folder_id, OPERATIONAL)
    done = Task.objects.filter(pk=task.pk, done_at__isnull=True).update(done_at=database_now())
    if done:
        _changed(task.case, "task_done", reason=task.kind)


@transaction.atomic
def save_draft(conversation: Conversation, *, text: str, by: User) -> None:
    """Keep a reply that is being written; an empty one is no draft."""
    folder = conversation.filed_to_id or conversation.folder_id
    require(by, folder, NARRATIVE)
    draft = Draft.objects.filter(conversation=conversation, user=by).first()
    if draft is None and not text:
        return
    draft = draft or Draft(conversation=conversation, user=by)
    fresh = draft._state.adding or draft.folder_id != folder
    draft.folder_id, draft.body, draft.at = folder, text or None, database_now()
    draft.save(force_insert=draft._state.adding, force_update=not draft._state.adding)
    if fresh:
        audit.record("draft", folder=folder, subject="conversation", subject_id=conversation.pk)


@transaction.atomic
def set_safe_contact_aside(case: Case, *, purpose: str, words: str, by: User) -> None:
    """Allow one to write against the safe-contact rules for ten minutes, for a reason as a reveal.

    Who did, when and what for stands on the case page, and a supervisor looks at why.
    """
    require(by, case.folder_id, NARRATIVE)
    privacy.set_aside(case, rule="safe_contact", purpose=purpose, words=words, by=by)
    case = Case.objects.select_for_update().get(pk=case.pk)
    case.safe_aside_until = database_now() + SAFE_ASIDE_FOR
    case.save(update_fields=["safe_aside_until"])
    _changed(case, "safe_contact_aside", reason=purpose)


@transaction.atomic
def reply(
    case: Case,
    *,
    conversation: Conversation,
    text: str,
    template: str = "",
    client_key: str = "",
    by: User,
) -> Message:
    """Answer in one of the case's conversations; the draft is used up by words of one's own.

    `template`: the code of an approved text that goes out in their place.
    """
    message = intake.reply(conversation, text=text, template=template, client_key=client_key, by=by)
    if not template:
        save_draft(conversation, text="", by=by)
    Case.objects.filter(pk=case.pk).touch()
    return message


def _changed(
    case: Case, verb: str, *, classes: set[str] | frozenset[str] = frozenset(), reason: str = ""
) -> None:
    Case.objects.filter(pk=case.pk).touch()
    audit.record(
        verb,
        folder=case.folder_id,
        subject="case",
        subject_id=case.pk,
        classes=classes,
        reason=reason,
    )


def _class_of(name: str) -> str:
    field = Case._meta.get_field(name)
    return (field.db_comment or "") if isinstance(field, models.Field) else ""
