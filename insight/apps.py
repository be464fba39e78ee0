"""Registers the stage."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "insight"
