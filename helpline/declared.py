"""What every view, task and command may do, and for whom: what is not declared does not start.

A staff page declares itself with `@page("desk")`, which also enforces it. Everything else stands
here by name. The check compares both with what the resolver, Celery and Django really know.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.checks import CheckMessage, Error, register
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import autodiscover_modules

from helpline.celery import app
from privacy.checks import OURS
from privacy.policy import PARTS

# Who an address is for. Only those of the first group answer somebody who has not signed in.
ANYBODY: Final = "anybody"  # a page that shows nothing of anybody
SIGNED: Final = "signed"  # a provider's door: its signature is checked before anything is read
LINK: Final = "link"  # a partner or young person with a link of their own
PRACTICE: Final = "practice"  # the practice desk: mounted in practice only
COLLEAGUE: Final = "colleague"  # any colleague, about themselves
_OPEN: Final = {ANYBODY, SIGNED, LINK, PRACTICE}

# Exact names, or a beginning that ends in `*` for one group written in one place.
ADDRESSES: Final = {
    "health": ANYBODY,
    "policy_report": ANYBODY,
    "set_language": ANYBODY,
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_inactive": ANYBODY,
    "account_signup": ANYBODY,
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "account_reauthenticate": COLLEAGUE,
    "account_change_password": COLLEAGUE,
    "account_set_password": COLLEAGUE,
    "mfa_authenticate": ANYBODY,
    "mfa_index": COLLEAGUE,
    "mfa_reauthenticate": COLLEAGUE,
    "mfa_activate_totp": COLLEAGUE,
    "mfa_deactivate_totp": COLLEAGUE,
    "mfa_view_recovery_codes": COLLEAGUE,
    "mfa_generate_recovery_codes": COLLEAGUE,
    "mfa_download_recovery_codes": COLLEAGUE,
    "mfa_list_webauthn": COLLEAGUE,
    "mfa_add_webauthn": COLLEAGUE,
    "mfa_reauthenticate_webauthn": COLLEAGUE,
    "mfa_remove_webauthn": COLLEAGUE,
    "mfa_edit_webauthn": COLLEAGUE,
    "accounts:me": COLLEAGUE,
    "accounts:telephone": COLLEAGUE,
    "accounts:sessions": COLLEAGUE,
    "accounts:session_end": COLLEAGUE,
    "accounts:here": COLLEAGUE,
    "accounts:locked": COLLEAGUE,
    "accounts:hidden": ANYBODY,
    "intake:whatsapp": SIGNED,
    "intake:whatsapp_status": SIGNED,
    "intake:sms": SIGNED,
    "intake:sms_status": SIGNED,
    "intake:meta": SIGNED,
    "intake:mail_sendgrid": SIGNED,
    "intake:mail_mailgun": SIGNED,
    "intake:mail_postmark": SIGNED,
    "intake:mail_ses": SIGNED,
    "intake:phone*": SIGNED,
    "insight:privacy": COLLEAGUE,
    "intake:kept": ANYBODY,
    "intake:own_copy": LINK,
    "referrals:door": LINK,
    "referrals:packet": LINK,
    "referrals:accept": LINK,
    "referrals:decline": LINK,
    "referrals:report": LINK,
    "practice_hours": PRACTICE,
    "practice:*": PRACTICE,
}

# The API asks for a signed-in person itself; the page whose roles may use each resource.
RESOURCES: Final = {
    "schema": COLLEAGUE,
    "api-cases": "desk",
    "api-search": "desk",
    "api-glass": "desk",
    "api-reviews": "reviews",
    "api-conversations": "desk",
    "api-takedowns": "takedowns",
    "api-takedown-places": "takedowns",
    "api-referrals": "referrals",
    "api-services": "referrals",
}

# The parts of the policy as which a task acts; none: it touches no case data.
TASKS: Final[dict[str, tuple[str, ...]]] = {
    "accounts.tasks.clear_traces": (),
    "accounts.tasks.tell_owners": (),
    "cases.tasks.triage_waiting": ("triage", "assignment"),
    "insight.tasks.publish_figures": (),
    "insight.tasks.watch_record": (),
    "intake.tasks.deliver": ("delivery",),
    "intake.tasks.deliver_waiting": ("delivery",),
    "intake.tasks.destroy_hidden": ("forgetting",),
    "intake.tasks.forget_dead_letters": ("forgetting",),
    "intake.tasks.page_on_call": ("delivery",),
    "intake.tasks.process": ("intake",),
    "intake.tasks.process_waiting": ("intake",),
    "intake.tasks.reconcile_arrivals": ("delivery",),
    "privacy.tasks.anchor_audit": (),
    "privacy.tasks.chain_audit": (),
    "privacy.tasks.finish_seals": ("forgetting",),
    "privacy.tasks.forget": ("forgetting",),
    "privacy.tasks.index_words": ("indexing",),
    "takedowns.tasks.check_clocks": ("takedowns",),
}

# The database role that a command needs, and with that what it can reach at most.
COMMANDS: Final = {
    "access_page": "none",
    "audit": "audit",
    "breach_pack": "worker",
    "backup": "backup",
    "collect_texts": "none",
    "compile_translations": "none",
    "custodian_key": "none",
    "demo": "owner",
    "forget": "worker",
    "index_words": "worker",
    "egress": "none",
    "mail_door": "web",
    "mail_fetch": "worker",
    "open_seal": "worker",
    "phone_fallback": "none",
    "prepare": "owner",
    "reach": "web",
    "recovery_shares": "none",
    "replay_erasures": "owner",
    "restore": "owner",
    "restore_test": "owner",
    "rotate_keys": "owner",
    "sweep": "worker",  # and once more as audit, for the record alone
    "verify_number": "owner",
    "wall": "owner",
}
_ROLES: Final = {"none", "web", "worker", "owner", "audit", "stats", "backup"}


@register()
def check_declared(**_kwargs: Any) -> list[CheckMessage]:
    """Every view, task and command of ours has a declared policy, and keeps to its kind."""
    return [*_views(), *_tasks(), *_commands()]


def _views() -> Iterator[CheckMessage]:
    for name, view in _walk(get_resolver().url_patterns, ""):
        if not getattr(view, "page", ""):
            yield from _view(name, view)


def _view(name: str, view: Any) -> Iterator[CheckMessage]:
    if name in RESOURCES or name.rpartition("-")[0] in RESOURCES:
        if not hasattr(view, "cls"):
            yield Error(f"{name} is declared as API and is none", id="helpline.E021")
        return
    kind = ADDRESSES.get(name) or _of_group(name)
    if kind is None:
        words = f"The address {name} has no declared policy: @page, or helpline.declared."
        yield Error(words, id="helpline.E020")
    elif (kind in _OPEN) != (getattr(view, "login_required", True) is False):
        yield Error(f"The address {name} is declared for {kind} and is not.", id="helpline.E021")


def _of_group(name: str) -> str | None:
    groups = {start[:-1]: kind for start, kind in ADDRESSES.items() if start.endswith("*")}
    return next((kind for start, kind in groups.items() if name.startswith(start)), None)


def _walk(patterns: Iterable[Any], space: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name or entry.pattern}", entry.callback


def _tasks() -> Iterator[CheckMessage]:
    autodiscover_modules("tasks")  # not by Celery itself: its loader runs these very checks
    for name in app.tasks:
        if name.startswith("celery."):
            continue
        if name not in TASKS:
            yield Error(f"The task {name} has no declared policy.", id="helpline.E022")
        elif unknown := set(TASKS[name]) - PARTS.keys():
            yield Error(f"The task {name} acts as {min(unknown)}, no part.", id="helpline.E022")


def _commands() -> Iterator[CheckMessage]:
    for name, where in get_commands().items():
        if str(where) in (*OURS, "helpline") and COMMANDS.get(name) not in _ROLES:
            yield Error(f"The command {name} has no declared policy.", id="helpline.E023")
