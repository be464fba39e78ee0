"""The switch on the practice page that opens and closes the demo desk."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpline.demo.hours import HOW, play
from privacy.clock import database_now


@login_not_required
@require_POST
def practice_hours(request: HttpRequest) -> HttpResponse:
    """Play the desk's hours; 404 unless this installation is for practice."""
    if not settings.PRACTICE or request.POST.get("how") not in HOW:
        raise Http404
    play(request.POST["how"], database_now())
    messages.success(request, _("The hours of the desk are changed."))
    return redirect(reverse("practice:page", query={"who": request.POST.get("who", "")}))
