"""What runs by itself, and how often: the sweep's list and Celery beat's times."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

# Called one after the other every SWEEP_SECONDS, with PostgreSQL only. This is the guarantee that
# nothing waiting stays waiting; everything else only makes it faster.
SWEEP = (
    "intake.tasks.process_waiting",
    "intake.tasks.deliver_waiting",
    "intake.tasks.page_on_call",
    "cases.tasks.triage_waiting",
    "takedowns.tasks.check_clocks",
    "privacy.tasks.chain_audit",
    "privacy.tasks.forget",  # what the night missed because the broker slept
)

# Every task here may run twice, or late, without harm. Nightly times are in settings.TIME_ZONE.
BEAT: dict[str, dict[str, Any]] = {
    "process": {"task": "intake.tasks.process_waiting", "schedule": 10.0},
    "deliver": {"task": "intake.tasks.deliver_waiting", "schedule": 10.0},
    "page": {"task": "intake.tasks.page_on_call", "schedule": 30.0},
    "triage": {"task": "cases.tasks.triage_waiting", "schedule": 10.0},
    "clocks": {"task": "takedowns.tasks.check_clocks", "schedule": 60.0},
    "audit": {"task": "privacy.tasks.chain_audit", "schedule": 10.0},
    "forget": {"task": "privacy.tasks.forget", "schedule": crontab(hour=2, minute=30)},
    "dead_letters": {
        "task": "intake.tasks.forget_dead_letters",
        "schedule": crontab(hour=2, minute=45),
    },
}
