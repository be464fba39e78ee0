"""System checks of a production desk: it does not start half-configured."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string

from privacy import ring

SHORTEST_SECRET: Final = 32  # letters of what a mail provider proves itself by


@register(Tags.security)
def check_production(**_kwargs: Any) -> list[CheckMessage]:
    """With PRODUCTION=1: a master key is named, and people reach the desk by https only.

    A key that is named but cannot be read is no error: intake goes on sealing and storing.
    """
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if settings.AMAAN_PROCESS in _ALONE:  # they have no key of anybody's words, and no page
        return _ALONE[settings.AMAAN_PROCESS]()
    if not ring.is_configured():
        found.append(Error("No master key: set AMAAN_MASTER_KEY_FILE (0400).", id="helpline.E001"))
    if not settings.AMAAN_INTAKE_PUBLIC_KEY_FILE:
        found.append(Error("No intake key: set AMAAN_INTAKE_PUBLIC_KEY_FILE.", id="helpline.E002"))
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        found.append(Error("PUBLIC_BASE_URL must begin with https://.", id="helpline.E003"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS may not hold '*'.", id="helpline.E004"))
    if settings.DEBUG or settings.PRACTICE:
        found.append(Error("DEBUG and PRACTICE are off in production.", id="helpline.E005"))
    return found


def _check_record() -> list[CheckMessage]:
    """The process that chains the record anchors it, and could open nothing."""
    found: list[CheckMessage] = []
    if not (settings.AMAAN_ANCHOR_FILE and settings.AMAAN_ANCHOR_KEY_FILE):
        words = "The record is not anchored: set AMAAN_ANCHOR_FILE and AMAAN_ANCHOR_KEY_FILE."
        found.append(Error(words, id="helpline.E012"))
    if ring.is_configured():
        words = "Who chains the record may not have the master key."
        found.append(Error(words, id="helpline.E013"))
    return found


def _check_backup() -> list[CheckMessage]:
    """Whoever makes backups seals them to others, and could open nothing."""
    found: list[CheckMessage] = []
    if not (settings.BACKUP_FOLDER and settings.BACKUP_RECIPIENTS_FILE):
        words = "No backup can be made: set BACKUP_FOLDER and BACKUP_RECIPIENTS_FILE."
        found.append(Error(words, id="helpline.E030"))
    if ring.is_configured():
        found.append(Error("Who makes backups may not have the master key.", id="helpline.E031"))
    return found


_ALONE: Final = {"audit": _check_record, "backup": _check_backup}


@register(Tags.security)
def check_ring_file(**_kwargs: Any) -> list[CheckMessage]:
    """Only its owner can read the ring; systemd's own copies are guarded by systemd."""
    if not settings.PRODUCTION or not settings.AMAAN_MASTER_KEY_FILE:
        if settings.PRODUCTION and ring.is_configured():
            words = "The master key stands in the environment: a file of mode 0400 is safer."
            return [Warning(words, id="helpline.W030")]
        return []
    path = Path(settings.AMAAN_MASTER_KEY_FILE)
    lent = os.environ.get("CREDENTIALS_DIRECTORY")
    if not path.is_file() or (lent and path.is_relative_to(lent)):
        return []
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        words = "Others can read the master key: chmod 0400 the file."
        return [Error(words, id="helpline.E032")]
    return []


@register(Tags.security)
def check_mail(**_kwargs: Any) -> list[CheckMessage]:
    """Where mail comes in, answers have a domain to come back to, and no secret is guessed."""
    if not settings.PRODUCTION or not (settings.IMAP_HOST or settings.MAIL_WEBHOOK_SECRET):
        return []
    found: list[CheckMessage] = []
    if settings.MAIL_REPLY_DOMAIN == "localhost":
        found.append(Error("Answers cannot come back: set MAIL_REPLY_DOMAIN.", id="helpline.E010"))
    secret = settings.MAIL_WEBHOOK_SECRET
    if secret and (":" not in secret or len(secret) < SHORTEST_SECRET):
        words = f"MAIL_WEBHOOK_SECRET is name:password, {SHORTEST_SECRET} letters or more."
        found.append(Error(words, id="helpline.E011"))
    return found


@register(Tags.security)
def check_forged_forms(**_kwargs: Any) -> list[CheckMessage]:
    """Every form is protected against being sent from elsewhere."""
    classes = [import_string(name) for name in settings.MIDDLEWARE]
    if any(isinstance(one, type) and issubclass(one, CsrfViewMiddleware) for one in classes):
        return []
    return [Error("No CSRF middleware: forms could be sent from elsewhere.", id="helpline.E008")]


@register(Tags.models)
def check_no_superuser(**_kwargs: Any) -> list[CheckMessage]:
    """No account can be a superuser: nobody stands above the table of who sees what."""
    fields = {field.name for field in get_user_model()._meta.get_fields()}
    if "is_superuser" in fields:
        return [Error("Accounts may not have an is_superuser field.", id="helpline.E006")]
    return []


@register(Tags.database, deploy=True)
def check_database_role(
    databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """This process's database role is walled in: no superuser, not excepted from row policies."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            (unwalled,) = cursor.fetchone()
        if unwalled:
            found.append(
                Error(f"The role of database '{alias}' passes every wall.", id="helpline.E007")
            )
    return found
