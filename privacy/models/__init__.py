"""Folders, the grants that open them, the keys that read them, and the record of who did."""

from privacy.keys import DataKey
from privacy.models.canary import Canary
from privacy.models.consents import Consent
from privacy.models.consults import Consultation
from privacy.models.cosigns import CoSign
from privacy.models.exclusions import Exclusion
from privacy.models.forgetting import Due
from privacy.models.glass import Glass, Reviewed
from privacy.models.grants import Grant
from privacy.models.holds import Custodian, LegalHold, Seal
from privacy.models.keeping import ANYWHERE, Certificate, KeepPeriod, LawfulBasis
from privacy.models.needed import Needed
from privacy.models.periodic import ScheduleRun
from privacy.models.record import AuditEvent, AuditLink
from privacy.models.reveals import Reveal
from privacy.models.rows import CaseData, CaseDataQuerySet, Folder, GatheredModel, WordsDue
from privacy.models.words import TextWords

__all__ = [
    "ANYWHERE",
    "AuditEvent",
    "AuditLink",
    "Canary",
    "CaseData",
    "CaseDataQuerySet",
    "Certificate",
    "CoSign",
    "Consent",
    "Consultation",
    "Custodian",
    "DataKey",
    "Due",
    "Exclusion",
    "Folder",
    "GatheredModel",
    "Glass",
    "Grant",
    "KeepPeriod",
    "LawfulBasis",
    "LegalHold",
    "Needed",
    "Reveal",
    "Reviewed",
    "ScheduleRun",
    "Seal",
    "TextWords",
    "WordsDue",
]
