"""Opening a case from a conversation, and which conversation and message belongs to which case."""

import secrets
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, CaseConversation
from intake import services as intake
from intake import writing
from intake.flags import read_flags, write_flags
from intake.models import Conversation, Message
from privacy import audit, keeping
from privacy.access import acting, grant, require
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.exclusions import carry
from privacy.models import Folder
from privacy.services import NotPossible
from reference.services import count_fact

# No vowels, so that no word comes out; nothing that is read or said as something else.
_LETTERS: Final = "CDFGHJKMNPQRTVWXY"
_SIGNS: Final = _LETTERS + "346789"


@transaction.atomic
def open_case(conversation: Conversation, *, by: User | None) -> Case:
    """Open a case for the child a conversation is about, and file its messages there.

    By a part (nobody named) a conversation that is filed already keeps its case. A person who opens
    a second case, for another child in the same conversation, holds it; messages stay where they
    are filed until `file_message` moves them.
    """
    require(by, conversation.folder_id, OPERATIONAL if by is None else NARRATIVE)
    with acting(part="filing"):
        conversation = writing.lock(conversation)
        if by is None and conversation.filed_to_id:
            return Case.objects.get(folder=conversation.filed_to_id)
        case = _make(conversation, holder=by)
        if conversation.filed_to_id is None:
            intake.file_to(conversation, case.folder_id)
        if by is not None:
            grant(case.folder, "own", to=by, reason="opened", by=by)
        _count_opened(case, conversation)
        keeping.set_basis(case.folder, basis=settings.LAWFUL_BASIS, by=None)
    audit.record("open", folder=case.folder_id, subject="case", subject_id=case.pk)
    return case


@transaction.atomic
def link_conversation(case: Case, conversation: Conversation, *, by: User) -> CaseConversation:
    """Let a conversation serve a case too (another reporter, another channel, a second child)."""
    require(by, case.folder_id, NARRATIVE)
    require(by, conversation.folder_id, NARRATIVE)
    with acting(part="filing"):
        link, _made = CaseConversation.objects.update_or_create(
            case=case,
            conversation=conversation,
            defaults={"folder_id": case.folder_id, "unlinked_at": None},
        )
        folder = Folder.objects.get(pk=conversation.folder_id)
        carry(case.folder_id, folder)
        carry(conversation.folder_id, Folder.objects.get(pk=case.folder_id))
        holder = Case.objects.select_related("holder").get(pk=case.pk).holder
        if holder is not None:
            grant(folder, "own", to=holder, reason="linked", by=by)
        Case.objects.filter(pk=case.pk).touch()
    audit.record("link", folder=case.folder_id, subject="conversation", subject_id=conversation.pk)
    return link


@transaction.atomic
def unlink_conversation(case: Case, conversation: Conversation, *, by: User) -> None:
    """End a link. Messages filed to the case stay there; the last case of a conversation stays."""
    require(by, case.folder_id, NARRATIVE)
    standing = CaseConversation.objects.standing().filter(conversation=conversation)
    if conversation.filed_to_id == case.folder_id or not standing.exclude(case=case).exists():
        raise NotPossible(_("New messages of this conversation are filed to this case."))
    standing.filter(case=case).update(unlinked_at=database_now())
    Case.objects.filter(pk=case.pk).touch()
    audit.record(
        "unlink", folder=case.folder_id, subject="conversation", subject_id=conversation.pk
    )


@transaction.atomic
def file_message(message: Message, *, to: Case, by: User) -> None:
    """File one message to one child's case: it is read, and forgotten, there and nowhere else."""
    require(by, message.folder_id, NARRATIVE)
    require(by, to.folder_id, NARRATIVE)
    links = CaseConversation.objects.standing().filter(
        case=to, conversation=message.conversation_id
    )
    if not links.exists():
        raise NotPossible(_("Link the conversation to that case first."))
    with acting(part="filing"):
        writing.lock(message.conversation)
        message = Message.objects.select_for_update().get(pk=message.pk)
        message.rewrap(to.folder_id)
        message.save(update_fields=["folder", "wrapped_key"])
        for link in CaseConversation.objects.standing().filter(
            conversation=message.conversation_id
        ):
            Case.objects.filter(pk=link.case_id).touch()
    audit.record("filed", folder=to.folder_id, subject="message", subject_id=message.pk)


def _make(conversation: Conversation, *, holder: User | None) -> Case:
    folder = Folder(kind=Folder.Kind.CASE, team_id=conversation.folder.team_id)
    folder.save(force_insert=True)
    case = Case(
        folder=folder,
        code=_free_code(),
        holder=holder,
        risk=conversation.risk,
        language=conversation.language,
        relation=conversation.relation,
        flags=write_flags(read_flags(conversation)),
    )
    case.save(force_insert=True)
    CaseConversation(folder=folder, case=case, conversation=conversation).save(force_insert=True)
    carry(conversation.folder_id, folder)
    return case


def _free_code() -> str:
    """A code nobody has; the unique constraint has the last word."""
    while True:
        signs = [secrets.choice(_LETTERS) for _ in "KA"] + ["-"]
        code = "".join(signs + [secrets.choice(_SIGNS) for _ in "7F3Q"])
        if not Case.objects.filter(code=code).exists():
            return code


def _count_opened(case: Case, conversation: Conversation) -> None:
    facts = {"channel": conversation.channel, "language": case.language, "risk": case.risk}
    if conversation.folder.team_id:
        facts["team"] = str(conversation.folder.team_id)
    count_fact(case.opened_at.date(), "cases_opened", **facts)
