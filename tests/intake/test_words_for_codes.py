"""Whatever a conversation shows between the words has words of its own."""

import re
from pathlib import Path

import pytest

from intake import doubts, texts

CODE = Path(texts.__file__).parents[1]
WRITTEN = "\n".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))
NOTICES = re.findall(r'(?:_note\(conversation, |notice=)"([a-z_]+)"', WRITTEN)
SAID = re.findall(r'say\(\s*conversation,\s*"([a-z_]+)"', WRITTEN) + re.findall(
    r'send_automatic\(conversation, code="([a-z_]+)"', WRITTEN
)


@pytest.mark.parametrize("code", sorted({*NOTICES, *doubts.SIGNS, doubts.PASSED, "late"}))
def test_a_notice_has_its_line(code: str) -> None:
    assert texts.notice(code) != texts.notice("no such code")


@pytest.mark.parametrize("code", sorted({*SAID, "delete_done", "limited", "survey"}))
def test_an_automatic_message_is_named(code: str) -> None:
    assert texts.automatic(code) != texts.automatic("no such code")


def test_the_codes_were_found() -> None:
    assert {"stop_asked", "goes_on_elsewhere"} <= set(NOTICES)
    assert {"hello", "limits", "closed"} <= set(SAID)
