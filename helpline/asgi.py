"""The web process: what uvicorn serves. Refuses to start a production desk that fails a check."""

import os
import warnings

os.environ["AMAAN_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command

# Static files, the only answers WhiteNoise streams, are small: reading them in a thread is meant.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")

application = get_asgi_application()

# Django runs its system checks for management commands only.
if settings.PRODUCTION:
    call_command("check", deploy=True, databases=["default"], fail_level="ERROR")
