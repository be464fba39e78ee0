"""Which pages a person may open: one short table. What they see there, `privacy.policy` says."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts import factors
from accounts.models import Role, User
from privacy import audit

P = ParamSpec("P")

_ON_CASES: Final = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ON_CALL})

PAGES: Final[dict[str, frozenset[Role]]] = {
    "desk": _ON_CASES | {Role.TAKEDOWN_OFFICER, Role.REFERRAL_COORDINATOR, Role.SAFEGUARDING_LEAD},
    "takedowns": _ON_CASES | {Role.TAKEDOWN_OFFICER},
    "referrals": _ON_CASES | {Role.REFERRAL_COORDINATOR},
    "team": frozenset({Role.SUPERVISOR, Role.ON_CALL}),
    "glass": _ON_CASES,
    "reviews": frozenset({Role.SUPERVISOR, Role.SAFEGUARDING_LEAD}),
    "figures": frozenset({Role.ANALYST, Role.SUPERVISOR}),
    "audit": frozenset({Role.AUDITOR}),
    "forgetting": frozenset({Role.SUPERVISOR, Role.ON_CALL, Role.AUDITOR}),
    "setup": frozenset({Role.ADMINISTRATOR}),
    "agree": frozenset({Role.SUPERVISOR, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR}),
    "reach": frozenset({Role.AUDITOR, Role.SAFEGUARDING_LEAD, Role.SUPERVISOR}),
    "plan": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
}

# Where each page is.
ROUTES: Final = {
    "desk": "cases:desk",
    "takedowns": "takedowns:desk",
    "referrals": "referrals:list",
    "team": "insight:team",
    "glass": "cases:glass",
    "reviews": "insight:reviews",
    "figures": "insight:figures",
    "audit": "insight:audit",
    "forgetting": "insight:forgetting",
    "reach": "insight:reach",
    "plan": "accounts:week",
    "setup": "accounts:setup",
    "agree": "accounts:duties_asked",
}

# Who reviews others, reads the record or configures signs in with a key that cannot be phished.
KEY_ROLES: Final = frozenset(
    {
        Role.SUPERVISOR,
        Role.ON_CALL,
        Role.SAFEGUARDING_LEAD,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    }
)


def needs_key(user: Any) -> bool:
    """Whether one of the person's roles asks for a key (WebAuthn) as second factor."""
    return bool(roles_of(user) & KEY_ROLES)


def roles_of(user: User) -> frozenset[str]:
    """The roles a person holds in any team, now."""
    return frozenset(user.duties.values_list("role", flat=True))


def pages_of(user: User) -> list[str]:
    """The pages a person may open, in the order of the table."""
    held = roles_of(user)
    return [page for page, roles in PAGES.items() if held & roles]


def page(
    name: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let a view answer only those whose duties open the page; others get "not found"."""
    if name not in PAGES:
        raise LookupError(name)

    def guard(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user: Any = request.user
            held = pages_of(user) if user.is_authenticated else []
            if name not in held and request.path == "/":  # where everybody arrives
                return redirect(ROUTES[held[0]] if held else "accounts:me")
            if name not in held:
                audit.record("refused", subject="page", reason=name)
                raise Http404
            return view(request, *args, **kwargs)

        guarded.page = name  # type: ignore[attr-defined]
        return guarded

    return guard


def fresh_factor(request: HttpRequest) -> bool:
    """Whether who sits there showed their second factor in this session, five minutes ago or less.

    Asked before a reveal, breaking glass and exports; not for danger inside a live session, which
    the caller decides. Invented people of a practice desk without a factor: their password.
    """
    return bool(request.user.is_authenticated) and factors.is_fresh(request)


def ask_for_factor(request: HttpRequest, *, back: str = "") -> HttpResponse:
    """To the page where they show it, and from there back (an address of ours, or this one)."""
    way = factors.way_to_prove(request.user)
    return redirect(f"{way}?{urlencode({'next': back or request.get_full_path()})}")


def with_fresh_factor(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a view answer only right after the second factor was shown; stands under `page`.

    What a stale POST brought is not kept: the page that has the form is under this rule as well,
    so that the factor is asked for before anything is typed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if fresh_factor(request):
            return view(request, *args, **kwargs)
        return ask_for_factor(request)

    return guarded
