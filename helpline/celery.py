"""The Celery application: it brings work forward; the database alone decides what is waiting."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")


class QuietCelery(Celery):
    """Sends tasks whose arguments are not written out in headers, where logs and events look."""

    def send_task(self, *args: Any, **options: Any) -> Any:
        """As Celery's (`delay` and `apply_async` end here too), without the printable forms."""
        return super().send_task(*args, **options | {"argsrepr": "", "kwargsrepr": ""})


app = QuietCelery("helpline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
