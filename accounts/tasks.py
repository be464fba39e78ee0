"""What runs by itself for the entrance: owners are told of wrong tries, old traces go."""

from celery import shared_task
from django.utils import timezone

from accounts import guessing, telling
from accounts.models import Familiar, SignedIn, Walk, WrongTry
from privacy.clock import database_now


@shared_task(name="accounts.tasks.tell_owners")
def tell_owners() -> int:
    """Tell those whose account somebody tries to enter."""
    return telling.tell_owners()


@shared_task(name="accounts.tasks.clear_traces")
def clear_traces() -> None:
    """Delete sessions that are over, and tries, places and counts that count no more."""
    now = database_now()
    SignedIn.objects.filter(expire_date__lt=timezone.now()).delete()
    WrongTry.objects.filter(at__lt=now - guessing.KEPT_FOR).delete()
    Familiar.objects.filter(at__lt=now - guessing.KNOWN_FOR).delete()
    Walk.objects.filter(minute__lt=now - guessing.SOON * 8).delete()
