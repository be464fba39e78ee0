"""What is typed into a case's forms is kept while it is typed, and put back after a lock."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from cases import services
from cases.views.finding import find_case, person
from privacy.services import NotPossible


@page("desk")
@require_http_methods(["GET", "POST"])
def typed(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET: what this person typed here and did not save. POST: keep one field of it."""
    case, user = find_case(request, key), person(request)
    if request.method == "GET":
        return JsonResponse({"typed": services.typed_of(case, by=user)})
    place, text = request.POST.get("place", ""), request.POST.get("text", "")
    try:
        services.save_typed(case, place=place, text=text, by=user)
    except NotPossible:
        return HttpResponse(status=422)
    return render(request, "cases/_saved.html")
