"""Which pages a person may open: one short table. What they see there, `privacy.policy` says."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Role, User
from privacy import audit

P = ParamSpec("P")

_ON_CASES: Final = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ON_CALL})

PAGES: Final[dict[str, frozenset[Role]]] = {
    "desk": _ON_CASES | {Role.TAKEDOWN_OFFICER, Role.REFERRAL_COORDINATOR, Role.SAFEGUARDING_LEAD},
    "takedowns": _ON_CASES | {Role.TAKEDOWN_OFFICER},
    "referrals": _ON_CASES | {Role.REFERRAL_COORDINATOR},
    "team": frozenset({Role.SUPERVISOR, Role.ON_CALL}),
    "figures": frozenset({Role.ANALYST, Role.SUPERVISOR}),
    "audit": frozenset({Role.AUDITOR}),
    "setup": frozenset({Role.ADMINISTRATOR}),
    "plan": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
}

# Where each page is.
ROUTES: Final = {
    "desk": "cases:desk",
    "takedowns": "takedowns:desk",
    "referrals": "referrals:list",
    "team": "insight:team",
    "figures": "insight:figures",
    "audit": "insight:audit",
    "plan": "accounts:week",
    "setup": "accounts:setup",
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
