"""Command line of the embedded servers: `python -m helpline.embedded start|stop|env`."""

from __future__ import annotations

import argparse
import shlex
import sys

from helpline import embedded


def main() -> int:
    """`start` starts them, `env` starts them and prints lines for a shell's eval, `stop` stops."""
    parser = argparse.ArgumentParser(prog="python -m helpline.embedded")
    parser.add_argument("verb", choices=["start", "stop", "env"])
    verb = parser.parse_args().verb
    try:
        if verb == "stop":
            embedded.stop()
            return 0
        variables = embedded.ensure()
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    if verb == "env":
        for name, value in variables.items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
