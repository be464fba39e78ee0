"""The case and what is written about it."""

from typing import ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Case as Choose
from django.db.models import F, When
from django.utils.translation import gettext_lazy as _

from intake.models import Conversation, Risk
from privacy.classes import CATEGORY, CONTACT, IDENTITY, NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import CaseData, CaseDataQuerySet

RISKS: Final = (Risk.DANGER, Risk.URGENT, Risk.NORMAL)
"""Most urgent first."""


class CaseQuerySet(CaseDataQuerySet):
    """Cases; the version is what open pages compare to know that something changed."""

    def by_urgency(self) -> Self:
        """Most urgent first, then the oldest."""
        places = [When(risk=risk, then=place) for place, risk in enumerate(RISKS)]
        return self.order_by(Choose(*places, default=len(RISKS)), "opened_at", "pk")

    def unheld(self) -> Self:
        """Open cases that nobody holds: the queue."""
        return self.filter(status=Case.Status.OPEN, holder__isnull=True)

    def touch(self) -> int:
        """Tell open pages to look again."""
        return self.update(version=F("version") + 1)


class ClosingReason(models.TextChoices):
    """Why the work ends; none of these says that the young person did wrong."""

    HELPED = "helped", _("they have what they came for")
    REFERRED = "referred", _("others help now")
    STOPPED = "stopped", _("they no longer answer")
    THEIR_WISH = "their_wish", _("they asked us to stop")
    NOT_FOR_US = "not_for_us", _("not something we can help with")
    BY_MISTAKE = "by_mistake", _("opened by mistake")


class Case(CaseData):
    """The work on one worry, for one child. Its code is what colleagues say to each other."""

    searched = frozenset({"call_me", "summary", "safety_plan", "child_view"})

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    code = models.CharField(max_length=12, unique=True, db_comment=OPERATIONAL)
    status = models.CharField(
        max_length=8, choices=Status.choices, default=Status.OPEN, db_comment=OPERATIONAL
    )
    risk = models.CharField(
        max_length=8, choices=Risk.choices, default=Risk.NORMAL, db_comment=OPERATIONAL
    )
    language = models.CharField(max_length=12, default="en", db_comment=OPERATIONAL)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    opened_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    closed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    closing_reason = models.CharField(
        max_length=24, choices=ClosingReason.choices, blank=True, db_comment=OPERATIONAL
    )
    nobody_because = models.JSONField(
        default=dict,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="while nobody could take it: exclusion code to how many; nobody is named",
    )
    version = models.PositiveIntegerField(default=0, db_comment=OPERATIONAL)

    age_band = models.CharField(max_length=10, default="unknown", db_comment=CATEGORY)
    age_told_on = models.DateField(null=True, db_comment=CATEGORY)
    gender = models.CharField(max_length=16, default="unknown", db_comment=CATEGORY)
    region = models.CharField(max_length=12, blank=True, db_comment=CATEGORY)
    relation = models.CharField(max_length=16, default="unknown", db_comment=CATEGORY)
    adult_knows = models.CharField(max_length=8, default="unknown", db_comment=CATEGORY)
    guardian_safe = models.CharField(
        max_length=8,
        default="unknown",
        db_comment=OPERATIONAL,
        help_text="no: a parent is in no letter, packet or notice",
    )

    name = SealedField(db_comment=IDENTITY)
    school = SealedField(db_comment=IDENTITY)
    call_me = SealedField(db_comment=NARRATIVE, help_text="a name the person chose")
    summary = SealedField(db_comment=NARRATIVE)
    flags = SealedField(db_comment=NARRATIVE, help_text="JSON: risk flag code to why")
    safety_plan = SealedField(db_comment=NARRATIVE)
    child_view = SealedField(db_comment=NARRATIVE, help_text="what the child says at closing")
    safe_channel = models.CharField(max_length=10, blank=True, db_comment=OPERATIONAL)
    safe_from = models.TimeField(null=True, db_comment=OPERATIONAL)
    safe_until = models.TimeField(null=True, db_comment=OPERATIONAL)
    do_not_contact = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="they write to us; we never begin"
    )
    safe_words = SealedField(db_comment=CONTACT, help_text="code word and what to say")
    safe_aside_until = models.DateTimeField(
        null=True,
        db_comment=OPERATIONAL,
        help_text="until then the safe-contact rules are set aside, with a reason on the record",
    )

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folder"], name="one_case_a_folder"),
            models.CheckConstraint(
                name="closed_has_a_moment",
                condition=models.Q(status="open", closed_at__isnull=True)
                | models.Q(status="closed", closed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["holder", "status"], name="case_holder"),
        ]

    def __str__(self) -> str:
        return self.code


class StandingLinks(CaseDataQuerySet):
    """Links that stand, unless asked otherwise: a page may not delete, so an end is a moment."""

    def standing(self) -> Self:
        return self.filter(unlinked_at__isnull=True)


class CaseConversation(CaseData):
    """A conversation that belongs to a case's work; both sides may have many."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links", db_comment=OPERATIONAL)
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    linked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    unlinked_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    objects: ClassVar = StandingLinks.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "conversation"], name="one_link_each"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} in {self.case_id}"


class StandingHarms(CaseDataQuerySet):
    """Harm codes, some of which were taken back."""

    def standing(self) -> Self:
        return self.filter(dropped_at__isnull=True)


class CaseHarm(CaseData):
    """A harm code of the case; one is primary. Taken back, it keeps its row and is not counted."""

    row_class = CATEGORY

    case = models.ForeignKey(Case, models.PROTECT, related_name="harms", db_comment=OPERATIONAL)
    code = models.CharField(max_length=40, db_comment=CATEGORY)
    primary = models.BooleanField(default=False, db_comment=CATEGORY)
    dropped_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    objects: ClassVar = StandingHarms.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "code"], name="one_harm_each"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(primary=True), name="one_primary_harm"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Note(CaseData):
    """What a counsellor writes; it never goes out."""

    row_class = NARRATIVE
    searched = frozenset({"body"})

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes", db_comment=OPERATIONAL)
    body = SealedField(db_comment=NARRATIVE)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Task(CaseData):
    """Something promised or planned, and by when."""

    searched = frozenset({"what"})

    class Kind(models.TextChoices):
        PROMISE = "promise", _("promised")
        FOLLOW_UP = "follow_up", _("follow up")
        TO_DO = "to_do", _("to do")

    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks", db_comment=OPERATIONAL)
    kind = models.CharField(
        max_length=10, choices=Kind.choices, default=Kind.TO_DO, db_comment=OPERATIONAL
    )
    what = SealedField(db_comment=NARRATIVE)
    due_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    done_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )

    class Meta:
        ordering: ClassVar = ["due_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Assignment(CaseData):
    """Who was given a case and why; the reasons are codes and figures, kept as they were."""

    class How(models.TextChoices):
        AUTOMATIC = "automatic", _("by the rule")
        HAND = "hand", _("by a supervisor")
        TAKEN = "taken", _("taken from the queue")
        HANDED_OVER = "handed", _("handed over by a colleague")

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="assignments", db_comment=OPERATIONAL
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    how = models.CharField(max_length=10, choices=How.choices, db_comment=OPERATIONAL)
    score = models.FloatField(null=True, db_comment=OPERATIONAL)
    reasons = models.JSONField(db_comment=OPERATIONAL, help_text="the chosen person's own")
    others = models.JSONField(
        db_comment=OPERATIONAL, help_text="exclusion code to how many; nobody is named"
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.user_id}"


class Handover(CaseData):
    """The sheet a colleague takes over with, so that the child need not tell it again."""

    row_class = NARRATIVE
    searched = frozenset({"summary", "promised", "do_not_ask"})

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    summary = SealedField(db_comment=NARRATIVE)
    promised = SealedField(db_comment=NARRATIVE)
    do_not_ask = SealedField(db_comment=NARRATIVE)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    given_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"hand-over {self.pk}"


class Draft(CaseData):
    """A reply typed and not yet sent, kept so that a lock or a crash loses nothing."""

    row_class = NARRATIVE

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="+", db_comment=OPERATIONAL
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_comment=OPERATIONAL
    )
    body = SealedField(db_comment=NARRATIVE)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="one_draft_each"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Typed(CaseData):
    """What is typed into a form about a case and not yet saved, kept as a draft of a reply is."""

    row_class = NARRATIVE

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_comment=OPERATIONAL)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_comment=OPERATIONAL
    )
    place = models.CharField(
        max_length=64, db_comment=OPERATIONAL, help_text="the form and its field, such as note.body"
    )
    body = SealedField(db_comment=NARRATIVE)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user", "place"], name="typed_once_a_place"),
        ]

    def __str__(self) -> str:
        return f"typed {self.pk}"
