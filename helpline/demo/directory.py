"""The demo's partners and their services: all invented, at addresses that reach nobody."""

from datetime import date
from typing import Any, Final

from referrals.models import Organization, Service

SOURCE: Final = "demo"
_ALWAYS: Final = ["call_me", "age_band", "gender", "language", "region", "harms", "summary"]

PARTNERS: Final[dict[str, list[dict[str, Any]]]] = {
    "Nayi Kiran Legal Aid (invented)": [
        {
            "name": "Advice for young people harmed online",
            "kind": "legal_aid",
            "description": "Free advice on complaints and court orders, and company to the police.",
            "email": "intake@nayikiran.example",
            "region": "IN",
            "languages": ["en", "hi", "mr"],
            "asks_for": [*_ALWAYS, "name", "phone"],
        },
        {
            "name": "Help with police reports",
            "kind": "police_or_cyber_cell",
            "description": "A lawyer comes along, and asks for the child's own room.",
            "email": "police@nayikiran.example",
            "region": "IN-MH",
            "languages": ["hi", "mr"],
            "asks_for": [*_ALWAYS, "name", "phone"],
        },
    ],
    "Saathi Centre (invented)": [
        {
            "name": "Talking, ten weeks",
            "kind": "psychosocial",
            "description": "One counsellor, once a week, in person or by video.",
            "email": "hello@saathi.example",
            "region": "IN",
            "languages": ["en", "hi", "ar", "fr"],
            "asks_for": [*_ALWAYS, "phone"],
        },
        {
            "name": "Crisis appointment within a day",
            "kind": "suicide_crisis",
            "description": "A doctor calls back the same day.",
            "email": "crisis@saathi.example",
            "region": "IN",
            "languages": ["en", "hi"],
            "asks_for": ["call_me", "age_band", "language", "phone"],
        },
    ],
}


def make_all(today: date) -> dict[str, Service]:
    """The services by their name, made where they are missing and assured today."""
    made = {}
    for name, services in PARTNERS.items():
        organization, _made = Organization.objects.get_or_create(
            source=SOURCE, source_id=name, defaults={"name": name}
        )
        for facts in services:
            service, _made = Service.objects.update_or_create(
                organization=organization,
                name=facts["name"],
                defaults={**facts, "assured_on": today},
            )
            made[service.name] = service
    return made
