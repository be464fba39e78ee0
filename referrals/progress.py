"""The moves of a referral, each only from where it may start, and what is counted of them."""

from django.utils.translation import gettext as _

from cases.models import Case
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Folder
from privacy.services import NotPossible
from reference.services import count_fact
from referrals.models import SupportReferral

State = SupportReferral.State

# What each state is called in the figures (a `referral_outcome` code).
OUTCOMES = {
    State.ACCEPTED: "accepted",
    State.DECLINED: "declined",
    State.FIRST_SEEN: "first_seen",
    State.COMPLETED: "completed",
    State.NOT_REACHED: "not_reached",
    State.WITHDRAWN: "withdrawn_by_child",
}


def move(referral: SupportReferral, state: str, *, decline_reason: str = "") -> None:
    """Bring a referral to its next state, and count it. Raises NotPossible from anywhere else.

    Whoever calls has asked whether it is allowed; the row itself is written by the machine part,
    because neither a coordinator nor a partner writes rows of a case.
    """
    with acting(part="referrals"):
        row = SupportReferral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
        if state not in SupportReferral.MOVES[row.state]:
            raise NotPossible(_("That is not possible any more: something else came first."))
        now = database_now()
        row.state, row.decline_reason = state, decline_reason
        row.sent_at = now if state == State.SENT else row.sent_at
        row.settled_at = None if SupportReferral.MOVES[state] else now
        row.save(update_fields=["state", "decline_reason", "sent_at", "settled_at"])
        _count(row)
        Case.objects.filter(pk=row.case_id).touch()
    referral.state, referral.decline_reason = row.state, row.decline_reason
    referral.sent_at, referral.settled_at = row.sent_at, row.settled_at


def _count(referral: SupportReferral) -> None:
    about = {"referral_kind": referral.service.kind}
    if team := Folder.objects.values_list("team_id", flat=True).get(pk=referral.folder_id):
        about["team"] = str(team)
    if referral.state == State.SENT:
        case = Case.objects.get(pk=referral.case_id)
        about |= {"age_band": case.age_band, "gender": case.gender}
        _add("referrals_sent", about)
    elif referral.sent_at and (outcome := OUTCOMES.get(State(referral.state))):
        if referral.decline_reason:
            about["decline_reason"] = referral.decline_reason
        _add("referral_outcomes", about | {"referral_outcome": outcome})


def _add(measure: str, about: dict[str, str]) -> None:
    today = database_now().date()
    count_fact(today, measure, 1, **about)
