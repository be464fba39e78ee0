"""What the demo's colleagues do in a case: facts, notes, tasks, takedowns, referrals, an end."""

from datetime import timedelta
from typing import Any

from accounts.models import Role, User
from cases import services as cases
from cases.models import Case
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Folder
from privacy.services import record_consent
from reference.vocabulary import Evidence
from referrals import services as referrals
from referrals.models import Service
from takedowns import services as takedowns
from takedowns.models import Platform, ReportedContent, Route

Story = dict[str, Any]


def do(story: Story, case: Case, holder: User, services: dict[str, Service]) -> None:
    """Everything a story says about its case, by its holder and the officer of the team."""
    with acting(user=holder):
        _write(story, case, holder)
        for purpose in story.get("consents", []):
            record_consent(
                Folder.objects.get(pk=case.folder_id),
                purpose=purpose,
                given_by="child",
                language=story["language"],
                how="message",
                told=True,
                by=holder,
            )
        contents = [_report(place, case, holder) for place in story.get("places", [])]
    officer = _officer(case)
    with acting(user=officer):
        for place, content in zip(story.get("places", []), contents, strict=True):
            _take_down(place, content, officer)
    with acting(user=holder):
        if plan := story.get("referral"):
            _refer(plan, case, holder, services)
        if "end" in story:
            reason, view = story["end"]
            cases.close(case, reason=reason, child_view=view, by=holder)


def _write(story: Story, case: Case, holder: User) -> None:
    if story.get("case"):
        cases.update_case(case, changes=story["case"], by=holder)
    if story.get("harms"):
        cases.set_harms(case, codes=story["harms"], by=holder)
    if story.get("risk", case.risk) != case.risk:
        cases.set_risk(case, risk=story["risk"], by=holder)
    for note in story.get("notes", []):
        cases.add_note(case, body=note, by=holder)
    for kind, what, hours in story.get("tasks", []):
        due = database_now() + timedelta(hours=hours)
        cases.add_task(case, what=what, kind=kind, due_at=due, by=holder)


def _report(place: Story, case: Case, holder: User) -> ReportedContent:
    named = place.get("platform")
    return takedowns.report_content(
        case,
        kind=place["kind"],
        locator=place["locator"],
        platform=Platform.objects.get(code=named) if named else None,
        origin=place["origin"],
        medium=place["medium"],
        place=place["place"],
        age_in_content=place["age"],
        by=holder,
    )


def _take_down(place: Story, content: ReportedContent, officer: User) -> None:
    if "route" not in place:
        return
    code = "-".join(filter(None, (place.get("platform"), place["route"])))
    request = takedowns.prepare_request(content, route=Route.objects.get(code=code), by=officer)
    if place["state"] == "prepared":
        return
    request = takedowns.mark_sent(request, reference=place.get("reference", ""), by=officer)
    if place["state"] == "answered":
        takedowns.record_outcome(
            request,
            outcome=place["outcome"],
            evidence=Evidence.PLATFORM_ANSWER,
            by=officer,
        )


def _refer(plan: Story, case: Case, holder: User, services: dict[str, Service]) -> None:
    referral = referrals.draft_referral(
        case,
        service=services[plan["service"]],
        fields=plan["fields"],
        words=plan["words"],
        by=holder,
    )
    if plan["state"] == "draft":
        return
    referrals.record_agreement(
        referral, given_by="child", how="message", language=case.language, by=holder
    )
    referrals.send_referral(referral, by=holder)
    if plan["state"] == "accepted":
        referrals.record_outcome(referral, state="accepted", by=holder)


def _officer(case: Case) -> User:
    with acting(part="takedowns"):
        team = Folder.objects.get(pk=case.folder_id).team_id
    found = User.objects.filter(duties__role=Role.TAKEDOWN_OFFICER, duties__team=team).first()
    if found is None:
        raise LookupError("the demo has a takedown officer")
    return found
