"""What every page of this stage begins with: who asks, which case, what their list shows."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from cases import desk, services
from cases.models import Case
from intake.models import Conversation


def person(request: HttpRequest) -> User:
    """Who is signed in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("pages of cases are for people who signed in")
    return user


def find_case(request: HttpRequest, key: UUID) -> Case:
    """The case, if this person may know of it; else 404."""
    rows = Case.objects.visible_to(person(request)).select_related("folder__team", "holder")
    case: Case = get_object_or_404(rows, pk=key)
    return case


def work_of(request: HttpRequest) -> dict[str, Any]:
    """The left list."""
    user = person(request)
    rows = desk.my_work(user)
    return {"rows": rows, "tallies": desk.tallies(rows), "work_version": desk.version(user)}


def conversation_of(request: HttpRequest, case: Case, key: UUID) -> Conversation:
    """One of the case's conversations, if this person may know of it; else 404."""
    rows = Conversation.objects.visible_to(person(request)).filter(pk__in=linked_keys(case))
    found: Conversation = get_object_or_404(rows, pk=key)
    return found


def linked_keys(case: Case) -> list[UUID]:
    """The keys of the case's conversations."""
    return [conversation.pk for conversation in services.linked(case)]


def back_to(case: Case, *, card: str = "", query: str = "") -> HttpResponse:
    """To the case page, at a card."""
    response = redirect("cases:case_detail", key=case.pk)
    response["Location"] += f"?open={card}#card-{card}" if card else query
    return response


def uuid_or_none(text: str | None) -> UUID | None:
    """A key from the address, or nothing."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
