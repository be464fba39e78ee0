"""The web process: what uvicorn serves. Refuses to start a production desk that fails a check."""

import os
import warnings
from typing import Any

os.environ["AMAAN_PROCESS"] = "web"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command

# Static files, the only answers WhiteNoise streams, are small: reading them in a thread is meant.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")

_pages = get_asgi_application()

from helpline.bodies import limited
from helpline.doors import Doors, Receive, Send, is_door  # needs the stages, loaded just now

_doors = Doors()


async def _addressed(scope: Any, receive: Receive, send: Send) -> None:
    """A provider's webhook goes to its door, everything else to the pages."""
    knocks = scope["type"] == "http" and is_door(scope["path"])
    await (_doors if knocks else _pages)(scope, receive, send)


application = limited(_addressed)


# Django runs its system checks for management commands only.
if settings.PRODUCTION:
    call_command("check", deploy=True, databases=["default"], fail_level="ERROR")
