"""The verbs of a case: answer, write down, reveal, hand over, close, assign."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ask_for_factor, fresh_factor, page
from cases import assignment, consents, desk, reporter, services
from cases.forms import (
    AsideForm,
    AssignForm,
    CloseForm,
    ConsentForm,
    DraftForm,
    HandOverForm,
    ReplyForm,
    RevealForm,
)
from cases.models import Task
from cases.page import head_of
from cases.revealing import revealable
from cases.sight import sight_of
from cases.steps import STEPS, colleagues_for
from cases.views.case import show_case
from cases.views.finding import (
    back_to,
    conversation_of,
    find_case,
    person,
    work_of,
)
from privacy import services as privacy
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.minimise import minimised
from privacy.models import Consent
from privacy.services import NotPossible


@page("desk")
@require_POST
def reply(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer in one of the case's conversations."""
    case, user = find_case(request, key), person(request)
    form = ReplyForm(request.POST)
    typed = request.POST.get("text", "")
    if not form.is_valid():
        asked = "approved" in request.POST
        refusal = _("Choose a text first.") if asked else _("Write something first.")
        return show_case(request, case, text=typed or None, refusal=refusal)
    conversation = conversation_of(request, case, form.cleaned_data["conversation"])
    try:
        services.reply(
            case,
            conversation=conversation,
            text=form.cleaned_data["text"],
            template=form.cleaned_data["template"],
            client_key=form.cleaned_data["client_key"],
            by=user,
        )
    except NotPossible as why:
        if typed:  # the composer may show no field for it now
            services.save_draft(conversation, text=typed, by=user)
        return show_case(request, case, text=typed or None, refusal=str(why))
    return back_to(case, query=f"?on={conversation.pk}")


@page("desk")
@require_POST
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what is being typed."""
    case = find_case(request, key)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    conversation = conversation_of(request, case, form.cleaned_data["conversation"])
    services.save_draft(conversation, text=form.cleaned_data["text"], by=person(request))
    return render(request, "cases/_saved.html")


@page("desk")
@require_POST
def aside(request: HttpRequest, key: UUID) -> HttpResponse:
    """Set the safe-contact rules aside for ten minutes, with a reason."""
    case = find_case(request, key)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, bound={"aside": form})
    services.set_safe_contact_aside(case, by=person(request), **form.cleaned_data)
    return back_to(case)


@page("desk")
@require_POST
def writer(request: HttpRequest, key: UUID, talk: UUID, verb: str) -> HttpResponse:
    """Do something about whoever writes: the agreed question, a wish to delete, a limit."""
    case, user = find_case(request, key), person(request)
    conversation = conversation_of(request, case, talk)
    form = reporter.VERBS[verb].form(request.POST)
    if not form.is_valid():
        return show_case(request, case, opened="reporter", refusal=_("Choose one."))
    try:
        reporter.do(verb, case, conversation, form, by=user)
    except NotPossible as why:
        return show_case(request, case, opened="reporter", refusal=str(why))
    messages.success(request, _("Saved."))
    return back_to(case, card="reporter")


@page("desk")
@require_POST
def change(request: HttpRequest, key: UUID, card: str) -> HttpResponse:
    """Save one card of the case page."""
    case, user = find_case(request, key), person(request)
    step = STEPS[card]
    form = step.form(request.POST, case, user)
    if not form.is_valid():
        return show_case(request, case, bound={card: form}, opened=step.card)
    try:
        step.save(case, form, user)
    except NotPossible as why:
        form.add_error(None, str(why))
        return show_case(request, case, bound={card: form}, opened=step.card)
    services.drop_typed(case, form=card, by=user)
    messages.success(request, _("Saved."))
    return back_to(case, card=step.card)


@page("desk")
@require_POST
def task_done(request: HttpRequest, key: UUID, task: UUID) -> HttpResponse:
    """Tick off something promised or planned."""
    case = find_case(request, key)
    rows = Task.objects.visible_to(person(request)).filter(case=case)
    services.finish_task(get_object_or_404(rows, pk=task), by=person(request))
    return back_to(case, card="tasks")


@page("desk")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, key: UUID, what: str, row: UUID) -> HttpResponse:
    """Ask what for, then show one masked field for ten minutes.

    The second factor must be fresh, but for danger: then the live session is enough.
    """
    case, user = find_case(request, key), person(request)
    if "prove" in request.GET:
        return ask_for_factor(request, back=request.path)
    record, field = revealable(case, what, row, user)
    klass = getattr(record._meta.get_field(field), "db_comment", "") or ""
    require(user, record.folder_id, klass, "w")
    form = RevealForm(request.POST or None, fresh=fresh_factor(request))
    if form.is_valid():
        try:
            privacy.reveal(record, field=field, by=user, **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            return back_to(case, card="safe" if what == "safe-words" else "people")
    context = {**work_of(request), **head_of(sight_of(case, user)), "form": form, "what": what}
    return render(request, "cases/case_reveal.html", context, status=422 if form.errors else 200)


@page("desk")
@require_POST
def consent(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down what the young person agreed to."""
    case = find_case(request, key)
    form = ConsentForm(request.POST, guardian_safe=case.guardian_safe == "yes")
    if not form.is_valid():
        return show_case(request, case, bound={"consent": form}, opened="consents")
    try:
        consents.record_consent(case, by=person(request), **form.cleaned_data)
    except NotPossible as why:
        form.add_error(None, str(why))
        return show_case(request, case, bound={"consent": form}, opened="consents")
    return back_to(case, card="consents")


@page("desk")
@require_POST
def consent_withdraw(request: HttpRequest, key: UUID, consent: UUID) -> HttpResponse:
    """Take a consent back: what is open and unsent under it stops."""
    case = find_case(request, key)
    rows = Consent.objects.visible_to(person(request)).filter(folder=case.folder_id)
    consents.withdraw_consent(case, get_object_or_404(rows, pk=consent), by=person(request))
    return back_to(case, card="consents")


@page("desk")
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give the case to a colleague, with a sheet."""
    case, user = find_case(request, key), person(request)
    require(user, case.folder_id, NARRATIVE)
    first = {"summary": minimised(case, user).summary}
    form = HandOverForm(request.POST or None, colleagues=colleagues_for(case), initial=first)
    if form.is_valid():
        try:
            services.drop_typed(case, form="hand-over", by=user)
            services.hand_over(case, by=user, **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Handed over."))
            return redirect("cases:desk")
    context = {**work_of(request), **head_of(sight_of(case, user)), "form": form}
    return render(request, "cases/case_hand_over.html", context, status=422 if form.errors else 200)


@page("desk")
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """End the work on a case."""
    case, user = find_case(request, key), person(request)
    require(user, case.folder_id, NARRATIVE)
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            services.drop_typed(case, form="close", by=user)
            services.close(case, by=user, **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Closed. What is personal will be forgotten on time."))
            return redirect("cases:desk")
    context = {**work_of(request), **head_of(sight_of(case, user)), "form": form}
    return render(request, "cases/case_close.html", context, status=422 if form.errors else 200)


@page("desk")
@require_POST
def reopen(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a closed case up again; it goes to the queue."""
    case = find_case(request, key)
    try:
        services.reopen(case, by=person(request))
    except NotPossible as why:
        messages.info(request, str(why))
    return back_to(case)


@page("desk")
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give a case to a colleague by hand: loads and what stands against each, no story."""
    case, user = find_case(request, key), person(request)
    services.require_supervision(case, by=user)
    with acting(part="assignment"):
        found = assignment.standing_against(case, at=database_now())
    form = AssignForm(request.POST or None, colleagues=[one for one, _against, _load in found])
    if form.is_valid():
        try:
            services.assign(case, to=form.cleaned_data["to"], by=user)
        except NotPossible as why:
            messages.info(request, str(why))
            return back_to(case)
        messages.success(request, _("Assigned."))
        return redirect("cases:desk")
    context = {
        **work_of(request),
        **head_of(sight_of(case, user)),
        "capacity": assignment.CAPACITY,
        "colleagues": [
            (one, [desk.reason_words(code) for code in against], burden)
            for one, against, burden in found
        ],
        "unheld": [(desk.reason_words(code), n) for code, n in case.nobody_because.items()],
    }
    return render(request, "cases/case_assign.html", context)


@page("desk")
@require_POST
def cover(request: HttpRequest, key: UUID) -> HttpResponse:
    """Act in a case in danger for an hour, because nobody else can."""
    case = find_case(request, key)
    try:
        services.cover_danger(case, reason=request.POST.get("reason", ""), by=person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Open to you for an hour, on the record."))
    return back_to(case)
