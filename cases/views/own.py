"""A reporter's own data, as a colleague has it sent: the copy, and the sheet of who has looked."""

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import page
from cases.copying import CHOOSABLE
from cases.page import head_of
from cases.sight import sight_of
from cases.views.finding import back_to, conversation_of, find_case, person, work_of
from intake import looks, own_data, texts
from intake.languages import speaking
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.services import NotPossible

_NAMES: Final = {
    "summary": lazy("the summary"),
    "safety_plan": lazy("the safety plan"),
    "child_view": lazy("what they said at the end"),
}


class CopyForm(forms.Form):
    """What a colleague puts in beside their own words."""

    parts = forms.MultipleChoiceField(
        label=lazy("Put in as well, if nobody else is named in it"),
        choices=[(name, _NAMES[name]) for name in CHOOSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@page("desk")
@require_http_methods(["GET", "POST"])
def own_copy(request: HttpRequest, key: UUID, talk: UUID) -> HttpResponse:
    """Exactly what would leave us; sending it has them asked for their yes first."""
    case, user = find_case(request, key), person(request)
    conversation = conversation_of(request, case, talk)
    require(user, conversation.filed_to_id or conversation.folder_id, NARRATIVE, "w")
    form = CopyForm(request.POST or request.GET or None)
    parts = form.cleaned_data["parts"] if form.is_valid() else []
    if request.method == "POST" and form.is_valid():
        try:
            own_data.offer(conversation, kind="copy", parts=parts, by=user)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("We asked them whether it is a good time."))
            return back_to(case, card="reporter")
    sections = own_data.copy_of(conversation, parts)
    told = {"form": form, "sections": sections, "talk": talk, "chosen": parts}
    context = {**work_of(request), **head_of(sight_of(case, user)), **told}
    return render(request, "cases/own_copy.html", context, status=422 if form.errors else 200)


@page("desk")
@require_GET
def own_seen(request: HttpRequest, key: UUID, talk: UUID) -> HttpResponse:
    """The sheet "who has read what you wrote", in their language, to read out or to print."""
    case, user = find_case(request, key), person(request)
    conversation = conversation_of(request, case, talk)
    require(user, conversation.filed_to_id or conversation.folder_id, NARRATIVE, "w")
    with acting(part="intake"):
        found = looks.seen_of(conversation)
    with speaking(conversation.language):
        lines = texts.seen_answer(found).splitlines()
    context = {**work_of(request), **head_of(sight_of(case, user)), "lines": lines, "talk": talk}
    context["language"] = conversation.language
    return render(request, "cases/own_seen.html", context)
