"""Where content stands, what was asked of whom, by when, and what came of it. Never a copy."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from privacy.classes import CATEGORY, CONTENT_LOCATOR, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import CaseData


class Platform(models.Model):
    """A place where content stands; a directory that an administrator keeps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True, db_comment=OPERATIONAL)
    name = models.CharField(max_length=80, db_comment=OPERATIONAL)
    hosts = models.JSONField(
        default=list, db_comment=OPERATIONAL, help_text="host names; a leading dot: all below"
    )
    encrypted = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="messages there are end-to-end encrypted"
    )

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """A way to ask: whom, how, under which clock. Unverified until a colleague has looked."""

    class Kind(models.TextChoices):
        IN_APP = "in_app", _("report in the app")
        WEB_FORM = "web_form", _("removal form")
        EMAIL = "email", _("e-mail")
        GRIEVANCE = "grievance", _("grievance officer")
        TRUSTED = "trusted", _("trusted channel")
        HOTLINE = "hotline", _("hotline")
        REGULATOR = "regulator", _("regulator")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.ForeignKey(
        Platform,
        models.PROTECT,
        null=True,
        related_name="routes",
        db_comment=OPERATIONAL,
        help_text="empty: serves every platform (a hotline)",
    )
    code = models.SlugField(max_length=60, unique=True, db_comment=OPERATIONAL)
    name = models.CharField(max_length=120, db_comment=OPERATIONAL)
    kind = models.CharField(max_length=10, choices=Kind.choices, db_comment=OPERATIONAL)
    connector = models.CharField(
        max_length=20, db_comment=OPERATIONAL, help_text="who carries it: iwf, email, form"
    )
    jurisdiction = models.CharField(max_length=8, blank=True, db_comment=OPERATIONAL)
    clock_code = models.CharField(max_length=30, blank=True, db_comment=OPERATIONAL)
    needs_consent = models.BooleanField(
        default=True, db_comment=OPERATIONAL, help_text="asks in the young person's name"
    )
    age = models.CharField(
        max_length=8,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="under_18 or over_18 in the content; empty: whoever",
    )
    position = models.PositiveSmallIntegerField(
        default=50, db_comment=OPERATIONAL, help_text="what to try first is offered first"
    )
    address = models.CharField(max_length=300, blank=True, db_comment=OPERATIONAL)
    source = models.CharField(max_length=200, blank=True, db_comment=OPERATIONAL)
    verified_on = models.DateField(null=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ReportedContent(CaseData):
    """One place where something of the child stands: a URL, an account, or a hash."""

    row_class = CONTENT_LOCATOR

    class Locator(models.TextChoices):
        URL = "url", _("link")
        ACCOUNT = "account", _("account")
        HASH = "hash", _("fingerprint")

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    locator_kind = models.CharField(max_length=8, choices=Locator.choices, db_comment=OPERATIONAL)
    locator = SealedField(db_comment=CONTENT_LOCATOR)
    locator_hash = models.CharField(  # noqa: DJ001 (forgotten with the locator it stands for)
        max_length=64, null=True, db_index=True, db_comment=CONTENT_LOCATOR
    )
    platform = models.ForeignKey(
        Platform, models.PROTECT, null=True, related_name="+", db_comment=CATEGORY
    )
    origin = models.CharField(max_length=20, default="unknown", db_comment=CATEGORY)
    medium = models.CharField(max_length=10, default="unknown", db_comment=CATEGORY)
    place = models.CharField(max_length=16, default="public", db_comment=CATEGORY)
    age_in_content = models.CharField(max_length=10, default="unknown", db_comment=CATEGORY)
    added_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "locator_hash"], name="one_place_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.locator_kind} {self.pk}"


class TakedownRequest(CaseData):
    """What we ask of one route about one place, and its state."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("not known whether it was sent")
        FAILED = "failed", _("not sent")
        CLOSED = "closed", _("answered")
        CANCELLED = "cancelled", _("withdrawn")

    # Which verb leads where; anything else is refused.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.PREPARED: frozenset({State.SENDING, State.SENT, State.CANCELLED}),
        State.SENDING: frozenset({State.SENT, State.UNKNOWN, State.FAILED}),
        State.UNKNOWN: frozenset({State.SENT, State.FAILED, State.CLOSED}),
        State.FAILED: frozenset({State.SENDING, State.SENT, State.CANCELLED}),
        State.SENT: frozenset({State.CLOSED}),
        State.CLOSED: frozenset(),
        State.CANCELLED: frozenset({State.PREPARED}),
    }

    OPEN: ClassVar[frozenset[str]] = frozenset(set(State) - {State.CLOSED, State.CANCELLED})

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    content = models.ForeignKey(
        ReportedContent, models.PROTECT, related_name="requests", db_comment=OPERATIONAL
    )
    route = models.ForeignKey(Route, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PREPARED, db_comment=OPERATIONAL
    )
    reference = SealedField(db_comment=CONTENT_LOCATOR, help_text="the platform's own number")
    outcome = models.CharField(max_length=24, blank=True, db_comment=CATEGORY)
    notice_sha256 = models.CharField(max_length=64, blank=True, db_comment=OPERATIONAL)
    problem = models.CharField(max_length=60, blank=True, db_comment=OPERATIONAL)
    tries = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    prepared_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    sent_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    outcome_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content", "route"], name="one_request_a_route"),
            models.CheckConstraint(
                name="answered_has_an_outcome",
                condition=models.Q(state="closed") ^ models.Q(outcome=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state"], name="request_state")]

    def __str__(self) -> str:
        return f"{self.route_id} {self.state}"


class RequestStep(CaseData):
    """One move of a request and what proves it: its history, in codes."""

    class Verb(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        QUEUED = "queued", _("given to be sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("not known whether it was sent")
        FAILED = "failed", _("not sent")
        REFERENCE = "reference", _("number of the other side noted")
        LATE = "late", _("the clock ran out")
        CLOSED = "closed", _("answer recorded")
        CANCELLED = "cancelled", _("withdrawn before it was sent")

    request = models.ForeignKey(
        TakedownRequest, models.PROTECT, related_name="steps", db_comment=OPERATIONAL
    )
    verb = models.CharField(max_length=10, choices=Verb.choices, db_comment=OPERATIONAL)
    evidence = models.CharField(max_length=20, blank=True, db_comment=OPERATIONAL)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.verb} {self.request_id}"


class ChildLink(CaseData):
    """A single-use link of the Internet Watch Foundation, made for one child, sent once."""

    row_class = CONTENT_LOCATOR

    class AgeBand(models.TextChoices):
        """The foundation's own three words."""

        UNDER_13 = "<13", _("under 13")
        FROM_13 = "13-15", _("13 to 15")
        FROM_16 = "16-17", _("16 or 17")

    class State(models.TextChoices):
        MAKING = "making", _("being made")
        MADE = "made", _("made, not yet sent")
        SENT = "sent", _("sent to the young person")
        FAILED = "failed", _("could not be made")
        UNKNOWN = "unknown", _("not known whether it was made")

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    conversation_id = models.UUIDField(db_comment=OPERATIONAL)
    age_band = models.CharField(
        max_length=6,
        choices=AgeBand.choices,
        db_comment=CATEGORY,
        help_text="as confirmed by the counsellor",
    )
    case_number = models.CharField(
        max_length=32, unique=True, db_comment=OPERATIONAL, help_text="random, one for each link"
    )
    link = SealedField(db_comment=CONTENT_LOCATOR)
    message_id = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="the message it went out in"
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.MAKING, db_comment=OPERATIONAL
    )
    problem = models.CharField(max_length=60, blank=True, db_comment=OPERATIONAL)
    outcome = models.CharField(max_length=24, blank=True, db_comment=CATEGORY)
    made_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    sent_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    outcome_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )

    def __str__(self) -> str:
        return f"link {self.state}"
