"""A partner without an account sees exactly one packet, and only they do."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.test import Client

from accounts.models import User
from cases.models import Case
from intake.models import OutboundMessage
from intake.registry import CarrierError
from privacy.access import acting
from privacy.models import AuditEvent, Consent, Grant
from privacy.services import withdraw_consent
from referrals import services
from referrals.connectors.partner_mail import PartnerMail, language_of
from referrals.models import LinkLetter, Packet, PartnerLink, Service, SupportReferral
from tests.referrals.conftest import CANARIES, WORDS, deliver, enter, path_of, send

Sent = tuple[SupportReferral, str, str]


def state_of(referral: SupportReferral) -> str:
    with acting(part="referrals"):
        referral.refresh_from_db()
    return str(referral.state)


def test_the_letter_is_a_link_and_nothing_else(sent: Sent) -> None:
    _referral, code, door = sent
    letter = mail.outbox[-1]
    assert letter.to == ["intake@sunrise.example"]
    whole = f"{letter.subject}\n{letter.body}"
    assert door in whole
    for word in (*CANARIES.values(), WORDS, code, code.replace(" ", ""), "KA-", "Sunrise"):
        assert word not in whole
    assert not re.search("helpline|abuse|police|child|case|Amaan", str(letter.subject))


def test_the_letter_is_in_the_partners_language() -> None:
    assert language_of(Service(languages=["mr", "hi-Latn", "en"])) == "hi"
    assert language_of(Service(languages=["ta"])) == "en"


def test_neither_token_nor_code_is_kept(sent: Sent) -> None:
    _referral, code, door = sent
    token = door.removeprefix("/p/").strip("/")
    link = PartnerLink.objects.get()
    assert token not in (link.token, link.code, link.bound)
    assert link.code.startswith("argon2")
    assert code.replace(" ", "") not in link.code
    with acting(part="referrals"):
        assert LinkLetter.objects.get().token is None
        assert OutboundMessage.objects.filter(carrier="partner_mail").count() == 1


def test_a_mail_scanner_that_opens_the_link_changes_nothing(client: Client, sent: Sent) -> None:
    referral, _code, door = sent
    before = AuditEvent.objects.count()
    for _time in range(3):
        answer = client.get(door)
        assert answer.status_code == 200
        assert client.head(door).status_code in (200, 405)
    for word in (*CANARIES.values(), WORDS, "Sunrise"):
        assert word not in answer.content.decode()
    assert state_of(referral) == "sent"
    assert AuditEvent.objects.count() == before
    link = PartnerLink.objects.get()
    assert (link.tries, link.bound) == (0, "")


def test_an_unknown_link_looks_the_same_until_the_button_is_pressed(
    client: Client, sent: Sent
) -> None:
    csrf = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
    known = csrf.sub(b"", client.get(sent[2]).content)
    unknown = csrf.sub(b"", client.get("/p/unknown/").content)
    assert known == unknown
    assert client.post("/p/unknown/").status_code == 404


def test_the_partner_sees_exactly_the_packet(inside: Client, sent: Sent, case: Case) -> None:
    page = inside.get(sent[2] + "packet/").content.decode()
    assert CANARIES["call_me"] in page
    assert WORDS in page
    assert "13 to 15" in page
    assert "16:00" in page
    hidden = {**CANARIES, "message": "canary-message-4719", "code": case.code, "holder": "Amina"}
    for name in ("call_me", "safe_words"):
        hidden.pop(name)
    for name, word in hidden.items():
        assert word not in page, name
    assert "girl" not in page.lower()


def test_the_database_itself_gives_a_link_one_packet_and_no_story(
    inside: Client, sent: Sent, case: Case
) -> None:
    from cases.models import Note  # noqa: PLC0415
    from intake.models import Identity, Message  # noqa: PLC0415

    link = PartnerLink.objects.get()
    with acting(link=link.pk):
        assert Packet.objects.count() == 1
        for model in (Message, Note, Identity, LinkLetter):
            assert not model.objects.exists()


def test_opening_is_viewing_and_every_view_is_on_the_record(inside: Client, sent: Sent) -> None:
    referral, _code, door = sent
    assert state_of(referral) == "viewed"
    inside.get(door + "packet/")
    inside.get(door + "packet/")
    seen = AuditEvent.objects.filter(verb="packet_viewed", subject_id=referral.pk)
    assert seen.count() == 2
    assert {event.actor_kind for event in seen} == {"link"}


def test_the_code_is_read_with_any_digits_and_spaces(client: Client, sent: Sent) -> None:
    _referral, code, door = sent
    devanagari = "".join(chr(0x966 + int(sign)) if sign.isdigit() else "-" for sign in code)
    assert client.post(door, {"code": devanagari}).status_code == 302


def test_after_five_wrong_codes_the_link_is_locked_and_amina_is_told(
    client: Client, sent: Sent, amina: User
) -> None:
    referral, code, door = sent
    wrong = "0000 0001" if code != "0000 0001" else "0000 0002"
    for _time in range(4):
        assert client.post(door, {"code": wrong}).status_code == 422
    assert client.post(door, {"code": wrong}).status_code == 404
    assert client.post(door, {"code": code}).status_code == 404
    assert state_of(referral) == "sent"
    assert AuditEvent.objects.filter(verb="door_locked").count() == 1
    assert (
        "closed after wrong codes"
        in enter(amina).get(f"/referrals/{referral.pk}/").content.decode()
    )
    assert "link locked" in enter(amina).get("/referrals/").content.decode()


def test_the_link_opens_in_one_browser_only(inside: Client, sent: Sent) -> None:
    _referral, code, door = sent
    other = Client()
    assert other.post(door, {"code": code}).status_code == 403
    assert other.get(door + "packet/").status_code == 302
    assert other.post(door + "accept/").status_code == 302
    assert inside.get(door + "packet/").status_code == 200


def test_the_cookie_is_signed_httponly_and_bound_to_the_path(client: Client, sent: Sent) -> None:
    _referral, code, door = sent
    cookie = client.post(door, {"code": code}).cookies["door"]
    assert cookie["path"] == door
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.cookies["door"] = cookie.value + "x"
    assert client.get(door + "packet/").status_code == 302


def test_after_its_time_a_link_opens_nothing(client: Client, sent: Sent) -> None:
    _referral, code, door = sent
    PartnerLink.objects.update(expires_at=F("created_at"))
    assert client.post(door, {"code": code}).status_code == 404


def test_an_expired_link_ends_for_the_browser_inside_too(inside: Client, sent: Sent) -> None:
    PartnerLink.objects.update(expires_at=F("created_at") - timedelta(days=1))
    page = inside.get(sent[2] + "packet/")
    assert page.status_code == 404
    assert WORDS not in page.content.decode()


def test_a_revoked_link_opens_nothing_and_holds_no_grant(
    inside: Client, sent: Sent, amina: User
) -> None:
    referral, _code, door = sent
    with acting(user=amina):
        services.revoke_link(referral, by=amina)
    assert inside.get(door + "packet/").status_code == 404
    with acting(part="referrals"):
        assert not Grant.objects.filter(link__isnull=False).exists()
    with acting(link=PartnerLink.objects.get().pk):
        assert not Packet.objects.exists()


def test_a_new_link_ends_the_old_one(client: Client, sent: Sent, amina: User) -> None:
    referral, code, door = sent
    with acting(user=amina):
        fresh = services.renew_link(referral, by=amina)
    again = path_of(deliver(referral))
    assert client.post(door, {"code": code}).status_code == 404
    assert client.post(again, {"code": fresh}).status_code == 302


def test_the_partner_accepts_and_tells_the_outcome(inside: Client, sent: Sent) -> None:
    referral, _code, door = sent
    assert inside.post(door + "accept/").status_code == 302
    assert state_of(referral) == "accepted"
    assert inside.post(door + "report/", {"state": "first_seen"}).status_code == 302
    assert state_of(referral) == "first_seen"
    assert inside.post(door + "report/", {"state": "completed"}).status_code == 302
    assert state_of(referral) == "completed"
    thanks = inside.get(door + "packet/")
    assert thanks.status_code == 404
    assert "Thank you" in thanks.content.decode()


def test_the_partner_declines_with_a_reason(inside: Client, sent: Sent) -> None:
    referral, _code, door = sent
    assert inside.post(door + "decline/", {"reason": "because"}).status_code == 422
    assert state_of(referral) == "viewed"
    assert inside.post(door + "decline/", {"reason": "no_room"}).status_code == 302
    assert state_of(referral) == "declined"
    assert referral.decline_reason == "no_room"


def test_what_came_first_stands(inside: Client, sent: Sent) -> None:
    referral, _code, door = sent
    inside.post(door + "accept/")
    assert inside.post(door + "decline/", {"reason": "no_room"}).status_code == 422
    assert inside.post(door + "report/", {"state": "withdrawn"}).status_code == 422
    assert state_of(referral) == "accepted"


def test_withdrawal_reaches_a_partner_who_has_read_it(
    inside: Client, sent: Sent, amina: User
) -> None:
    referral, _code, door = sent
    with acting(user=amina):
        taken_back = withdraw_consent(Consent.objects.get(subject_id=referral.pk), by=amina)
        assert (taken_back.stopped, taken_back.already_sent) == (0, 1), "the child is told"
    assert state_of(referral) == "withdrawn"
    page = inside.get(door + "packet/")
    assert page.status_code == 404
    assert "taken back" in page.content.decode()
    assert WORDS not in page.content.decode()
    deliver(referral)
    assert "delete" in str(mail.outbox[-1].body)
    told = AuditEvent.objects.get(verb="referral_withdrawn", subject_id=referral.pk)
    assert told.reason == "already_sent"


def test_withdrawal_stops_a_letter_that_has_not_left(
    case: Case, clinic: Service, amina: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
        services.withdraw(referral, by=amina)
        assert referral.state == "withdrawn"
    with acting(part="referrals"):
        post = OutboundMessage.objects.get(carrier="partner_mail")
        assert (post.state, post.problem) == ("failed", "withdrawn")
        assert LinkLetter.objects.count() == 1
    with pytest.raises(CarrierError):
        PartnerMail().send(post)
    assert not mail.outbox
    told = AuditEvent.objects.get(verb="referral_withdrawn")
    assert told.reason == "nothing_left"


def test_no_link_outlives_its_case(inside: Client, sent: Sent, case: Case, amina: User) -> None:
    with acting(user=amina):
        services.settle_on_close(case, amina)
    assert inside.get(sent[2] + "packet/").status_code == 404


def test_the_record_holds_no_word_of_the_story(inside: Client, sent: Sent) -> None:
    inside.get(sent[2] + "packet/")
    inside.post(sent[2] + "decline/", {"reason": "no_room"})
    token = sent[2].removeprefix("/p/").strip("/")
    for event in AuditEvent.objects.all():
        facts = " ".join(str(value) for value in vars(event).values())
        assert "canary" not in facts
        assert token not in facts


def test_two_partners_of_one_case_each_see_their_own_packet(
    sent: Sent, inside: Client, case: Case, shelter: Service, amina: User
) -> None:
    with acting(user=amina):
        other, code = send(case, shelter, amina, "name", "adult_knows")
    door = path_of(deliver(other))
    there = Client()
    assert there.post(door, {"code": code}).status_code == 302
    theirs = there.get(door + "packet/").content.decode()
    ours = inside.get(sent[2] + "packet/").content.decode()
    assert CANARIES["name"] in theirs
    assert WORDS not in theirs
    assert "Sunrise" not in theirs
    assert CANARIES["name"] not in ours
    assert "Open Door" not in ours
    assert inside.get(door + "packet/").status_code == 302
    with acting(user=amina):
        services.withdraw(other, by=amina)
    assert there.get(door + "packet/").status_code == 404
    assert inside.get(sent[2] + "packet/").status_code == 200
