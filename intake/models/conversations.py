"""Who it came from, what was said, and what limits that."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.arrivals import Channel, InboundEvent, Risk
from privacy import crypto
from privacy.classes import CATEGORY, CONTACT, NARRATIVE, OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.keys import folder_key
from privacy.models import CaseData


class Conversation(CaseData):
    """One reporter on one channel. Without a case it is the queue."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WITH_COUNSELLOR = "held", _("with a counsellor")
        CLOSED = "closed", _("closed")

    class Step(models.TextChoices):
        """How far the automatic first steps have come; they stop for danger or a human reply."""

        NONE = "none"
        HELLO = "hello"
        LIMITS = "limits"
        STOPPED = "stopped"

    class LanguageFrom(models.TextChoices):
        """How the language is known: only what they or a person chose counts as theirs."""

        HOUSE = "house", _("the helpline's own")
        DETECTED = "detected", _("looks like it")
        CHOSEN = "chosen", _("they chose it")
        TOLD = "told", _("a colleague noted it")

    class Survey(models.TextChoices):
        NONE = "none"
        SENT = "sent"
        ANSWERED = "answered"
        NOT_APPROPRIATE = "not_for", _("not appropriate")

    channel = models.CharField(max_length=10, choices=Channel.choices, db_comment=OPERATIONAL)
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, db_comment=OPERATIONAL
    )
    language = models.CharField(max_length=12, default="en", db_comment=OPERATIONAL)
    language_from = models.CharField(
        max_length=8,
        choices=LanguageFrom.choices,
        default=LanguageFrom.HOUSE,
        db_comment=OPERATIONAL,
    )
    pathway = models.CharField(
        max_length=16,
        blank=True,
        db_comment=CATEGORY,
        help_text="own_thoughts: the prevention pathway; empty: the ordinary one",
    )
    asked = models.CharField(
        max_length=12,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="which automatic question their next word may answer: stop, delete, survey",
    )
    asked_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    opted_out_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="they asked for our messages to stop"
    )
    limited_until = models.DateTimeField(
        null=True,
        db_comment=OPERATIONAL,
        help_text="until then nothing answers them by itself (the limit in force says why)",
    )
    away_told_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="when they were last told that we are closed"
    )
    survey = models.CharField(
        max_length=8, choices=Survey.choices, default=Survey.NONE, db_comment=OPERATIONAL
    )
    hidden_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="they asked to delete: nobody sees it since"
    )
    destroy_after = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="when what is hidden is destroyed"
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="who took their call: the case is theirs when they may have it",
    )
    risk = models.CharField(
        max_length=8, choices=Risk.choices, default=Risk.NORMAL, db_comment=OPERATIONAL
    )
    flags = SealedField(db_comment=NARRATIVE, help_text="JSON: risk flag code to why")
    filed_to = models.ForeignKey(
        "privacy.Folder",
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the case folder that new messages are filed to",
    )
    step = models.CharField(
        max_length=8, choices=Step.choices, default=Step.NONE, db_comment=OPERATIONAL
    )
    relation = models.CharField(max_length=16, default="unknown", db_comment=CATEGORY)
    reply_token = models.CharField(
        max_length=64, blank=True, db_comment=SECRET, help_text="SHA-256 of the e-mail reply token"
    )
    started_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    waiting_since = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    last_inbound_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    version = models.PositiveIntegerField(
        default=0, db_comment=OPERATIONAL, help_text="rises with every change a page may show"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["waiting_since"],
                name="conversation_queue",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["waiting_since"],
                name="conversation_danger",
                condition=models.Q(risk="danger", waiting_since__isnull=False),
            ),
            models.Index(
                fields=["reply_token"],
                name="conversation_token",
                condition=~models.Q(reply_token=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Identity(CaseData):
    """How a reporter is reached: (channel, scheme, value), found by keyed hash, never a person."""

    row_class = CONTACT

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="identities", db_comment=OPERATIONAL
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, db_comment=OPERATIONAL)
    scheme = models.CharField(
        max_length=12, db_comment=OPERATIONAL, help_text="number, bsuid, address, withheld"
    )
    carrier = models.CharField(
        max_length=20,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="the line of ours they last wrote by, which answers go out by",
    )
    value = SealedField(db_comment=CONTACT)
    value_hash = models.CharField(  # noqa: DJ001 (NULL: forgotten; two may be)
        max_length=64, null=True, db_comment=CONTACT
    )
    profile_name = SealedField(db_comment=CONTACT)
    profile_hash = models.CharField(  # noqa: DJ001 (NULL: none told, or forgotten)
        max_length=64,
        null=True,
        db_comment=CONTACT,
        help_text="of the profile name they last wrote with: another one is a sign",
    )
    current = models.BooleanField(default=True, db_comment=OPERATIONAL)
    first_seen_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "scheme", "value_hash"], name="one_identity_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.scheme}"


class Message(CaseData):
    """One thing said. It lies in its conversation's folder until filed to one child's case.

    Each message has a key of its own, wrapped under its folder's narrative key, so that erasing a
    case or a conversation erases exactly the messages filed there.
    """

    row_class = NARRATIVE
    searched = frozenset({"body"})

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"

    class Kind(models.TextChoices):
        TEXT = "text"
        AUTOMATIC = "automatic"
        NOTICE = "notice", _("a neutral line about something that happened")
        MEDIA = "media", _("a picture or file came and was not opened")

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="messages", db_comment=OPERATIONAL
    )
    direction = models.CharField(max_length=3, choices=Direction.choices, db_comment=OPERATIONAL)
    kind = models.CharField(max_length=10, choices=Kind.choices, db_comment=OPERATIONAL)
    notice = models.CharField(
        max_length=40,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="code of a notice or media kind",
    )
    body = SealedField(db_comment=NARRATIVE)
    wrapped_key = models.BinaryField(null=True, db_comment=SECRET)
    hidden_from = models.ForeignKey(
        "privacy.Folder",
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the case folder it lay in when they asked to delete it",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    event = models.OneToOneField(
        InboundEvent,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the arrival it came from: at most one message each",
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    order = models.BigIntegerField(db_comment=OPERATIONAL, help_text="place in the conversation")

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "order"], name="one_place_each"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"

    @property
    def has_words(self) -> bool:
        """What our own automatic texts say is in every conversation and tells none apart."""
        return self.kind == self.Kind.TEXT

    def data_key(self, klass: str, *, create: bool = True) -> bytes:
        """The message's own key, unwrapped with its folder's; made when it has none yet."""
        outer = folder_key(self.folder_id, klass, create=create)
        place = f"message\x1f{self.pk.hex}".encode()
        if self.wrapped_key is None:
            if not create:
                raise crypto.CannotOpen("no key")
            self.wrapped_key = crypto.seal(outer, crypto.new_key(), place)
        return crypto.open_sealed(outer, bytes(self.wrapped_key), place)

    def rewrap(self, folder_id: uuid.UUID) -> None:
        """Move the message's key under another folder's: the body itself stays as it is."""
        place = f"message\x1f{self.pk.hex}".encode()
        own = self.data_key(NARRATIVE, create=False) if self.wrapped_key else None
        self.folder_id = folder_id
        if own is not None:
            self.wrapped_key = crypto.seal(folder_key(folder_id, NARRATIVE), own, place)


class ReporterLimit(CaseData):
    """For a while nothing automatic answers a reporter; all is still stored, danger still raises.

    Proposed by one person and put in force by a second; it ends by itself.
    """

    class Reason(models.TextChoices):
        ABUSIVE = "abusive", _("abusive")
        PRANK = "prank", _("prank")

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="limits", db_comment=OPERATIONAL
    )
    reason = models.CharField(max_length=8, choices=Reason.choices, db_comment=OPERATIONAL)
    hours = models.PositiveSmallIntegerField(db_comment=OPERATIONAL)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="limit_of_a_day_to_a_month",
                condition=models.Q(hours__gte=24, hours__lte=24 * 30),
            ),
            models.CheckConstraint(
                name="limit_by_two",
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} until {self.until}"
