"""Finding a service: by kind of help, region and language."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from referrals.models import Service


@dataclass(frozen=True)
class ServiceQuery:
    """What is looked for, as codes; empty means any."""

    kind: str = ""
    region: str = ""
    language: str = ""


def find_services(wanted: ServiceQuery) -> QuerySet[Service]:
    """Services offered now that fit; those that serve a whole country, or everywhere, fit too."""
    rows = Service.objects.filter(retired_on__isnull=True).select_related("organization")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.region:
        country = wanted.region.split("-")[0]
        rows = rows.filter(Q(region=wanted.region) | Q(region=country) | Q(region=""))
    if wanted.language:
        rows = rows.filter(languages__contains=[wanted.language])
    return rows.order_by("kind", "name")
