"""The people who answer, and what is kept so that only they come in."""

from accounts.models.entrance import AskedDuty, Familiar, SignedIn, UsedCode, Walk, WrongTry
from accounts.models.people import (
    CASE_ROLES,
    Duty,
    Holiday,
    Role,
    Shift,
    SpokenLanguage,
    Team,
    Telephone,
    Training,
    User,
)

__all__ = [
    "CASE_ROLES",
    "AskedDuty",
    "Duty",
    "Familiar",
    "Holiday",
    "Role",
    "Shift",
    "SignedIn",
    "SpokenLanguage",
    "Team",
    "Telephone",
    "Training",
    "UsedCode",
    "User",
    "Walk",
    "WrongTry",
]
