"""Registers the stage."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
