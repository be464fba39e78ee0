"""A case of amina's with a place in it, officers in the team, and the foundation's counterpart."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case
from privacy.access import acting
from privacy.models import Consent
from privacy.services import record_consent
from takedowns import services
from takedowns.models import ReportedContent, Route, TakedownRequest
from tests import people
from tests.counterparts import World

CANARY = "canary-9f3a"
LINK = f"https://www.instagram.com/p/{CANARY}/"
LOGIN = "accounts.backends.PasswordBackend"


@pytest.fixture
def case(amina: User, tariq: User, team: Team) -> Case:
    """Amina's case, in a team in which tariq takes down."""
    return people.case_of(amina, team=team, text="canary-story-77", age_band="13_15")


@pytest.fixture
def place(case: Case, amina: User) -> ReportedContent:
    """A picture on Instagram."""
    with acting(user=amina):
        return services.report_content(
            case, kind="url", locator=LINK, medium="image", age_in_content="13_15", by=amina
        )


@pytest.fixture
def agreed(case: Case, amina: User) -> Consent:
    """The young person agreed that we ask in their name."""
    with acting(user=amina):
        return record_consent(
            case.folder,
            purpose=Consent.Purpose.TAKEDOWN,
            given_by="child",
            language="en",
            how="chat",
            told=True,
            by=amina,
        )


def prepared(place: ReportedContent, by: User, code: str) -> TakedownRequest:
    """A request of a place on a route, prepared by somebody."""
    with acting(user=by):
        return services.prepare_request(place, route=Route.objects.get(code=code), by=by)


@pytest.fixture
def report(place: ReportedContent, tariq: User) -> TakedownRequest:
    """A prepared report of the place to the foundation."""
    return prepared(place, tariq, "iwf-url")


@pytest.fixture
def complaint(place: ReportedContent, tariq: User) -> TakedownRequest:
    """A prepared complaint to Instagram's grievance officer."""
    return prepared(place, tariq, "instagram-grievance-ncii")


@pytest.fixture
def iwf(world: World, settings: Settings) -> World:
    """The foundation's counterpart, and the settings that lead there."""
    settings.IWF_REPORT_URL = f"{world.url}/iwf/report"
    settings.IWF_LINK_URL = f"{world.url}/iwf/case"
    settings.IWF_CHILD_PAGE = f"{world.url}/iwf/link"
    for name in ("IWF_USER", "IWF_PASSWORD", "IWF_SECRET_KEY"):
        setattr(settings, name, world.secrets[name])
    return world


def enter(user: User) -> Client:
    """A browser in which a colleague is signed in; invented people need no second factor."""
    browser = Client()
    browser.force_login(user, backend=LOGIN)
    return browser


def fresh(request: TakedownRequest) -> TakedownRequest:
    """The request as it is now."""
    with acting(part="takedowns"):
        now: TakedownRequest = TakedownRequest.objects.select_related("route", "case").get(
            pk=request.pk
        )
    return now
