"""Starts the world's two servers and says where they listen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal

import aiohttp
from aiohttp import web
from aiosmtpd.smtp import SMTP

from practice.world import calls, control, iwf, messaging, meta
from practice.world.config import Config
from practice.world.mail import Sink
from practice.world.state import WORLD, World

HOST = "127.0.0.1"
LARGEST_MAIL = 60 * 1024 * 1024


def build(world: World) -> web.Application:
    """Return the HTTP side of the world."""
    app = web.Application(middlewares=[control.loopback_only], client_max_size=LARGEST_MAIL * 2)
    app[WORLD] = world
    app[calls.LINES] = {}
    app.add_routes(messaging.ROUTES + meta.ROUTES + calls.ROUTES + iwf.ROUTES + control.ROUTES)
    return app


async def serve(config: Config) -> None:
    """Run until TERM or INT. Prints one JSON line with both ports once it answers."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with aiohttp.ClientSession() as client:
        await _run(World(config, client), stop)


async def _run(world: World, stop: asyncio.Event) -> None:
    config = world.config
    runner = web.AppRunner(build(world), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, config.port).start()
    config.port = runner.addresses[0][1]
    mail_server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Sink(world), data_size_limit=LARGEST_MAIL, hostname="practice.example"),
        HOST,
        config.smtp_port,
    )
    config.smtp_port = mail_server.sockets[0].getsockname()[1]
    print(json.dumps({"http": config.port, "smtp": config.smtp_port}), flush=True)
    await stop.wait()
    mail_server.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(runner.cleanup(), timeout=2)
