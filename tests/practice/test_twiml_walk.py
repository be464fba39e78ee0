"""A telephone that follows TwiML: it plays, waits for keys, and refuses what is not TwiML."""

import pytest

from practice import twiml

MENU = """<Response>
  <Say language="en-IN">You are not alone.</Say>
  <Gather numDigits="1" action="/hooks/phone/language/">
    <Say language="en-IN">For English press 1.</Say>
    <Say language="hi-IN">हिन्दी के लिए 2 दबाएँ।</Say>
  </Gather>
  <Say>We will call you back.</Say>
  <Hangup/>
</Response>"""


def test_a_caller_hears_the_menu_and_the_call_waits_for_a_key() -> None:
    walked = twiml.walk(twiml.read(MENU))
    assert [heard.language for heard in walked.heard] == ["en-IN", "en-IN", "hi-IN"]
    assert walked.stop == "gather"
    assert walked.verb is not None
    assert walked.verb.attributes["action"] == "/hooks/phone/language/"


def test_a_caller_who_presses_nothing_hears_the_rest() -> None:
    walked = twiml.walk(twiml.walk(twiml.read(MENU)).rest)
    assert [heard.text for heard in walked.heard] == ["We will call you back."]
    assert walked.stop == "ended"


@pytest.mark.parametrize(
    ("attributes", "pressed", "taken", "left"),
    [
        ({"numDigits": "1"}, "12", "1", "2"),
        ({}, "123#4", "123", "4"),
        ({"finishOnKey": "*"}, "1#*", "1#", ""),
        ({"numDigits": "4"}, "12", "12", ""),
    ],
)
def test_keys_are_taken_as_the_gather_asks(
    attributes: dict[str, str], pressed: str, taken: str, left: str
) -> None:
    verb = twiml.Verb("Gather", attributes, "")
    assert twiml.take_digits(verb, pressed) == (taken, left)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("hello", "not well-formed"),
        ("<Reply/>", "root element"),
        ("<Response><Sing>la</Sing></Response>", "unknown verb Sing"),
        ("<Response><Say tone='soft'>hi</Say></Response>", "unknown attribute tone"),
        (
            "<Response><Gather><Dial>+1</Dial></Gather></Response>",
            "may not stand in Gather",
        ),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><Response/>", "document type"),
    ],
)
def test_what_is_not_twiml_is_refused(document: str, reason: str) -> None:
    with pytest.raises(twiml.NotTwiml, match=reason):
        twiml.read(document)


def test_a_dial_names_whom_it_rings() -> None:
    document = "<Response><Dial action='/d/'><Number>+12025550100</Number></Dial></Response>"
    walked = twiml.walk(twiml.read(document))
    assert walked.stop == "dial"
    assert walked.verb is not None
    assert walked.verb.children[0].text == "+12025550100"
