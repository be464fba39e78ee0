"""What the frame of every page shows: where one may go, whether one is on shift, languages."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.access import ROUTES, pages_of
from accounts.models import AskedDuty, Shift
from privacy.clock import database_now

_LABELS: Final = {
    "desk": _("Desk"),
    "takedowns": _("Takedowns"),
    "referrals": _("Referrals"),
    "team": _("Team"),
    "forgetting": _("Forgetting"),
    "reviews": _("Reviews"),
    "figures": _("Figures"),
    "audit": _("Record"),
    "reach": _("Reach"),
    "plan": _("Shifts"),
    "setup": _("Set-up"),
    "agree": _("Roles asked for"),
}
# Under "More" where somebody has many pages: what is not looked at every hour.
_SELDOM: Final = frozenset({"forgetting", "reviews", "figures", "reach", "plan"})
_MOST: Final = 6


def desk(request: HttpRequest) -> dict[str, Any]:
    """Navigation, shift state and languages for base.html; nothing about any young person."""
    user: Any = getattr(request, "user", None)
    context: dict[str, Any] = {
        "languages": _languages(),
        "practice_mode": settings.PRACTICE,
        "hide_url": reverse("accounts:hidden"),
        "lock_url": reverse("account_login"),
    }
    if user is None or not user.is_authenticated:
        return context
    nav = _navigation(request, user)
    # Who has a desk finds a case by its code.
    search_url = reverse("cases:search") if any(item["url"] == "/" for item in nav) else ""
    # A page that a POST became cannot be asked for again: its lock opens at the start.
    back = request.get_full_path() if request.method == "GET" else "/"
    lock = {
        "lock_url": f"{reverse('accounts:locked')}?{urlencode({'next': back})}",
        "here_url": reverse("accounts:here"),
        "idle_seconds": settings.AMAAN_IDLE_SECONDS,
    }
    many = len(nav) > _MOST
    pages = {
        "nav": [item for item in nav if not (many and item["seldom"])],
        "nav_more": [item for item in nav if many and item["seldom"]],
    }
    return {**context, **lock, **pages, "shift": _shift(user), "search_url": search_url}


def _languages() -> list[dict[str, Any]]:
    """The languages of the pages, each by its name in its own script."""
    now = get_language()
    return [
        {"code": code, "label": get_language_info(code)["name_local"], "current": code == now}
        for code, _name in settings.LANGUAGES
    ]


def _navigation(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for name in (one for one in pages_of(user) if one in _LABELS):
        if name == "agree" and not AskedDuty.objects.filter(decided_at__isnull=True).exists():
            continue  # only there while something waits
        url, at = reverse(ROUTES[name]), request.path
        current = at == url or at.startswith("/cases/") if url == "/" else at.startswith(url)
        items.append(
            {"label": _LABELS[name], "url": url, "current": current, "seldom": name in _SELDOM}
        )
    here = max((len(item["url"]) for item in items if item["current"]), default=0)
    for item in items:  # of a page inside another, the inner one
        item["current"] = item["current"] and len(item["url"]) == here
    return items


def _shift(user: Any) -> dict[str, Any] | None:
    now = database_now()
    shift = Shift.objects.filter(user=user, starts_at__lte=now, ends_at__gt=now).first()
    if shift is None:
        return {"on": False, "label": _("off shift"), "url": reverse("accounts:me")}
    hours, rest = divmod(int((now - shift.starts_at).total_seconds()), 3600)
    label = _("on call") if shift.on_call else _("on shift")
    since = f"{hours}:{rest // 60:02}"
    return {"on": True, "label": label, "since": since, "url": reverse("accounts:me")}
