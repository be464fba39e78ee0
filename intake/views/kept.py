"""The page on what we keep, for young people: no sign-in, no cookie, nothing left on the device."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from intake.languages import NAMES, OWN, speaking
from intake.texts.promise import kept_page
from privacy.classes import CONTACT, CONTENT_LOCATOR, IDENTITY, NARRATIVE
from privacy.clock import database_now
from privacy.middleware import works_without_key
from privacy.periods import Rules


@works_without_key
@login_not_required
@never_cache
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """What is kept, who reads it, for how long: in the five languages our own texts have."""
    asked = request.GET.get("lang", "")
    language = asked if asked in OWN else get_language() or "en"
    rules, today = Rules.read(), database_now().date()
    spans = {
        name: rules.on(today, klass, settings.HELPLINE_COUNTRY).keep
        for name, klass in (
            ("name", IDENTITY),
            ("contact", CONTACT),
            ("story", NARRATIVE),
            ("places", CONTENT_LOCATOR),
        )
    }
    with speaking(language):
        tongues = [
            {"code": code, "label": NAMES[code], "current": code == language} for code in OWN
        ]
        context = {"parts": kept_page(**spans), "languages": tongues}
        return render(request, "intake/kept.html", context)
