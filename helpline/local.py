"""What one machine's helpline consists of: its processes, their ports, and the practice world's."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from helpline.embedded.home import EmbeddedError, Home, port_is_free, write_private

C = TypeVar("C")

# The demo's own telephone numbers; Twilio's test numbers, which reach nobody.
_PRACTICE_NUMBERS = {
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15005550006",
    "TWILIO_SMS_FROM": "+15005550008",
    "TWILIO_VOICE_FROM": "+15005550006",
    "META_PHONE_NUMBER_ID": "106540352242922",
    "IWF_USER": "practice",
    "DEFAULT_FROM_EMAIL": "hello@helpline.example",
    "MAIL_REPLY_DOMAIN": "helpline.example",
}


def is_on(env: Mapping[str, str], name: str) -> bool:
    """Whether a switch such as PRODUCTION is on, in the words django-environ accepts."""
    return env.get(name, "").lower() in {"1", "true", "yes", "on", "y", "ok"}


def host_of(env: Mapping[str, str]) -> str:
    """The host name that the web process accepts."""
    return urlsplit(env["PUBLIC_BASE_URL"]).netloc


def environment(env: Mapping[str, str]) -> dict[str, str]:
    """Complete the environment for every process; what is already set wins.

    Written to service.env (0600) in AMAAN_HOME, where `script/simulate` and the like read it.
    Raises EmbeddedError if PORT is taken.
    """
    home = Home.open()
    port = env.get("PORT", "8000")
    if not port_is_free(int(port)):
        raise EmbeddedError(f"Port {port} is taken. Choose another: PORT=8001 script/start")
    found = {
        "HOST": "127.0.0.1",
        "PORT": port,
        "PUBLIC_BASE_URL": f"http://localhost:{port}",
        "MAIL_DOOR_PORT": str(home.port("mail_door", 8025)),
        "SWEEP_HEARTBEAT_FILE": str(home.path / "sweep.alive"),
    }
    if not is_on(env, "PRODUCTION"):
        found["PRACTICE"] = "1"
        if is_on({**found, **env}, "PRACTICE"):
            found |= _practice(home)
    full = {**found, **env}
    names = sorted(found.keys() | {name for name in env if name not in os.environ})
    write_private(home.path / "service.env", "".join(f"{name}={full[name]}\n" for name in names))
    return full


def children(
    env: Mapping[str, str], python: str, child: Callable[[str, list[str], Mapping[str, str]], C]
) -> list[C]:
    """The processes in the order they start and are asked to stop: doors first, work last."""
    ours = {name: value for name, value in env.items() if name != "AMAAN_ANCHOR_KEY_FILE"}
    web = {**ours, "AMAAN_PROCESS": "web"}
    worker = {**ours, "AMAAN_PROCESS": "worker"}
    manage = [python, "manage.py"]
    # Celery warns of root; here everything is one person's trial, and production is not.
    celery = [python, "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
    celery += ["--quiet", "-A", "helpline"]
    uvicorn = [python, "-m", "uvicorn", "helpline.asgi:application", "--lifespan=off"]
    uvicorn += [f"--host={env['HOST']}", f"--port={env['PORT']}"]
    uvicorn += ["--no-access-log", "--no-server-header", "--timeout-graceful-shutdown=5"]
    quiet = ["--loglevel=WARNING"]
    made = [
        child("web", uvicorn, web),
        child("mail door", [*manage, "mail_door"], worker),
        *([child("mail fetch", [*manage, "mail_fetch"], worker)] if env.get("IMAP_HOST") else []),
        child("sweep", [*manage, "sweep"], worker),
        child("record", [*manage, "sweep"], _record(env)),
        child("worker", [*celery, "worker", *quiet, "--concurrency=2", "--without-gossip"], worker),
    ]
    if is_on(env, "PRACTICE"):
        made.append(child("practice world", [python, "-m", "practice.world"], _stranger(env)))
    return made


def _practice(home: Home) -> dict[str, str]:
    """Where the practice world listens, and what the helpline must know to speak with it."""
    port, smtp = home.port("world", 8026), home.port("world_smtp", 8027)
    world = f"http://127.0.0.1:{port}"
    return _PRACTICE_NUMBERS | {
        "WORLD_PORT": str(port),
        "WORLD_SMTP_PORT": str(smtp),
        "WORLD_LEDGER": str(home.path / "world.ledger"),
        "WORLD_VOICE_CLOCK": "1",
        "WORLD_VOICE_STATUS_PATH": "/hooks/phone/status/",
        "TWILIO_API_BASE": world,
        "TWILIO_AUTH_TOKEN": home.password("twilio"),
        "META_API_BASE": f"{world}/graph",
        "META_APP_SECRET": home.password("meta_app"),
        "META_VERIFY_TOKEN": home.password("meta_verify"),
        "META_ACCESS_TOKEN": home.password("meta_access"),
        "IWF_REPORT_URL": f"{world}/iwf/report",
        "IWF_LINK_URL": f"{world}/iwf/case",
        "IWF_CHILD_PAGE": f"{world}/iwf/link",
        "IWF_PASSWORD": home.password("iwf"),
        "IWF_SECRET_KEY": home.password("iwf_key"),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(smtp),
    }


def _record(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of the process that chains the record: no key of anybody's words is in it."""
    kept_out = ("DATABASE_KEYS_", "DATABASE_WORKER_", "DATABASE_OWNER_", "AMAAN_MASTER_KEY")
    found = {name: value for name, value in env.items() if not name.startswith(kept_out)}
    alive = f"{env['SWEEP_HEARTBEAT_FILE']}.record" if env.get("SWEEP_HEARTBEAT_FILE") else ""
    return {**found, "AMAAN_PROCESS": "audit", "SWEEP_HEARTBEAT_FILE": alive}


def _stranger(env: Mapping[str, str]) -> dict[str, str]:
    """The world's environment: no database, bell or key of the helpline is in it."""
    ours = ("DATABASE_", "REDIS_URL", "SECRET_KEY", "AMAAN_")
    return {name: value for name, value in env.items() if not name.startswith(ours)}
