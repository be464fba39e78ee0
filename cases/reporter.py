"""The card about whoever writes: is it them, what they asked us to do, and a limit for a while."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases import services
from cases.contact import zone_of
from cases.models import Case, CaseConversation
from cases.registry import Card
from intake import deleting, doubts, limits, own_data, survey
from intake import services as intake
from intake.models import Conversation, ReporterLimit, SubjectRequest
from privacy import holds
from privacy.access import acting, may, require
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.services import NotPossible

_DAYS: Final = (1, 3, 7, 14, 30)


class CheckForm(forms.Form):
    """How the agreed question was answered."""

    answered = forms.ChoiceField(
        label=lazy("How was the agreed question answered?"),
        choices=[
            ("right", lazy("right: it is them, at this number too")),
            ("wrong", lazy("not right: it may be somebody else")),
        ],
        widget=forms.RadioSelect,
    )


class DeleteForm(forms.Form):
    """What a colleague decides about a wish to delete."""

    decision = forms.ChoiceField(
        label=lazy("What did you agree on with them?"),
        choices=[
            ("delete", lazy("delete: hidden now, destroyed after 72 hours")),
            ("seal", lazy("a law keeps it: hidden, locked away, destroyed on the day below")),
            ("keep", lazy("not now: they know why")),
        ],
        widget=forms.RadioSelect,
    )
    until = forms.DateField(
        label=lazy("Where a law keeps it: destroyed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        """A seal has a day on which it ends."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("decision") == "seal" and not told.get("until"):
            self.add_error("until", _("Say until when it must be kept."))
        return told


class LimitForm(forms.Form):
    """A proposal to limit a reporter."""

    reason = forms.ChoiceField(label=lazy("Why"), choices=ReporterLimit.Reason.choices)
    days = forms.TypedChoiceField(
        label=lazy("For how many days"), choices=[(day, day) for day in _DAYS], coerce=int
    )


class DecideForm(forms.Form):
    """A second person's word on a limit, or its end."""

    decision = forms.ChoiceField(choices=[("yes", lazy("agree")), ("no", lazy("end it"))])


class NothingForm(forms.Form):
    """A button is all it takes."""


@dataclass(frozen=True)
class Verb:
    """One thing a colleague does about a reporter: its form, and the service it calls."""

    form: type[forms.Form]
    do: Callable[[Conversation, dict[str, Any], User], object]


@dataclass(frozen=True)
class About:
    """What stands about one reporter, as one colleague may see and do it."""

    key: str
    channel: str
    in_doubt: bool = False
    wants_deletion: bool = False
    limit: ReporterLimit | None = None
    may_decide: bool = False
    check_form: CheckForm | None = None
    delete_form: DeleteForm | None = None
    limit_form: LimitForm | None = None
    may_rule_out: bool = False
    works: bool = False
    asked: list[SubjectRequest] = field(default_factory=list)


def card(case: Case, user: User) -> Card | None:
    """Who writes, for whoever holds the story or supervises; nothing when nothing stands."""
    works = case.status == Case.Status.OPEN and may(user, case.folder_id, NARRATIVE, "w")
    if not works and not may(user, case.folder_id, OPERATIONAL, "w"):
        return None
    links = CaseConversation.objects.standing().filter(case=case)
    rows = Conversation.objects.visible_to(user).filter(pk__in=links.values("conversation"))
    found = [_about(row, user, works=works) for row in rows.order_by("started_at")]
    hidden = _hidden(case)
    pressing = any(one.in_doubt or one.wants_deletion or one.asked for one in found)
    if not (works or hidden or any(one.limit for one in found)):
        return None
    return Card(
        key="reporter",
        title=_("Who writes"),
        gist=_gist(found, hidden),
        template="cases/_card_reporter.html",
        context={"reporters": found, "hidden": hidden},
        sign=("attention", _("look")) if pressing else None,
    )


def _about(conversation: Conversation, user: User, *, works: bool) -> About:
    limit = limits.standing(conversation)
    supervises = may(user, conversation.folder_id, OPERATIONAL, "w")
    wants = conversation.asked == deleting.ASKED
    return About(
        key=str(conversation.pk),
        channel=str(conversation.get_channel_display()),
        in_doubt=works and doubts.is_in_doubt(conversation),
        wants_deletion=wants,
        limit=limit,
        may_decide=limit is not None and supervises and limit.asked_by_id != user.pk,
        check_form=_form(CheckForm, "check") if works else None,
        delete_form=_form(DeleteForm, "delete") if works and wants else None,
        limit_form=_form(LimitForm, "limit") if works and limit is None else None,
        may_rule_out=works and conversation.survey == Conversation.Survey.NONE,
        works=works,
        asked=own_data.waiting(conversation) if works else [],
    )


def _form(kind: Any, name: str) -> Any:
    return kind(auto_id=f"reporter-{name}-%s")


def _gist(found: list[About], hidden: list[str]) -> str:
    if any(one.wants_deletion for one in found):
        return _("asks us to delete")
    if any(one.asked for one in found):
        return _("asks about their own data")
    if any(one.in_doubt for one in found):
        return _("maybe somebody else")
    if any(one.limit and one.limit.until for one in found):
        return _("limited for a while")
    return _("hidden, at their wish") if hidden else ""


def _hidden(case: Case) -> list[str]:
    """One neutral line for each reporter who asked to delete; nobody reaches more of it.

    That it was asked, and when it is destroyed, is told by a part: the conversation itself is out
    of everybody's reach.
    """
    with acting(part="triage"):
        links = CaseConversation.objects.standing().filter(
            case=case, conversation__hidden_at__isnull=False
        )
        folders = dict(links.values_list("conversation__folder", "conversation__destroy_after"))
        locked = dict(holds.sealed(folders).values_list("folder", "destroy_on"))
    days = [day for folder, day in folders.items() if folder not in locked]
    zone = zone_of(case)
    return [
        _("They asked us to delete. A law keeps it: locked away until %(day)s, and read by nobody.")
        % {"day": day.isoformat()}
        for day in locked.values()
    ] + [
        _("They asked us to delete their conversation. It is hidden, and destroyed on %(day)s.")
        % {"day": f"{day.astimezone(zone):%Y-%m-%d %H:%M}"}
        if day
        else _("They asked us to delete their conversation. It is destroyed.")
        for day in days
    ]


def _check(conversation: Conversation, told: dict[str, Any], by: User) -> None:
    intake.settle_check(conversation, right=told["answered"] == "right", by=by)


def _delete(conversation: Conversation, told: dict[str, Any], by: User) -> None:
    if told["decision"] == "seal":
        deleting.seal(conversation, until=told["until"], by=by)
        return
    deleting.decide(conversation, delete=told["decision"] == "delete", by=by)


def _limit(conversation: Conversation, told: dict[str, Any], by: User) -> None:
    limits.ask_limit(conversation, reason=told["reason"], hours=24 * told["days"], by=by)


def _decide(conversation: Conversation, told: dict[str, Any], by: User) -> None:
    limit = limits.standing(conversation)
    if limit is None:
        raise NotPossible(_("This was decided already."))
    if told["decision"] == "yes":
        limits.approve_limit(limit, by=by)
    else:
        limits.end_limit(limit, by=by)


def _tell_who_read(conversation: Conversation, _told: dict[str, Any], by: User) -> None:
    own_data.offer(conversation, kind="seen", by=by)


def _ask_delete(conversation: Conversation, _told: dict[str, Any], by: User) -> None:
    own_data.confirm_delete(conversation, by=by)


def _refuse_own(conversation: Conversation, _told: dict[str, Any], by: User) -> None:
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    for request in own_data.waiting(conversation):
        own_data.refuse(request, by=by)


def _rule_out(conversation: Conversation, _told: dict[str, Any], by: User) -> None:
    survey.rule_out(conversation, by=by)


VERBS: Final = {
    "check": Verb(CheckForm, _check),
    "delete": Verb(DeleteForm, _delete),
    "limit": Verb(LimitForm, _limit),
    "decide": Verb(DecideForm, _decide),
    "survey": Verb(NothingForm, _rule_out),
    "seen": Verb(NothingForm, _tell_who_read),
    "ask-delete": Verb(NothingForm, _ask_delete),
    "not-them": Verb(NothingForm, _refuse_own),
}


def do(verb: str, case: Case, conversation: Conversation, form: forms.Form, *, by: User) -> None:
    """Do what a colleague chose about a reporter. Raises NotAllowed or NotPossible."""
    VERBS[verb].do(conversation, form.cleaned_data, by)
    with acting(part="triage"):
        services.touch(case)
