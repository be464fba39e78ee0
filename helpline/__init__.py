"""The project: joins the stages; no stage imports it."""

from helpline.celery import app as celery_app

__all__ = ["celery_app"]
