"""Services in the directory, what we ask of them, and the packet that was agreed to leave."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from privacy.classes import CATEGORY, CONTACT, IDENTITY, NARRATIVE, OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import CaseData
from privacy.policy import PACKET


class Organization(models.Model):
    """A partner that offers services (names follow Open Referral HSDS 3.0)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=40, default="own", db_comment=OPERATIONAL)
    source_id = models.CharField(max_length=120, blank=True, db_comment=OPERATIONAL)
    name = models.CharField(max_length=200, db_comment=OPERATIONAL)
    description = models.TextField(blank=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One kind of help a partner gives, where, for whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="services", db_comment=OPERATIONAL
    )
    name = models.CharField(max_length=200, db_comment=OPERATIONAL)
    kind = models.CharField(max_length=32, db_comment=OPERATIONAL, help_text="a referral kind")
    description = models.TextField(blank=True, db_comment=OPERATIONAL)
    email = models.EmailField(blank=True, db_comment=OPERATIONAL)
    region = models.CharField(max_length=80, blank=True, db_comment=OPERATIONAL)
    languages = models.JSONField(default=list, db_comment=OPERATIONAL)
    asks_for = models.JSONField(
        default=list, db_comment=OPERATIONAL, help_text="packet fields its need profile asks"
    )
    assured_on = models.DateField(null=True, db_comment=OPERATIONAL)
    retired_on = models.DateField(null=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class SupportReferral(CaseData):
    """What we ask of a service for one child, from draft to outcome."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        VIEWED = "viewed", _("opened")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        FIRST_SEEN = "first_seen", _("first seen")
        COMPLETED = "completed", _("completed")
        NOT_REACHED = "not_reached", _("not reached")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SENT, State.WITHDRAWN}),
        State.SENT: frozenset({State.VIEWED, State.WITHDRAWN}),
        State.VIEWED: frozenset({State.ACCEPTED, State.DECLINED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset(
            {State.FIRST_SEEN, State.COMPLETED, State.NOT_REACHED, State.WITHDRAWN}
        ),
        State.FIRST_SEEN: frozenset({State.COMPLETED, State.NOT_REACHED, State.WITHDRAWN}),
        State.DECLINED: frozenset(),
        State.COMPLETED: frozenset(),
        State.NOT_REACHED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    service = models.ForeignKey(Service, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    state = models.CharField(
        max_length=12, choices=State.choices, default=State.DRAFT, db_comment=OPERATIONAL
    )
    fields = models.JSONField(
        default=list, db_comment=OPERATIONAL, help_text="packet fields picked one by one"
    )
    words = SealedField(db_comment=NARRATIVE, help_text="what to tell them, written for them")
    agreed_hash = models.CharField(  # noqa: DJ001 (forgotten with the words it stands for)
        max_length=64,
        null=True,
        db_comment=NARRATIVE,
        help_text="keyed hash of exactly what was agreed to leave",
    )
    guardian_said = models.CharField(
        max_length=8,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="the case's guardian_safe as it was sent; empty until then",
    )
    decline_reason = models.CharField(max_length=24, blank=True, db_comment=CATEGORY)
    created_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    sent_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    settled_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [models.Index(fields=["case", "state"], name="referral_case")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it."""
        return bool(self.MOVES[self.state])


class Packet(CaseData):
    """Exactly what leaves for one referral: chosen fields, copied once when it is sent.

    Kept apart by class, so that a name is forgotten when names are, and the story when stories are.
    """

    row_class = PACKET

    referral = models.OneToOneField(
        SupportReferral, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    content = SealedField(db_comment=NARRATIVE, help_text="JSON: field code to value")
    contact = SealedField(db_comment=CONTACT, help_text="JSON, as content")
    identity = SealedField(db_comment=IDENTITY, help_text="JSON, as content")
    fields = models.JSONField(default=list, db_comment=OPERATIONAL)
    made_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"packet {self.pk}"


class PartnerLink(models.Model):
    """One partner's door to one referral: a link, and a code sent another way.

    Outside the wall on purpose: it must be found before anybody is known, by the hash of a random
    256-bit token; it holds nothing about a young person.
    """

    TRIES: ClassVar = 5

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral_id = models.UUIDField(db_comment=OPERATIONAL)
    token = models.CharField(max_length=64, unique=True, db_comment=SECRET, help_text="SHA-256")
    code = models.CharField(max_length=128, db_comment=SECRET, help_text="slow hash of the code")
    bound = models.CharField(
        max_length=64, blank=True, db_comment=SECRET, help_text="SHA-256 of the browser's token"
    )
    tries = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    expires_at = models.DateTimeField(db_comment=OPERATIONAL)
    revoked_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    created_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"door {self.pk}"

    @property
    def locked(self) -> bool:
        """Whether wrong codes have closed it."""
        return self.tries >= self.TRIES

    def opens(self, now: datetime) -> bool:
        """Whether it still leads anywhere at a moment (UTC)."""
        return self.revoked_at is None and not self.locked and now < self.expires_at


class LinkLetter(CaseData):
    """An e-mail to a partner that waits in the outbox.

    It holds the link's token until the carrier has read it once; then nothing but its hash is left.
    Lies behind the narrative class, so that neither a partner nor a coordinator reaches the row.
    """

    row_class = NARRATIVE

    class Kind(models.TextChoices):
        LINK = "link"
        WITHDRAWN = "withdrawn"

    referral = models.ForeignKey(
        SupportReferral, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, db_comment=OPERATIONAL)
    token = SealedField(db_comment=SECRET)
    link = models.ForeignKey(
        PartnerLink, models.PROTECT, null=True, related_name="+", db_comment=OPERATIONAL
    )
    made_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.kind} letter {self.pk}"
