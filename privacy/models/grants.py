"""Who is what to a folder, until when."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from guardian.models.models import UserObjectPermissionBase

from privacy.classes import OPERATIONAL
from privacy.clock import database_now
from privacy.models.rows import Folder


class Grant(UserObjectPermissionBase):
    """One person's capacity to one folder (or, by duty, to a team's folders) until a moment.

    A django-guardian direct-foreign-key row: the permission is the capacity of `policy.py`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    permission = models.ForeignKey(
        "auth.Permission", models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    content_object = models.ForeignKey(
        Folder,
        models.CASCADE,
        null=True,
        db_column="folder_id",
        related_name="+",
        db_comment=OPERATIONAL,
    )
    team = models.ForeignKey(
        settings.AUTH_TEAM_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    link = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="a partner's link instead of a person"
    )
    until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    reason = models.CharField(max_length=40, db_comment=OPERATIONAL)
    granted_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_to_one",
                condition=models.Q(user__isnull=False) ^ models.Q(link__isnull=False),
            ),
            models.CheckConstraint(
                name="grant_of_one",
                condition=models.Q(content_object__isnull=False) ^ models.Q(team__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "content_object", "permission"], name="grant_once_a_folder"
            ),
            models.UniqueConstraint(
                fields=["user", "team", "permission"], name="grant_once_a_team"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["content_object"], name="grant_folder"),
            models.Index(
                fields=["link"], name="grant_link", condition=models.Q(link__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission_id} for {self.user_id or self.link}"
