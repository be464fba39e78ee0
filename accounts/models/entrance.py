"""What is kept of signing in: sessions, wrong tries, familiar browsers, duties asked for."""

import uuid
from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.models.people import Role, Team, User
from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now


class SignedIn(AbstractBaseSession):
    """A browser's session. Its key is kept as a digest: who reads this table enters nowhere."""

    session_key = models.CharField(
        max_length=64, primary_key=True, db_comment=SECRET, help_text="SHA-256 of the cookie"
    )
    session_data = models.TextField(db_comment=SECRET)
    expire_date = models.DateTimeField(db_index=True, db_comment=OPERATIONAL)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="+", db_comment=OPERATIONAL
    )

    def __str__(self) -> str:
        return f"session of {self.user_id}"


class UsedCode(models.Model):
    """A one-time code that has opened something: it opens nothing again, in any process."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_comment=OPERATIONAL)
    digest = models.CharField(max_length=64, db_comment=SECRET, help_text="keyed hash")
    used_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="one_code_once"),
        ]

    def __str__(self) -> str:
        return f"code of {self.user_id}"


class WrongTry(models.Model):
    """A wrong password or second factor: counted by account, from familiar places or strange."""

    class What(models.TextChoices):
        PASSWORD = "password"  # noqa: S105 (the word, not one)
        FACTOR = "factor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(max_length=8, choices=What.choices, db_comment=OPERATIONAL)
    account_hash = models.CharField(  # noqa: DJ001 (as every keyed hash)
        max_length=64, db_comment=SECRET, null=True, help_text="of the address typed, known or not"
    )
    place_hash = models.CharField(  # noqa: DJ001 (as every keyed hash)
        max_length=64, db_comment=SECRET, null=True, help_text="of where it came from"
    )
    familiar = models.BooleanField(default=False, db_comment=OPERATIONAL)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    told_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="when its owner was told, or nobody was to be"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account_hash", "at"], name="tries_of_account")]

    def __str__(self) -> str:
        return f"wrong {self.what}"


class Familiar(models.Model):
    """A browser or an address from which a person has come in before, with password and factor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_comment=OPERATIONAL)
    place_hash = models.CharField(max_length=64, db_comment=SECRET, null=True)  # noqa: DJ001 (as every keyed hash)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "place_hash"], name="one_place_once"),
        ]

    def __str__(self) -> str:
        return f"place of {self.user_id}"


class AskedDuty(models.Model):
    """A role an administrator wants somebody to have: held from when a second person agrees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_comment=OPERATIONAL)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    role = models.CharField(max_length=24, choices=Role.choices, db_comment=OPERATIONAL)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_comment=OPERATIONAL
    )
    decided_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    agreed = models.BooleanField(default=False, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_agrees_with_themselves",
                condition=models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("asked_by"))
                & ~models.Q(decided_by=models.F("user")),
            ),
            models.UniqueConstraint(
                fields=["user", "team", "role"],
                condition=models.Q(decided_at__isnull=True),
                name="asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} for {self.user_id}"


class Walk(models.Model):
    """How many pages of lists a person turned in a minute: nobody reads a desk by machine."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_comment=OPERATIONAL)
    minute = models.DateTimeField(db_comment=OPERATIONAL)
    turned = models.PositiveIntegerField(default=0, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "minute"], name="one_walk_a_minute"),
        ]

    def __str__(self) -> str:
        return f"walk of {self.user_id}"
