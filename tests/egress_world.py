"""Another world, in namespaces of its own: who can be reached before the rules, and with them.

Run as `unshare --mount --net [--map-root-user] python -m tests.egress_world`, with
{"rules": …, "doors": [[address, port], …]} as input. Prints {"before": […], "with": […]}.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

SERVER = """
import json, selectors, socket, sys
wait = selectors.DefaultSelector()
for address, port in json.loads(sys.argv[1]):
    kind = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.create_server((address, port), family=kind)
    wait.register(one, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in wait.select():
        key.fileobj.accept()[0].close()
"""


def main() -> None:
    """Build it, ask everybody twice, tell."""
    asked = json.load(sys.stdin)
    doors = [(address, port) for address, port in asked["doors"]]
    build({address for address, _port in doors})
    with subprocess.Popen(
        [
            "/usr/bin/env",
            "ip",
            "netns",
            "exec",
            "world",
            sys.executable,
            "-c",
            SERVER,
            json.dumps(doors),
        ],
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        before = [door for door in doors if reached(*door)]
        run("nft", "-f", "-", told=asked["rules"])
        run("nft", "-f", "-", told=asked["rules"])  # a second time, as the timer does
        with_rules = [door for door in doors if reached(*door)]
        server.kill()
    json.dump({"before": before, "with": with_rules}, sys.stdout)


def build(addresses: set[str]) -> None:
    """Our namespace, and beyond a wire the world with all these addresses."""
    run("mount", "-t", "tmpfs", "none", "/run")
    run("ip", "netns", "add", "world")
    run("ip", "link", "add", "ours", "type", "veth", "peer", "name", "theirs")
    run("ip", "link", "set", "theirs", "netns", "world")
    run("ip", "address", "add", "10.9.0.1/24", "dev", "ours")
    run("ip", "address", "add", "fd09::1/64", "dev", "ours", "nodad")
    run("ip", "-n", "world", "address", "add", "10.9.0.2/24", "dev", "theirs")
    run("ip", "-n", "world", "address", "add", "fd09::2/64", "dev", "theirs", "nodad")
    for address in addresses:
        bits = "128" if ":" in address else "32"
        run("ip", "-n", "world", "address", "add", f"{address}/{bits}", "dev", "lo")
    for where in (["ip"], ["ip", "-n", "world"]):
        for link in ("lo", "ours" if len(where) == 1 else "theirs"):
            run(*where, "link", "set", link, "up")
    run("ip", "route", "add", "default", "via", "10.9.0.2")
    run("ip", "-6", "route", "add", "default", "via", "fd09::2")
    time.sleep(0.2)  # the wire comes up


def reached(address: str, port: int) -> bool:
    """Whether a connection comes about."""
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True


def run(*command: str, told: str | None = None) -> None:
    subprocess.run(command, check=True, input=told, text=True)


if __name__ == "__main__":
    main()
