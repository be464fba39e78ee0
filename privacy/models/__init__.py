"""Folders, the grants that open them, the keys that read them, and the record of who did."""

from privacy.keys import DataKey
from privacy.models.consents import Consent
from privacy.models.forgetting import Due
from privacy.models.grants import Grant
from privacy.models.periodic import ScheduleRun
from privacy.models.record import AuditEvent, AuditLink
from privacy.models.reveals import Reveal
from privacy.models.rows import CaseData, CaseDataQuerySet, Folder, GatheredModel

__all__ = [
    "AuditEvent",
    "AuditLink",
    "CaseData",
    "CaseDataQuerySet",
    "Consent",
    "DataKey",
    "Due",
    "Folder",
    "GatheredModel",
    "Grant",
    "Reveal",
    "ScheduleRun",
]
