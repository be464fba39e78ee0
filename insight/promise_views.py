"""The page on privacy for colleagues: what is kept, who sees it, how long, what is on record."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from intake.texts.promise import span
from privacy.classes import DATA_CLASSES
from privacy.clock import database_now
from privacy.explained import CLASSES, LETTERS, told
from privacy.periods import FORGOTTEN_CLASSES, Rules
from privacy.policy import CAPACITIES


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """The table of who sees what, in words, as it holds today."""
    rules, today = Rules.read(), database_now().date()
    classes = [
        (
            CLASSES[klass],
            span(rules.on(today, klass, settings.HELPLINE_COUNTRY).keep)
            if klass in FORGOTTEN_CLASSES
            else "",
        )
        for klass in DATA_CLASSES
    ]
    people = [(told(name), _in_words(cells)) for name, cells in CAPACITIES.items()]
    context = {"classes": classes, "people": people}
    return render(request, "insight/privacy.html", context)


def _in_words(cells: dict[str, str]) -> list[tuple[str, list[str]]]:
    """What one capacity gives: each way of seeing, and the classes seen so."""
    return [
        (str(words), [str(CLASSES[klass].name) for klass in cells if letter in cells[klass]])
        for letter, words in LETTERS.items()
        if any(letter in cell for cell in cells.values())
    ]
