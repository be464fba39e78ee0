"""The practice desk as a Django app: pages only, nothing stored."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    """Names the app. It has no models: what happens out there lives in the world's process."""

    name = "practice"
    verbose_name = _("Practice")
