"""The one order in which rows are held: the team, then conversations, then the case.

An arrival holds its conversation and then asks for the case; whoever changes a case and its
conversations asks in the same order, so that neither waits for the other.
"""

from accounts.models import Team
from cases.models import Case, CaseConversation
from intake.models import Conversation
from privacy.access import acting
from privacy.models import Folder


def hold(case: Case, *, loads: bool = False) -> Case:
    """The case as it is now, held with its conversations until the transaction ends.

    With `loads` the loads of its team stand still too. Inside the caller's transaction, before it
    held anything of this case.
    """
    with acting(part="assignment"):
        folder = Folder.objects.get(pk=case.folder_id)
        if loads and folder.team_id:
            Team.objects.select_for_update(no_key=True).get(pk=folder.team_id)
        hold_conversations(case)
        held: Case = (
            Case.objects.select_for_update(of=("self",), no_key=True)
            .select_related("folder__team")
            .get(pk=case.pk)
        )
    return held


def hold_conversations(case: Case) -> None:
    """Hold every conversation that serves the case or is filed to it, in the order of their keys.

    Run inside `acting` of a part that may write conversations.
    """
    links = CaseConversation.objects.standing().filter(case=case)
    served = Conversation.objects.filter(pk__in=links.values("conversation"))
    rows = served | Conversation.objects.filter(filed_to=case.folder_id)
    keys = set(rows.values_list("pk", flat=True))
    held = Conversation.objects.filter(pk__in=keys).order_by("pk").only("pk")
    list(held.select_for_update(no_key=True))
