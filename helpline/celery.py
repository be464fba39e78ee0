"""The Celery application: it brings work forward; the database alone decides what is waiting."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")


class QuietTask(Task[..., Any]):
    """A task whose arguments are never written out in message headers, logs or events."""

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """As Celery's, with the printable forms of the arguments left empty."""
        return super().apply_async(*args, **options | {"argsrepr": "", "kwargsrepr": ""})


app = Celery("helpline", task_cls=QuietTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
