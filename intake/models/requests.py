"""What a reporter asks about their own data: who has seen it, and a copy of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.conversations import Conversation
from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.models import CaseData


class SubjectRequest(CaseData):
    """One wish of one reporter about their own conversation, and what became of it.

    Nothing is answered before they say yes on their own channel, asked there by ourselves; while it
    may be somebody else who writes, a colleague asks the agreed question first.
    """

    class Kind(models.TextChoices):
        SEEN = "seen", _("who has seen it")
        COPY = "copy", _("a copy of their own data")

    class State(models.TextChoices):
        ASKED = "asked", _("a colleague looks at it")
        OFFERED = "offered", _("waits for their yes")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("not answered: it may be somebody else")
        LAPSED = "lapsed", _("they did not say yes")

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    kind = models.CharField(max_length=4, choices=Kind.choices, db_comment=OPERATIONAL)
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.ASKED, db_comment=OPERATIONAL
    )
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="who wrote it down for them; empty: they asked by a keyword",
    )
    offered_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    settled_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    parts = models.CharField(
        max_length=120,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="of a copy: what a colleague chose to put in beside their own words, by comma",
    )
    token = models.CharField(
        max_length=64, blank=True, db_comment=SECRET, help_text="SHA-256 of the copy's own link"
    )
    until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    opened_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "kind"],
                condition=models.Q(state__in=["asked", "offered"]),
                name="one_open_request_a_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["token"], name="request_token", condition=~models.Q(token="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
