"""Noting where something of a young person stands, once for each place and case."""

from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Duty, Role, User
from cases.models import Case
from privacy import audit
from privacy.access import acting, capacities, grant, require
from privacy.classes import CONTENT_LOCATOR
from privacy.models import Folder, Grant
from privacy.purposes import keyed_hash
from privacy.services import NotPossible
from reference.reading import is_code
from reference.services import count_fact
from reference.vocabulary import Kind
from takedowns.locators import Locator, NotALocator, read, serves
from takedowns.models import Platform, ReportedContent
from takedowns.moves import require_open, touch

_WRONG_LOCATOR: Final = {
    "empty": gettext_lazy("Paste the address, the account or the fingerprint."),
    "too_long": gettext_lazy("This is longer than 2000 characters."),
    "not_a_link": gettext_lazy("This is not a web address. It begins like example.org/…"),
    "not_an_account": gettext_lazy("This is not the name of an account. It looks like @name."),
    "not_a_hash": gettext_lazy("This is not a fingerprint: 32, 40 or 64 signs from 0-9 and a-f."),
}


@transaction.atomic
def report_content(
    case: Case,
    *,
    kind: str,
    locator: str,
    platform: Platform | None = None,
    origin: str = "unknown",
    medium: str = "unknown",
    place: str = "public",
    age_in_content: str = "unknown",
    by: User,
) -> ReportedContent:
    """Note one place where something of the young person stands; the same place twice is one row.

    A link's platform is recognised by its host, unless one is named. Every takedown officer of the
    team can work on the case's places from then on. Raises NotPossible with words for the form.
    """
    require(by, case.folder_id, CONTENT_LOCATOR)
    require_open(case)
    _require_codes(origin=origin, medium=medium, place=place, age_band=age_in_content)
    found = _read_locator(kind, locator)
    platform = platform or _recognised(found.host)
    row = ReportedContent(
        folder_id=case.folder_id,
        case=case,
        locator_kind=found.kind,
        locator=found.text,
        locator_hash=keyed_hash("locator", _compared(found, platform)),
        platform=platform,
        origin=origin,
        medium=medium,
        place=place,
        age_in_content=age_in_content,
        added_by=by,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known: ReportedContent = ReportedContent.objects.get(
            case=case, locator_hash=row.locator_hash
        )
        return known
    _bring_officers(case, by=by)
    audit.record(
        "content_reported", folder=case.folder_id, subject="content", subject_id=row.pk, reason=kind
    )
    named = {"platform": platform.code} if platform else {}
    count_fact(row.added_at.date(), "content_reported", medium=medium, origin=origin, **named)
    touch(case)
    return row


def _read_locator(kind: str, given: str) -> Locator:
    try:
        return read(kind, given)
    except KeyError:
        raise NotPossible(_("Choose what kind of place it is.")) from None
    except NotALocator as error:
        raise NotPossible(str(_WRONG_LOCATOR[error.code])) from None


def _require_codes(**codes: str) -> None:
    if not all(is_code(Kind(kind), code) for kind, code in codes.items()):
        raise NotPossible(_("Choose from the list."))


def _recognised(host: str) -> Platform | None:
    if not host:
        return None
    rows = Platform.objects.all()
    return next((row for row in rows if any(serves(host, mask) for mask in row.hosts)), None)


def _compared(found: Locator, platform: Platform | None) -> str:
    """What is hashed: the same name on two platforms is two accounts."""
    where = platform.code if platform and not found.host else ""
    return f"{found.kind}\n{where}\n{found.normal}"


def cases_with(given: str, by: User) -> set[UUID]:
    """The cases with a place of which this person may know and that `given` names; for search.

    An account is looked for on every platform, because whoever asks may not know on which.
    """
    hashes = []
    for kind in ReportedContent.Locator.values:
        try:
            found = read(kind, given)
        except NotALocator:
            continue
        platforms = [None, *([] if found.host else Platform.objects.all())]
        hashes += [keyed_hash("locator", _compared(found, one)) for one in platforms]
    rows = ReportedContent.objects.visible_to(by).filter(locator_hash__in=set(hashes))
    return set(rows.values_list("case", flat=True))


def bring_officers() -> int:
    """Give every takedown officer the open cases with places of their team they lack.

    For officers who came after a place was noted; run by the sweep. Returns how many were given.
    """
    given = 0
    with acting(part="takedowns"):
        for duty in _officers():
            has = Grant.objects.filter(
                user_id=duty.user_id, permission__codename="takedown", content_object__isnull=False
            )
            work = ReportedContent.objects.filter(
                case__status=Case.Status.OPEN, folder__team=duty.team_id
            ).exclude(folder__in=has.values("content_object"))
            for folder in Folder.objects.filter(pk__in=work.values("folder")):
                grant(folder, "takedown", to=duty.user, reason="duty", by=None)
                given += 1
    return given


def _bring_officers(case: Case, *, by: User) -> None:
    """Give the team's takedown officers this case's places, and nothing else of it."""
    with acting(part="takedowns"):
        folder = Folder.objects.get(pk=case.folder_id)
        for duty in _officers().filter(team=folder.team_id):
            if "takedown" not in capacities(duty.user, [folder.pk])[folder.pk]:
                grant(folder, "takedown", to=duty.user, reason="content_reported", by=by)


def _officers() -> "QuerySet[Duty]":
    return Duty.objects.filter(role=Role.TAKEDOWN_OFFICER, user__is_active=True).select_related(
        "user"
    )
