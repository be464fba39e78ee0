"""Log lines that cannot carry a young person's words: the constant text, numbers and ids only."""

from __future__ import annotations

import datetime
import logging
import re
import sys
import threading
import traceback
import uuid
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import SystemCheckError

_PLAIN = (int, float, uuid.UUID, datetime.date, datetime.timedelta, type(None))
_TASK = re.compile(r"[a-z]+\.tasks\.[a-z_]+")
# What these say is written by us for whoever starts a process; no row is quoted in it.
_FOR_WHO_STARTS_US = (ImproperlyConfigured, SystemCheckError)
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ConstantFormatter(logging.Formatter):
    """Formats `time level logger constant-text`, with every other value left out.

    Text arguments become their type's name; an exception becomes its type and the places in the
    code it passed, because its own text may quote a row, a body or an address.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, plus one for each frame of an exception."""
        moment = datetime.datetime.fromtimestamp(record.created, tz=datetime.UTC)
        line = f"{moment:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {record.name} {_text(record)}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line

    def formatException(self, ei: _ExcInfo) -> str:
        """The exception's type, its causes' types, and where each frame was."""
        _kind, error, frames = ei
        places = [
            f"  {place.filename}:{place.lineno} {place.name}"
            for place in traceback.extract_tb(frames)
        ]
        kinds = []
        while error is not None:
            kinds.append(type(error).__qualname__)
            error = error.__cause__ or error.__context__
        return "\n".join([" from ".join(kinds), *places])


def say_crashes_quietly() -> None:
    """What ends a process or a thread is told as the log tells it: kinds and places, no text.

    A traceback's last line may quote a row that could not be written, or an address that could
    not be reached; a service's error stream is a log like any other.
    """

    def crashed(kind: type[BaseException], error: BaseException, frames: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        if issubclass(kind, _FOR_WHO_STARTS_US):
            print(error, file=sys.stderr)
        print(ConstantFormatter().formatException((kind, error, frames)), file=sys.stderr)

    def thread_crashed(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            crashed(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed


def _text(record: logging.LogRecord) -> str:
    text = str(record.msg).encode("unicode_escape").decode()
    arguments: Any = record.args
    if not arguments:
        return text
    if isinstance(arguments, dict):
        arguments = {name: _shown(value) for name, value in arguments.items()}
    else:
        arguments = tuple(_shown(value) for value in arguments)
    try:
        return str(text % arguments)
    except (TypeError, ValueError, KeyError):
        return text


def _shown(value: object) -> object:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, str) and _TASK.fullmatch(value):
        return value
    return f"<{type(value).__name__}>"
