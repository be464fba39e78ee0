"""Exactly what was agreed leaves, and nothing without it."""

import json

import pytest

from accounts.models import Team, User
from cases.models import Case
from cases.writing import update_case
from intake.models import Conversation, OutboundMessage
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.models import Consent, Due, Folder
from privacy.retention import forget, set_forget_after
from privacy.services import NotPossible, withdraw_consent
from referrals import handover, services
from referrals.models import LinkLetter, Packet, PartnerLink, Service, SupportReferral
from referrals.reading import WHOLE, lines
from tests.referrals.conftest import CANARIES, WORDS, agree, draft, send


@pytest.mark.usefixtures("as_amina")
def test_without_the_young_persons_consent_nothing_leaves(
    case: Case, clinic: Service, amina: User
) -> None:
    referral = draft(case, clinic, amina)
    with pytest.raises(NotPossible):
        services.send_referral(referral, by=amina)
    assert referral.state == "draft"
    assert not Packet.objects.exists()
    assert not PartnerLink.objects.exists()
    assert not OutboundMessage.objects.filter(carrier="partner_mail").exists()


@pytest.mark.usefixtures("as_amina")
def test_a_consent_given_for_another_referral_does_not_count(
    case: Case, clinic: Service, shelter: Service, amina: User
) -> None:
    agree(draft(case, shelter, amina, "call_me"), amina)
    with pytest.raises(NotPossible):
        services.send_referral(draft(case, clinic, amina), by=amina)


@pytest.mark.usefixtures("as_amina")
def test_the_packet_is_word_for_word_the_preview(case: Case, clinic: Service, amina: User) -> None:
    referral = draft(case, clinic, amina)
    shown = services.preview(referral)
    agree(referral, amina)
    services.send_referral(referral, by=amina)
    assert handover.read(Packet.objects.get(referral=referral)) == shown


@pytest.mark.usefixtures("as_amina")
def test_only_picked_fields_and_the_two_fixed_lines_leave(
    case: Case, clinic: Service, amina: User
) -> None:
    referral, _code = send(case, clinic, amina, "call_me", "summary")
    packet = Packet.objects.get(referral=referral)
    assert set(packet.fields) == {"call_me", "summary", "safe_contact", "guardian_safe"}
    text = json.dumps(handover.read(packet))
    picked = {CANARIES["call_me"], CANARIES["safe_words"]}
    assert all(canary in text for canary in picked)
    assert WORDS in text
    assert not any(canary in text for canary in set(CANARIES.values()) - picked)


@pytest.mark.usefixtures("as_amina")
def test_the_safety_lines_cannot_be_left_out(case: Case, clinic: Service, amina: User) -> None:
    referral = services.draft_referral(case, service=clinic, fields=[], by=amina)
    assert set(services.preview(referral)) == {"safe_contact", "guardian_safe"}


@pytest.mark.usefixtures("as_amina")
def test_a_field_the_service_does_not_ask_for_is_refused(
    case: Case, clinic: Service, amina: User
) -> None:
    with pytest.raises(NotPossible):
        draft(case, clinic, amina, "name")


def say_of_parents(case: Case, answer: str) -> None:
    with acting(part="intake"):
        case.guardian_safe = answer
        case.save(update_fields=["guardian_safe"])


def test_until_the_young_person_says_otherwise_a_parent_is_not_known_to_be_safe(
    case: Case, shelter: Service, amina: User
) -> None:
    assert case.guardian_safe == "unknown"
    with acting(user=amina):
        content = services.preview(draft(case, shelter, amina, "relation", "adult_knows"))
    assert set(content) == {"safe_contact", "guardian_safe"}
    assert "do not contact a parent" in str(lines(content, WHOLE)[-1].texts)


def test_a_parent_who_is_safe_is_named_as_it_was_agreed(
    case: Case, shelter: Service, amina: User
) -> None:
    say_of_parents(case, "yes")
    with acting(user=amina):
        referral = services.draft_referral(
            case,
            service=shelter,
            fields=["relation", "adult_knows", "summary"],
            words="My mother helps me.",
            by=amina,
        )
        content = services.preview(referral)
    assert content["relation"] == "parent_or_carer"
    assert content["adult_knows"] == "no"
    assert content["summary"] == "My mother helps me."
    assert handover.left_out(case, "My mother helps me.") == 0


@pytest.mark.usefixtures("as_amina")
def test_words_about_safe_contact_leave_whole_because_they_protect(
    case: Case, clinic: Service, amina: User
) -> None:
    words = "Never while my mother is home."
    update_case(case, changes={"safe_words": words}, by=amina)
    content = services.preview(draft(case, clinic, amina, "call_me"))
    assert content["safe_contact"]["words"] == words


@pytest.mark.parametrize("answer", ["unknown", "no", "unsafe"])
def test_unless_a_parent_is_safe_no_parent_is_mentioned(
    case: Case, shelter: Service, amina: User, answer: str
) -> None:
    say_of_parents(case, answer)
    told = "They want money. My mother reads my phone! मेरी माँ को मत बताना। I am scared."
    with acting(user=amina):
        referral = services.draft_referral(
            case,
            service=shelter,
            fields=["relation", "adult_knows", "summary"],
            words=told,
            by=amina,
        )
        content = services.preview(referral)
    assert "relation" not in content
    assert "adult_knows" not in content
    assert content["summary"] == "They want money. I am scared."
    assert handover.left_out(case, told) == 2


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("J'ai peur. Ma mère le sait.", "J'ai peur."),
        ("أنا خائف. أمي لا تعرف. ساعدوني.", "أنا خائف. ساعدوني."),
        ("Help me. Mummy ko mat batana.", "Help me."),
        ("Apparently nothing is transparent.", "Apparently nothing is transparent."),
        ("هل هو أم لا؟", "هل هو أم لا؟"),
    ],
)
def test_parents_are_found_in_every_language_of_the_pages(told: str, kept: str) -> None:
    assert handover.without_parents(told)[0] == kept


@pytest.mark.usefixtures("as_amina")
def test_what_changed_after_it_was_agreed_does_not_leave(
    case: Case, clinic: Service, amina: User
) -> None:
    referral = draft(case, clinic, amina)
    agree(referral, amina)
    with acting(part="intake"):
        case.age_band = "16_17"
        case.save(update_fields=["age_band"])
    with pytest.raises(NotPossible):
        services.send_referral(referral, by=amina)
    agree(referral, amina)
    services.send_referral(referral, by=amina)
    assert referral.state == "sent"


@pytest.mark.usefixtures("as_amina")
def test_what_was_agreed_is_not_changed_afterwards(
    case: Case, clinic: Service, amina: User
) -> None:
    referral = draft(case, clinic, amina, "call_me")
    services.change_draft(referral, fields=["age_band"], by=amina)
    assert "call_me" not in services.preview(referral)
    agree(referral, amina)
    with pytest.raises(NotPossible):
        services.change_draft(referral, fields=["call_me"], by=amina)


def test_a_parent_is_not_asked_where_that_is_not_known_to_be_safe(
    case: Case, clinic: Service, amina: User
) -> None:
    with acting(user=amina):
        referral = draft(case, clinic, amina)
        with pytest.raises(NotPossible):
            services.record_agreement(
                referral, given_by="guardian", how="call", language="en", by=amina
            )


def test_ben_and_the_others_cannot_refer_aminas_case(
    case: Case, clinic: Service, ben: User, tariq: User, sofia: User
) -> None:
    for stranger in (ben, tariq, sofia):
        with acting(user=stranger), pytest.raises(NotAllowed):
            draft(case, clinic, stranger)


def test_rana_the_coordinator_joins_with_the_first_referral_and_may_send_but_not_write(
    case: Case, clinic: Service, amina: User, rana: User, team: Team
) -> None:
    with acting(user=rana):
        assert not Case.objects.visible_to(rana).exists()
    with acting(user=amina):
        referral = draft(case, clinic, amina)
        agree(referral, amina)
    with acting(user=rana):
        found = SupportReferral.objects.visible_to(rana).select_related("case", "service").get()
        services.send_referral(found, by=rana)
        assert WORDS in json.dumps(handover.read(Packet.objects.get(referral=found)))
        with pytest.raises(NotAllowed):
            services.withdraw(found, by=rana)


def test_each_class_of_a_packet_is_forgotten_with_its_own(
    case: Case, shelter: Service, amina: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, shelter, amina, "name", "call_me", "phone")
    with acting(part="forgetting"):
        set_forget_after(Folder.objects.get(pk=case.folder_id))
        forget(Due.objects.get(folder=case.folder_id, data_class="identity"))
        packet = Packet.objects.get(referral=referral)
        assert packet.identity is None
        assert CANARIES["call_me"] in (unseal(packet, "content") or "")


def test_withdrawing_consent_before_sending_cancels_the_draft(
    case: Case, clinic: Service, amina: User
) -> None:
    with acting(user=amina):
        referral = draft(case, clinic, amina)
        agree(referral, amina)
        withdraw_consent(Consent.objects.get(subject_id=referral.pk), by=amina)
        referral.refresh_from_db()
        assert referral.state == "withdrawn"
        assert not LinkLetter.objects.exists()


@pytest.mark.parametrize(
    "named",
    [
        "Her mothers found it.",
        "Mama is angry.",
        "Her stepdads beat her.",
        "Amma does not know.",
        "Sa tutrice est fâchée.",
        "उसकी अम्मा नाराज़ है।",
        "Baba took the phone.",
    ],
)
def test_a_parent_is_found_by_whatever_name(named: str) -> None:
    assert handover.without_parents(f"He wants money. {named}") == ("He wants money.", 1)


def test_the_number_of_who_asked_us_to_delete_does_not_leave(case: Case) -> None:
    assert handover.compose(case, fields=["phone"], words="")["phone"]
    with acting(part="intake"):
        Conversation.objects.update(hidden_at=database_now())
    assert handover.compose(case, fields=["phone"], words="")["phone"] == ""
    assert "phone" not in handover.known(case, ["phone"])
