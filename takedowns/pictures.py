"""What can be offered when a picture came that nobody here may open: whose way it is, its steps.

The picture stays with the person, who alone can show it to those that are allowed to look.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from cases.registry import Way
from privacy.access import may
from privacy.classes import CONTENT_LOCATOR, NARRATIVE
from reference.services import emergency_numbers
from reference.vocabulary import Purpose
from takedowns.models import Route

# The portal of the country's police for cyber crime, as a route of the directory.
_PORTALS = {"IN": "in-ncrp"}


def ways(case: Case, user: User) -> list[Way]:
    """Analysts first, then the country's portal, then the police; only for who writes the story."""
    if case.status != Case.Status.OPEN or not may(user, case.folder_id, NARRATIVE, "w"):
        return []
    offered = [_analysts(case, user), _portal(case), _police(case)]
    return [way for way in offered if way is not None]


def _analysts(case: Case, user: User) -> Way | None:
    """A link of their own to the Internet Watch Foundation; without one, Take It Down."""
    if settings.IWF_LINK_URL and may(user, case.folder_id, CONTENT_LOCATOR, "w"):
        return Way(
            _("Report Remove: their own link to analysts (Internet Watch Foundation)"),
            [
                _("Ask how old they are in the picture; the link is for under 18."),
                _("Make a link and send it: it works once."),
                _("They show the picture to the analysts there. We never see it."),
                _("Write down here what they answer."),
            ],
            reverse("takedowns:make_link", kwargs={"key": case.pk}),
        )
    route = Route.objects.filter(code="ncmec-take-it-down").first()
    if route is None:
        return None
    return Way(
        route.name,
        [
            _("For pictures of somebody under 18. It is done on their own phone: %(address)s")
            % {"address": route.address},
            _("The picture never leaves the phone: only a fingerprint of it does."),
            _("Write down that it was done."),
        ],
    )


def _portal(case: Case) -> Way | None:
    country = _country(case)
    route = Route.objects.filter(code=_PORTALS.get(country, "")).first()
    if route is None:
        return None
    numbers = [
        row.number for row in emergency_numbers(country) if row.purpose == Purpose.CYBER_CRIME
    ]
    steps = [
        _("Only if they want it: ask before, and write down that they agreed."),
        _("They may report without their name: %(address)s") % {"address": route.address},
        _("They keep the picture and the messages on their phone until they were asked for them."),
    ]
    if numbers:
        steps.insert(2, _("Or by telephone: %(number)s") % {"number": numbers[0]})
    return Way(route.name, steps)


def _police(case: Case) -> Way:
    numbers = [
        f"{row.label(get_language() or 'en')} {row.number}"
        for row in emergency_numbers(_country(case))
        if row.purpose == Purpose.DANGER
    ]
    steps = [
        _("Only if they want it, or somebody is in danger now."),
        _("Tell them before what the police will ask. Nothing is deleted on their phone before."),
    ]
    if numbers:
        steps.append(_("In danger: %(numbers)s") % {"numbers": ", ".join(numbers)})
    return Way(_("The police"), steps)


def _country(case: Case) -> str:
    return case.region[:2] or settings.HELPLINE_COUNTRY
