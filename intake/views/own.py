"""The one page a young person opens to get the copy of their own data that they asked for."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from intake import own_data
from intake.languages import speaking
from privacy.access import acting


@login_not_required
@require_http_methods(["GET", "POST"])
def own_copy(request: HttpRequest, token: str) -> HttpResponse:
    """A button first, so that no machine that looks at links opens it; then the copy, once."""
    if request.method == "POST":
        opened = own_data.open_copy(token)
        language = opened[0].conversation.language if opened else ""
        context = {"sections": opened[1] if opened else None, "waits": False}
    else:
        with acting(part="intake"):
            found = own_data.by_token(token)
            language = found.conversation.language if found else ""
        context = {"sections": None, "waits": found is not None}
    gone = context["sections"] is None and not context["waits"]
    with speaking(language or request.LANGUAGE_CODE):
        return render(request, "intake/own_copy.html", context, status=404 if gone else 200)
