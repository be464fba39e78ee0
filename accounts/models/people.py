"""People who answer, what they may do, what they are trained for, and when they are on."""

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from privacy.classes import OPERATIONAL, SECRET


class Team(models.Model):
    """The colleagues who share supervision; every case has one team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, db_comment=OPERATIONAL)
    timezone = models.CharField(max_length=40, default="Asia/Kolkata", db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The clocks by which the team's hours are told."""
        return ZoneInfo(self.timezone)


class Role(models.TextChoices):
    """What a person does here; the rights of each stand in `privacy.policy`, not in views."""

    COUNSELLOR = "counsellor", _("Counsellor")
    TAKEDOWN_OFFICER = "takedown_officer", _("Takedown officer")
    REFERRAL_COORDINATOR = "referral_coordinator", _("Referral coordinator")
    SUPERVISOR = "supervisor", _("Supervisor")
    ON_CALL = "on_call", _("On call")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("Safeguarding lead")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


# An administrator configures and opens no case: the two kinds of role are never held together.
CASE_ROLES = frozenset(set(Role) - {Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR})


class UserManager(BaseUserManager["User"]):
    """Makes people from an e-mail address; the address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=email.lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A colleague. There is no superuser: nothing here opens every door."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True, db_comment=OPERATIONAL)
    name = models.CharField(max_length=80, db_comment=OPERATIONAL)
    page_language = models.CharField(max_length=8, default="en", db_comment=OPERATIONAL)
    timezone = models.CharField(max_length=40, default="Asia/Kolkata", db_comment=OPERATIONAL)
    is_active = models.BooleanField(default=True, db_comment=OPERATIONAL)
    on_break = models.BooleanField(default=False, db_comment=OPERATIONAL)
    # Not the database's clock: Django's checks make a User before there need be any database.
    joined_at = models.DateTimeField(default=now, db_comment=OPERATIONAL)
    password = models.CharField(max_length=128, db_comment=SECRET)
    last_login = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_superuser(self) -> bool:
        """Never: rights come from grants and duties."""
        return False

    @property
    def is_invented(self) -> bool:
        """Whether this is one of the demo's people: their addresses are under a reserved name."""
        return self.email.endswith(".example")  # RFC 2606: nobody can own it

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Duty(models.Model):
    """A role held in a team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="duties", db_comment=OPERATIONAL)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    role = models.CharField(max_length=24, choices=Role.choices, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "team", "role"], name="one_duty_each"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"


class SpokenLanguage(models.Model):
    """A language a colleague can counsel in; any language, not only those of the pages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="languages", db_comment=OPERATIONAL)
    language = models.CharField(
        max_length=12, db_comment=OPERATIONAL, help_text="BCP 47, such as hi or hi-Latn"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "language"], name="one_language_each"),
        ]

    def __str__(self) -> str:
        return self.language


class Training(models.Model):
    """A skill held from one day to another; past its last day it counts for nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="trainings", db_comment=OPERATIONAL)
    skill = models.CharField(
        max_length=40,
        db_comment=OPERATIONAL,
        help_text="a harm code, or one of: core, danger, own_thoughts",
    )
    valid_from = models.DateField(db_comment=OPERATIONAL)
    valid_to = models.DateField(db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="training_ends_after_it_starts",
                condition=models.Q(valid_to__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.skill


class Shift(models.Model):
    """Hours in which a colleague is on (UTC), or on call."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="shifts", db_comment=OPERATIONAL)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    starts_at = models.DateTimeField(db_comment=OPERATIONAL)
    ends_at = models.DateTimeField(db_comment=OPERATIONAL)
    on_call = models.BooleanField(default=False, db_comment=OPERATIONAL)
    turn = models.PositiveSmallIntegerField(
        default=1, db_comment=OPERATIONAL, help_text="on call: who is called first, 1, then 2"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="shift_ends_after_it_starts",
                condition=models.Q(ends_at__gt=models.F("starts_at")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at", "ends_at"], name="shift_hours")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_at:%F %R}"


class Holiday(models.Model):
    """A day, in the team's own zone, on which the desk is closed whatever shifts say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="holidays", db_comment=OPERATIONAL)
    on = models.DateField(db_comment=OPERATIONAL)
    name = models.CharField(max_length=80, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "on"], name="one_holiday_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Telephone(models.Model):
    """A colleague's own telephone, for bridged calls and for being called at night; never shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        User, models.CASCADE, related_name="telephone", db_comment=OPERATIONAL
    )
    wrapped = models.BinaryField(
        db_comment=SECRET, help_text="the number, sealed under the master key"
    )
    takes_calls = models.BooleanField(default=True, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"telephone of {self.user_id}"
