"""Invented figures of the last three months, so that the analyst's page has something to show."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product
from typing import Final

from reference.models import DailyFact
from reference.services import count_fact

# measure → the ways it is counted, and how many of each combination a month brings (index sum).
_OPENED: Final = {"language": ("en", "hi", "ar", "mr"), "channel": ("whatsapp", "email", "phone")}
_HARMS: Final = {
    "harm": ("sexual_extortion_money", "images_shared_without_consent", "bullying", "grooming"),
    "age_band": ("10_12", "13_15", "16_17", "18_24"),
}
_CONTENT: Final = {"platform": ("instagram", "snapchat", "telegram"), "medium": ("image", "video")}
_SENT: Final = {"platform": ("instagram", "snapchat", "telegram")}
_ANSWERED: Final = {"outcome": ("removed", "account_suspended", "refused", "no_answer")}
_REFERRED: Final = {
    "referral_kind": ("psychosocial", "legal_aid", "police_or_cyber_cell"),
    "gender": ("girl_woman", "boy_man", "unknown"),
}
_HELPED: Final = {"referral_outcome": ("accepted", "first_seen", "completed", "declined")}
_MEASURES: Final[dict[str, tuple[Mapping[str, tuple[str, ...]], int]]] = {
    "cases_opened": (_OPENED, 14),
    "harms_closed": (_HARMS, 9),
    "content_reported": (_CONTENT, 16),
    "takedowns_sent": (_SENT, 24),
    "takedowns_answered": (_ANSWERED, 19),
    "referrals_sent": (_REFERRED, 8),
    "referral_outcomes": (_HELPED, 11),
}


def count_all(today: date) -> None:
    """Write the figures of the three months before this one, unless they are there."""
    month = today.replace(day=1)
    for back in range(1, 4):
        month = (month - timedelta(days=1)).replace(day=1)
        if not DailyFact.objects.filter(day=month, measure="cases_opened").exists():
            _count(month, back)


def _count(month: date, back: int) -> None:
    for measure, (dimensions, most) in _MEASURES.items():
        for at, codes in enumerate(product(*dimensions.values())):
            many = max(most - back - 2 * at, (at * 5 + back) % 7)
            if many:
                count_fact(month, measure, many, **dict(zip(dimensions, codes, strict=True)))
