"""Codes and their maps, rules of law and their running clocks, emergency numbers, daily facts."""

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.classes import CATEGORY, OPERATIONAL
from privacy.models import CaseData, CaseDataQuerySet
from reference.vocabulary import (
    Evidence,
    Kind,
    PauseReason,
    Purpose,
    Reckoning,
    Risk,
    Subject,
    Whose,
)


class Labelled(models.Model):
    """A row with a label in every language we ship."""

    label_en = models.CharField(max_length=120, db_comment=OPERATIONAL)
    label_hi = models.CharField(max_length=120, db_comment=OPERATIONAL)
    label_ar = models.CharField(max_length=120, db_comment=OPERATIONAL)
    label_fr = models.CharField(max_length=120, db_comment=OPERATIONAL)

    class Meta:
        abstract = True

    def label(self, language: str) -> str:
        """The label in a language; English where we do not speak it."""
        column = f"label_{language[:2]}"
        return str(getattr(self, column, self.label_en))


class Code(Labelled):
    """One word of a list, with its label in every language. Old cases keep retired codes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, db_comment=OPERATIONAL)
    code = models.CharField(max_length=60, db_comment=OPERATIONAL)
    position = models.PositiveSmallIntegerField(db_comment=OPERATIONAL)
    active = models.BooleanField(
        default=True, db_comment=OPERATIONAL, help_text="offered by this helpline"
    )
    retired_on = models.DateField(
        null=True, db_comment=OPERATIONAL, help_text="no longer offered from this day on"
    )

    class Meta:
        ordering: ClassVar = ["kind", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_code_a_kind"),
            models.CheckConstraint(
                name="code_is_plain", condition=Q(code__regex=r"^[a-z0-9_]+(\.[a-z0-9_]+)?$")
            ),
            models.CheckConstraint(
                name="code_has_labels",
                condition=~(Q(label_en="") | Q(label_hi="") | Q(label_ar="") | Q(label_fr="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.code}"


class CodeMap(models.Model):
    """What one of our codes is called in somebody else's scheme, from a day to a day."""

    class Scheme(models.TextChoices):
        CHI = "chi", _("Child Helpline International")
        CHI_AGE = "chi_age", _("Child Helpline International, age group")
        MERI_TRUSTLINE = "meri_trustline", _("Meri Trustline")
        INHOPE = "inhope", _("INHOPE Universal Classification Schema")
        NCRP = "ncrp", _("National Cyber Crime Reporting Portal")
        DSA_CATEGORY = "dsa_category", _("DSA statement category")
        DSA_KEYWORD = "dsa_keyword", _("DSA keyword")
        IWF_AGE = "iwf_age", _("IWF age range")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scheme = models.CharField(max_length=20, choices=Scheme.choices, db_comment=OPERATIONAL)
    code = models.ForeignKey(Code, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    applies_to = models.CharField(
        max_length=5, choices=Whose.choices, default=Whose.ANY, db_comment=OPERATIONAL
    )
    target = models.CharField(max_length=80, db_comment=OPERATIONAL)
    valid_from = models.DateField(db_comment=OPERATIONAL)
    valid_to = models.DateField(null=True, db_comment=OPERATIONAL, help_text="last day, included")
    source = models.CharField(max_length=200, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scheme", "code", "applies_to", "target", "valid_from"],
                name="one_map_a_day",
            ),
            models.CheckConstraint(
                name="map_range",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} in {self.scheme}: {self.target}"


class ClockRule(models.Model):
    """Who must act within what time after what, by which law, from when to when.

    A change of law is a new row, never an edit: the old one gets its last day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=30, db_comment=OPERATIONAL)
    jurisdiction = models.CharField(
        max_length=3, db_comment=OPERATIONAL, help_text="country, EU, or ANY for house rules"
    )
    risk = models.CharField(
        max_length=8, choices=Risk.choices, blank=True, default="", db_comment=OPERATIONAL
    )
    zone = models.CharField(
        max_length=40, db_comment=OPERATIONAL, help_text="where the law's calendar days begin"
    )
    applies_to = models.CharField(max_length=12, choices=Subject.choices, db_comment=OPERATIONAL)
    harm_codes = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="empty: whatever the harm",
    )
    starts_on = models.CharField(
        max_length=60, db_comment=OPERATIONAL, help_text="a clock_start code"
    )
    reckoning = models.CharField(
        max_length=12,
        choices=Reckoning.choices,
        default=Reckoning.ELAPSED,
        db_comment=OPERATIONAL,
    )
    duration = models.DurationField(
        null=True, db_comment=OPERATIONAL, help_text="the figure of the law; empty: it names none"
    )
    house_duration = models.DurationField(
        null=True, db_comment=OPERATIONAL, help_text="our own figure where the law names none"
    )
    obligated_party = models.CharField(
        max_length=60, db_comment=OPERATIONAL, help_text="an obligated_party code"
    )
    valid_from = models.DateField(db_comment=OPERATIONAL)
    valid_to = models.DateField(null=True, db_comment=OPERATIONAL, help_text="last day, included")
    source = models.CharField(max_length=240, db_comment=OPERATIONAL)
    reviewed_on = models.DateField(null=True, db_comment=OPERATIONAL)
    confirmed_by = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_comment=OPERATIONAL,
        help_text="the lawyer who confirmed it; empty: have your lawyer confirm",
    )
    enabled = models.BooleanField(default=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["code", "risk", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "jurisdiction", "risk", "valid_from"], name="one_rule_a_day"
            ),
            models.CheckConstraint(
                name="rule_range",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="rule_has_one_figure",
                condition=Q(
                    Q(reckoning="as_told", duration__isnull=True, house_duration__isnull=True)
                    | Q(
                        ~Q(reckoning="as_told"),
                        Q(duration__isnull=False) ^ Q(house_duration__isnull=False),
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.valid_from}"

    @property
    def label_code(self) -> str:
        """The code under which its name stands in the `clock_rule` list."""
        return self.code.lower().replace("-", "_")

    @property
    def needs_lawyer(self) -> bool:
        """Whether to show "have your lawyer confirm" beside it."""
        return not self.confirmed_by

    def covers(self, when: datetime) -> bool:
        """Whether the moment lies in its days, counted where the law applies."""
        day = when.astimezone(ZoneInfo(self.zone)).date()
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def concerns(self, harms: frozenset[str]) -> bool:
        """Whether it speaks of any of these harms; a rule without harm codes speaks of all."""
        return not self.harm_codes or not harms.isdisjoint(self.harm_codes)


class ClockQuerySet(CaseDataQuerySet):
    """Clocks, most often those still running."""

    def running(self) -> "ClockQuerySet":
        """Not stopped; a paused clock still counts as running."""
        return self.filter(stopped_at__isnull=True)

    def due_by(self, moment: datetime) -> "ClockQuerySet":
        """Running, not paused, and due at or before the moment (UTC)."""
        return self.running().filter(paused_at__isnull=True, due_at__lte=moment)


class Clock(CaseData):
    """A rule at work on one subject. Moments are UTC, by the database's clock."""

    rule = models.ForeignKey(ClockRule, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    subject = models.CharField(max_length=12, choices=Subject.choices, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(db_comment=OPERATIONAL)
    risk = models.CharField(
        max_length=8, choices=Risk.choices, blank=True, default="", db_comment=OPERATIONAL
    )
    started_at = models.DateTimeField(db_comment=OPERATIONAL)
    start_evidence = models.CharField(
        max_length=20, choices=Evidence.choices, db_comment=OPERATIONAL
    )
    due_at = models.DateTimeField(
        db_comment=OPERATIONAL, help_text="pauses that have ended are included"
    )
    paused_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    pause_reason = models.CharField(
        max_length=20, choices=PauseReason.choices, blank=True, default="", db_comment=OPERATIONAL
    )
    paused_total = models.DurationField(db_comment=OPERATIONAL)
    stopped_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    stop_evidence = models.CharField(
        max_length=20, choices=Evidence.choices, blank=True, default="", db_comment=OPERATIONAL
    )

    objects: ClassVar = ClockQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_at"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="clock_due", condition=Q(stopped_at__isnull=True)),
            models.Index(fields=["subject_id"], name="clock_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "subject_id"],
                condition=Q(stopped_at__isnull=True),
                name="one_running_clock",
            ),
            models.CheckConstraint(
                name="clock_due_after_start", condition=Q(due_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="clock_started_on_evidence", condition=Q(start_evidence__in=Evidence.values)
            ),
            models.CheckConstraint(
                name="clock_paused_for_a_reason",
                condition=Q(paused_at__isnull=True, pause_reason="")
                | Q(paused_at__gte=F("started_at"), pause_reason__in=PauseReason.values),
            ),
            models.CheckConstraint(
                name="clock_stopped_on_evidence",
                condition=Q(stopped_at__isnull=True, stop_evidence="")
                | Q(
                    stopped_at__gte=F("started_at"),
                    stop_evidence__in=Evidence.values,
                    paused_at__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"clock of {self.subject} {self.subject_id}"


# Helplines change their numbers and hours: half a year is as long as anybody's word is taken.
STALE_AFTER: Final = timedelta(days=180)


class EmergencyNumber(Labelled):
    """Whom to call now, in one country. Unverified until a person has checked it and said when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.CharField(max_length=2, db_comment=OPERATIONAL)
    purpose = models.CharField(max_length=16, choices=Purpose.choices, db_comment=OPERATIONAL)
    number = models.CharField(max_length=20, db_comment=OPERATIONAL)
    hours = models.CharField(
        max_length=20,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="24/7, 09:00-23:00; empty: unknown",
    )
    languages = ArrayField(models.CharField(max_length=12), default=list, db_comment=OPERATIONAL)
    source = models.CharField(max_length=200, db_comment=OPERATIONAL)
    verified_on = models.DateField(
        null=True, db_comment=OPERATIONAL, help_text="empty: not verified"
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="empty: nobody, or whoever installed the service",
    )
    position = models.PositiveSmallIntegerField(db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["country", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "purpose", "number"], name="one_number_a_purpose"
            ),
            models.CheckConstraint(
                name="number_is_dialled",
                condition=Q(number__regex=r"^[0-9+][0-9 ]{1,18}$", country__regex=r"^[A-Z]{2}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.purpose} {self.number}"

    def is_stale(self, on: date) -> bool:
        """Whether it was verified so long ago that somebody should call it again."""
        return self.verified_on is not None and on - self.verified_on > STALE_AFTER


class DeskHours(models.Model):
    """One stretch of a week in which the desk is open, on the clocks of its zone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    weekday = models.PositiveSmallIntegerField(db_comment=OPERATIONAL, help_text="0 is Monday")
    opens = models.TimeField(db_comment=OPERATIONAL)
    closes = models.TimeField(db_comment=OPERATIONAL)
    zone = models.CharField(max_length=40, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["weekday", "opens"], name="one_opening"),
            models.CheckConstraint(
                name="open_before_close",
                condition=Q(closes__gt=F("opens"), weekday__lte=6),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class DailyFact(models.Model):
    """How often something happened on a day, by codes. Holds no key of a person or a case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(db_comment=CATEGORY)
    measure = models.CharField(max_length=40, db_comment=CATEGORY)
    dimensions = models.JSONField(default=dict, db_comment=CATEGORY)
    count = models.BigIntegerField(default=0, db_comment=CATEGORY)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "measure", "dimensions"], name="one_fact_a_day"),
            models.CheckConstraint(name="fact_counts_up", condition=Q(count__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.measure}"
