"""What the world signs, the provider's own checker accepts, and nothing else."""

from twilio.request_validator import RequestValidator, get_signature_algorithm

from practice.signing import twilio_signature
from tests.counterparts import ASHA, PUBLIC, SECRETS, World

PUBLISHED = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def test_the_vector_in_twilios_documentation() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature(url, PUBLISHED, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_asha_writes_and_the_checker_accepts(world: World) -> None:
    form = world.whatsapp_form(ASHA, "नमस्ते +=& é", profile_name="आशा")
    signature = world.sign("/hooks/whatsapp/", form)["HTTP_X_TWILIO_SIGNATURE"]
    checker = RequestValidator(SECRETS["TWILIO_AUTH_TOKEN"])
    assert checker.validate(PUBLIC + "/hooks/whatsapp/", form, signature)
    assert not checker.validate(PUBLIC + "/hooks/whatsapp/", form | {"Body": "x"}, signature)
    assert not checker.validate(PUBLIC + "/hooks/phone/", form, signature)


def test_the_newer_algorithm_is_accepted_too(world: World) -> None:
    form = world.whatsapp_form(ASHA, "hello")
    headers = world.sign("/hooks/whatsapp/", form, algorithm="sha256")
    settings = headers["HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS"]
    checker = RequestValidator(SECRETS["TWILIO_AUTH_TOKEN"])
    signature = headers["HTTP_X_TWILIO_SIGNATURE"]
    algorithm = get_signature_algorithm(settings)
    assert checker.validate(PUBLIC + "/hooks/whatsapp/", form, signature, algorithm)


def test_a_person_without_a_number_has_no_wa_id(world: World) -> None:
    form = world.whatsapp_form("whatsapp:IN.1349202600000017", "hi")
    assert form["From"] == "whatsapp:IN.1349202600000017"
    assert "WaId" not in form


def test_the_external_user_id_and_the_picture_travel_with_the_message(
    world: World,
) -> None:
    form = world.whatsapp_form(ASHA, "", external_user_id="IN.1349202600000113", pictures=1)
    assert form["ExternalUserId"] == "IN.1349202600000113"
    assert form["NumMedia"] == "1"
    assert form["MediaUrl0"].startswith(world.url)
    assert world.ledger()["Media"][0]["fetched"] == 0
