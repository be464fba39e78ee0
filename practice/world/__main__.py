"""`python -m practice.world`: the outside world as one process, configured by the environment."""

import asyncio

from practice.world.app import serve
from practice.world.config import Config

if __name__ == "__main__":
    asyncio.run(serve(Config.from_environment()))
