"""The web process for servers that speak WSGI only; no live updates there."""

import os

os.environ["AMAAN_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if settings.PRODUCTION:
    call_command("check", deploy=True, databases=["default"], fail_level="ERROR")
