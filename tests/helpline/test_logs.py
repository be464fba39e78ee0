"""A log line says what happened, never what was said."""

import logging
import uuid

from helpline.logs import ConstantFormatter

MARKED = "she wrote this from +91 98000 00000"


def formatted(message: object, *args: object, error: BaseException | None = None) -> str:
    """One record through the formatter of the settings."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("x", logging.INFO, "file.py", 1, message, args, exc_info)
    return ConstantFormatter().format(record)


def test_l2_text_arguments_are_left_out_and_numbers_kept() -> None:
    key = uuid.uuid4()
    line = formatted("message %s: %s, %d of %d", key, MARKED, 1, 2)
    assert line.endswith(f"INFO x message {key}: <str>, 1 of 2")


def test_l2_named_arguments_are_left_out_too() -> None:
    assert formatted("answer %(word)s", {"word": MARKED}).endswith("answer <str>")


def test_l2_an_exception_shows_its_kind_and_place_and_not_its_text() -> None:
    try:
        try:
            raise KeyError(MARKED)
        except KeyError as cause:
            raise ValueError(MARKED) from cause
    except ValueError as error:
        line = formatted("it broke", error=error)
    assert "ValueError from KeyError" in line
    assert "test_logs.py" in line
    assert MARKED not in line


def test_l2_a_wrong_number_of_arguments_shows_the_constant_text() -> None:
    assert formatted("one %s and %s", MARKED).endswith("one %s and %s")


def test_l2_control_characters_cannot_forge_a_line() -> None:
    assert "\n" not in formatted("first\nsecond")
    assert "\x1b" not in formatted("\x1b[31m")


def test_l2_every_handler_of_the_settings_uses_the_formatter() -> None:
    for name in ("", "django", "uvicorn"):
        kinds = [type(handler.formatter) for handler in logging.getLogger(name).handlers]
        assert ConstantFormatter in kinds, name
