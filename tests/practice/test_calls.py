"""A person rings, listens, presses keys and hangs up; the helpline rings back."""

from typing import Any

import httpx

from tests.counterparts import ASHA_PHONE, SECRETS, World
from tests.practice.conftest import Doors

SID, TOKEN = SECRETS["TWILIO_ACCOUNT_SID"], SECRETS["TWILIO_AUTH_TOKEN"]
CALLS = f"/2010-04-01/Accounts/{SID}/Calls"
MENU = (
    "<Response><Say>You are not alone.</Say>"
    "<Gather numDigits='1' action='/hooks/phone/safe/'><Say>Are you safe? 1 or 2.</Say></Gather>"
    "<Redirect>/hooks/phone/</Redirect></Response>"
)
QUEUE = "<Response><Enqueue action='/hooks/phone/queue/'>desk</Enqueue></Response>"
DIAL = "<Response><Dial action='/hooks/phone/dial/'><Number>+12025550100</Number></Dial></Response>"


def said(call: dict[str, list[dict[str, str]]], who: str = "helpline") -> list[str]:
    return [line["text"] for line in call["said"] if line["who"] == who]


def test_asha_hears_the_menu_presses_a_key_and_waits_in_the_queue(
    world: World, doors: Doors
) -> None:
    doors.answer("/hooks/phone/", MENU)
    doors.answer("/hooks/phone/safe/", QUEUE)
    call = world.call(ASHA_PHONE)
    assert said(call) == ["You are not alone.", "Are you safe? 1 or 2."]
    assert call["waits_for"] == "gather"
    call = world.press(call["id"], "1")
    assert doors.forms("/hooks/phone/safe/")[0]["Digits"] == "1"
    assert (call["waits_for"], call["queue"]) == ("queue", "desk")
    first = doors.forms("/hooks/phone/")[0]
    assert (first["From"], first["CallStatus"], first["Direction"]) == (
        ASHA_PHONE,
        "ringing",
        "inbound",
    )


def test_asha_hangs_up_in_the_queue_and_the_helpline_is_told(world: World, doors: Doors) -> None:
    doors.answer("/hooks/phone/", QUEUE)
    world.configure(voice_status_path="/hooks/phone/status/")
    call = world.act(world.call(ASHA_PHONE)["id"], "hang-up")
    assert call["status"] == "completed"
    assert doors.forms("/hooks/phone/queue/")[0]["QueueResult"] == "hangup"
    assert doors.forms("/hooks/phone/status/")[0]["CallStatus"] == "completed"


def test_who_presses_nothing_hears_the_menu_again(world: World, doors: Doors) -> None:
    doors.answer("/hooks/phone/", MENU)
    call = world.act(world.call(ASHA_PHONE)["id"], "silence")
    assert len(said(call)) == 4
    assert call["waits_for"] == "gather"


def test_a_menu_that_redirects_to_itself_for_ever_is_cut_off(world: World, doors: Doors) -> None:
    doors.answer("/hooks/phone/", "<Response><Redirect>/hooks/phone/</Redirect></Response>")
    call = world.call(ASHA_PHONE)
    assert (call["status"], call["trouble"]) == ("failed", "11215 too many redirects")


def test_a_helpline_that_fails_or_answers_nonsense_is_heard_as_an_error(
    world: World, doors: Doors
) -> None:
    doors.answer("/hooks/phone/", "no", status=500)
    assert world.call(ASHA_PHONE)["trouble"] == "11200 HTTP 500"
    doors.answer("/hooks/phone/", "<Response><Sing/></Response>")
    assert world.call(ASHA_PHONE)["trouble"] == "12100 unknown verb Sing"


def test_a_dialled_counsellor_does_not_answer(world: World, doors: Doors) -> None:
    doors.answer("/hooks/phone/", DIAL)
    doors.answer("/hooks/phone/dial/", "<Response><Say>We call back.</Say></Response>")
    call = world.call(ASHA_PHONE)
    (rung,) = call["dialling"]
    assert (rung["kind"], rung["value"]) == ("Number", "+12025550100")
    call = world.act(call["id"], "dialled", status="no-answer")
    assert doors.forms("/hooks/phone/dial/")[0]["DialCallStatus"] == "no-answer"
    assert (said(call), call["status"]) == (["We call back."], "completed")


def test_the_helpline_rings_asha_and_she_answers(world: World, doors: Doors) -> None:
    doors.answer("/call-back/", "<Response><Say>Hello, this is a good time?</Say></Response>")
    form = {
        "To": ASHA_PHONE,
        "From": SECRETS["TWILIO_VOICE_FROM"],
        "Url": "https://helpline.example/call-back/",
    }
    with httpx.Client(base_url=world.url, auth=(SID, TOKEN), trust_env=False) as twilio:
        answer = twilio.post(f"{CALLS}.json", data=form)
        assert answer.status_code == 201
        call_id = answer.json()["sid"]
        call = world.act(call_id, "answer")
        assert said(call) == ["Hello, this is a good time?"]
        assert twilio.get(f"{CALLS}/{call_id}.json").json()["status"] == "completed"
        assert twilio.post(f"{CALLS}.json", data=form | {"Colour": "x"}).status_code == 400


def test_a_call_under_way_is_moved_from_the_queue_to_a_counsellor(
    world: World, doors: Doors
) -> None:
    doors.answer("/hooks/phone/", QUEUE)
    call = world.call(ASHA_PHONE)
    httpx.post(
        f"{world.url}{CALLS}/{call['id']}.json",
        auth=(SID, TOKEN),
        data={"Twiml": DIAL},
        trust_env=False,
    )
    assert world.call_now(call["id"])["waits_for"] == "dial"


WHISPER = (
    "<Response><Say>Please hold.</Say>"
    "<Dial action='/hooks/phone/dialled/' callerId='+15005550006' answerOnBridge='true'>"
    "<Number url='/hooks/phone/whisper/'>+12025550100</Number></Dial></Response>"
)
ASK = (
    "<Response><Gather numDigits='1' action='/hooks/phone/taken/' actionOnEmptyResult='true'>"
    "<Say>A call. Press 1.</Say></Gather></Response>"
)
REFUSED = "<Response><Hangup/></Response>"
EMPTY = "<Response/>"


def rung(world: World, doors: Doors, taken: str) -> tuple[dict[str, Any], str]:
    """Asha's call, and the key of the colleague's line that rings for it."""
    doors.answer("/hooks/phone/", WHISPER)
    doors.answer("/hooks/phone/whisper/", ASK)
    doors.answer("/hooks/phone/taken/", taken)
    doors.answer("/hooks/phone/dialled/", "<Response><Say>Goodbye.</Say></Response>")
    call = world.call(ASHA_PHONE)
    return call, call["dialling"][0]["call"]


def test_a_colleague_hears_the_whisper_alone_and_is_connected_by_the_key(
    world: World, doors: Doors
) -> None:
    call, leg = rung(world, doors, EMPTY)
    assert world.call_now(leg)["status"] == "ringing"
    assert said(world.act(leg, "answer")) == ["A call. Press 1."]
    form = doors.forms("/hooks/phone/whisper/")[0]
    assert (form["ParentCallSid"], form["From"]) == (call["id"], "+15005550006")
    assert said(world.call_now(call["id"])) == ["Please hold."]
    assert world.press(leg, "1")["waits_for"] == "talk"
    assert world.call_now(call["id"])["waits_for"] == "talk"
    world.act(leg, "hang-up")
    ended = doors.forms("/hooks/phone/dialled/")[0]
    assert (ended["DialCallStatus"], ended["DialBridged"]) == ("completed", "true")
    assert said(world.call_now(call["id"]))[-1] == "Goodbye."


def test_a_colleague_who_presses_nothing_is_not_connected(world: World, doors: Doors) -> None:
    _call, leg = rung(world, doors, REFUSED)
    world.act(leg, "answer")
    world.act(leg, "silence")
    assert world.call_now(leg)["status"] == "completed"
    ended = doors.forms("/hooks/phone/dialled/")[0]
    assert (ended["DialCallStatus"], ended["DialBridged"]) == ("no-answer", "false")


def test_a_colleague_who_does_not_answer_is_told_as_such(world: World, doors: Doors) -> None:
    _call, leg = rung(world, doors, EMPTY)
    world.act(leg, "refuse")
    assert doors.forms("/hooks/phone/dialled/")[0]["DialCallStatus"] == "no-answer"


def test_when_asha_hangs_up_the_colleagues_telephone_stops(world: World, doors: Doors) -> None:
    call, leg = rung(world, doors, EMPTY)
    world.act(call["id"], "hang-up")
    assert world.call_now(leg)["status"] == "canceled"


def test_the_document_of_a_number_may_not_dial(world: World, doors: Doors) -> None:
    _call, leg = rung(world, doors, EMPTY)
    doors.answer("/hooks/phone/whisper/", DIAL)
    assert "13201" in world.act(leg, "answer")["trouble"]


def test_what_is_kept_with_the_number_is_heard_while_the_helpline_is_away(
    world: World, doors: Doors
) -> None:
    doors.answer("/hooks/phone/", "no", status=503)
    world.configure(voice_fallback="<Response><Say>Call 1 1 2.</Say></Response>")
    call = world.call(ASHA_PHONE)
    assert said(call) == ["Call 1 1 2."]
    assert (call["status"], call["trouble"]) == ("completed", "11200 HTTP 503")


def test_where_the_clock_runs_silence_comes_by_itself(world: World, doors: Doors) -> None:
    quick = "<Response><Gather timeout='0' action='/hooks/phone/safe/'/><Hangup/></Response>"
    doors.answer("/hooks/phone/", quick)
    world.configure(voice_clock=True)
    call = world.call(ASHA_PHONE)
    world.wait_for(lambda: world.call_now(call["id"])["status"] == "completed")
