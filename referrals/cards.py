"""The referrals card of the case page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Case
from cases.registry import Card
from referrals import reading
from referrals.models import SupportReferral


def card(case: Case, user: User) -> Card | None:
    """The case's referrals for whoever arranges or oversees them; nothing for anybody else."""
    held = reading.rights(user, case.folder_id)
    if not (held.arranges or "w" in held.letters["operational"]):
        return None
    found = SupportReferral.objects.visible_to(user).filter(case=case)
    rows = reading.rows(found.select_related("service__organization"), user)
    return Card(
        key="referrals",
        title=_("Referrals"),
        gist=_gist(rows),
        template="referrals/_card.html",
        context={"rows": rows, "may_refer": held.writes and case.status == Case.Status.OPEN},
        sign=_sign(rows),
    )


def _sign(rows: list[reading.Row]) -> tuple[str, str] | None:
    if any(row.changed for row in rows):
        return "danger", _("changed since sent")
    return ("attention", _("locked")) if any(row.locked for row in rows) else None


def _gist(rows: list[reading.Row]) -> str:
    if not rows:
        return _("none yet")
    settled = {SupportReferral.State.ACCEPTED, SupportReferral.State.FIRST_SEEN}
    taken = sum(row.referral.state in settled | {SupportReferral.State.COMPLETED} for row in rows)
    total = ngettext("%(n)d referral", "%(n)d referrals", len(rows)) % {"n": len(rows)}
    return total + " · " + ngettext("%(n)d accepted", "%(n)d accepted", taken) % {"n": taken}
