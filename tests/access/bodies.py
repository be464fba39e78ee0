"""What a person would send to each verb: right, so that only their right to do it is asked."""

from datetime import date, timedelta
from typing import Any

from tests.access.world import World


def body_of(name: str, world: World) -> dict[str, Any]:
    """The body of a POST to an address; empty where the verb needs none."""
    talk, ben = str(world.conversation.pk), str(world.cast["ben"].pk)
    outcome = {"outcome": "removed", "evidence": "platform_answer"}
    place = {
        "kind": "url",
        "locator": "https://pictures.example/two",
        "medium": "image",
        "origin": "unknown",
        "place": "public",
        "age_in_content": "13_15",
    }
    facts = {"age_band": "16_17", "gender": "unknown", "relation": "self", "adult_knows": "yes"}
    agreed = {"given_by": "child", "how": "message", "language": "en"}
    packet = {"fields_picked": ["name"], "fields": ["name"]}
    new_password = {"password1": "a quite new long password"}
    team = str(world.keys["team"])
    monday = date.today() + timedelta(days=28 - date.today().weekday())
    bodies: dict[str, dict[str, Any]] = {
        "set_language": {"language": "fr"},
        "account_reset_password": {"email": "nobody@helpline.example"},
        "account_signup": {"email": "new@helpline.example", **new_password},
        "accounts:me": {"name": "A", "timezone": "Asia/Kolkata"},
        "accounts:telephone": {"number": "+12025550101", "takes_calls": "on"},
        "accounts:person_create": {
            "name": "New",
            "email": "new@helpline.example",
            "team": str(world.keys["team"]),
            "role": "counsellor",
        },
        "accounts:session_end": {"others": "1"},
        "accounts:person_duty_ask": {"team": team, "role": "analyst"},
        "accounts:duty_decide": {"agree": "1"},
        "accounts:shift_add": {
            "team": team,
            "week": monday.isoformat(),
            "user": ben,
            "days": [monday.isoformat()],
            "start": "09:00",
            "end": "17:00",
            "kind": "shift",
        },
        "accounts:holiday_add": {"team": team, "on": monday.isoformat(), "name": "a feast"},
        "accounts:holiday_paste": {"team": team, "text": "2099-01-01 a feast"},
        "intake:letter_aside": {"because": "advert"},
        "intake:letter_sender": {"address": "somebody@mail.example"},
        "intake:number_add": {"purpose": "crisis", "number": "000 111", "label_en": "A line"},
        "intake:approved_text_add": {
            "code": "come_back",
            "carrier": "cloud",
            "language": "en",
            "provider_ref": "come_back",
            "text": "We are here.",
        },
        "practice_hours": {"how": "closed"},
        "cases:hold_ask": {"reason": "police", "classes": "narrative"},
        "cases:hold_decide": {"matter": str(world.keys["matter"]), "step": "end"},
        "cases:basis": {"basis": "vital", "jurisdiction": "IN"},
        "cases:own_copy": {"offer": "yes"},
        "insight:matter": {"matter": str(world.keys["matter"]), "step": "review"},
        "insight:period_add": {
            "klass": "contact",
            "keep": "P60D",
            "jurisdiction": "ANY",
            "valid_from": "2099-01-01",
            "source": "a law",
        },
        "insight:custodian_add": {
            "name": "A custodian",
            "public_key": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        },
        "cases:cover": {"reason": "called"},
        "intake:call_enter": {
            "narrative": "a call",
            "language": "en",
            "safe": "yes",
            "call_back": "unsure",
            "client_key": "k",
        },
        "cases:search": {"code": world.case.code},
        "api-search-list": {"code": world.case.code, "words": ""},
        "cases:reply": {"conversation": talk, "client_key": "k", "text": "hello"},
        "cases:call_them": {"conversation": talk, "client_key": "k"},
        "cases:draft": {"conversation": talk, "text": "hello"},
        "cases:typed": {"place": "note.body", "text": "a note"},
        "cases:aside": {"purpose": "danger", "words": "a reason"},
        "cases:glass": {"code": world.case.code, "reason": "holder_away"},
        "cases:glass_why": {"words": "nobody else was there that night"},
        "cases:consult": {"to": ben, "question": "what now?", "summary": "short"},
        "cases:advise": {"advice": "wait"},
        "cases:keep_out": {"person": ben},
        "cases:let_in": {"person": ben},
        "cases:document": {"document": "a number"},
        "insight:review": {
            "verdict": "fine",
            "needed": "it was needed that night",
            "follows": "nothing follows from it",
        },
        "cases:change summary": {"summary": "short"},
        "cases:change people": {"language": "en", "guardian_safe": "unknown", **facts},
        "cases:change safe": {"safe_channel": "whatsapp"},
        "cases:change plan": {"safety_plan": "a plan"},
        "cases:change risk": {"risk": "urgent"},
        "cases:change harms": {"codes": "bullying"},
        "cases:change note": {"body": "a note"},
        "cases:change task": {"what": "a task", "kind": "to_do"},
        "cases:writer check": {"answered": "right"},
        "cases:writer delete": {"decision": "keep"},
        "cases:writer limit": {"reason": "prank", "days": "1"},
        "cases:writer decide": {"decision": "yes"},
        "cases:reveal": {"purpose": "call_back", "words": "to call"},
        "cases:consent": {"purpose": "follow_up", **agreed},
        "cases:hand_over": {"to": ben, "summary": "short"},
        "cases:close": {"reason": "helped"},
        "cases:assign": {"to": ben},
        "takedowns:reference": {"reference": "R-1"},
        "takedowns:outcome": outcome,
        "takedowns:prepare": {"route": "instagram-in-app"},
        "takedowns:add_place": {f"place-{key}": value for key, value in place.items()},
        "takedowns:make_link": {"age_band": "13-15", "conversation": talk},
        "takedowns:link_outcome": {"link-outcome": "removed"},
        "referrals:change": packet,
        "referrals:draft": packet,
        "referrals:agree": {**agreed, "read_out": "on"},
        "referrals:outcome": {"state": "accepted"},
        "referrals:door": {"code": "0000 0000"},
        "referrals:decline": {"reason": "no_room"},
        "referrals:report": {"state": "completed"},
        "insight:audit_find": {"code": world.case.code},
        "api-cases-detail": {"summary": "short"},
        "api-cases-notes": {"body": "a note"},
        "api-cases-harms": {"codes": ["bullying"]},
        "api-cases-close": {"reason": "helped"},
        "api-cases-break_glass": {"code": world.case.code, "reason": "complaint"},
        "api-cases-cover": {"reason": "called"},
        "api-cases-reveal": {
            "what": "name",
            "row": str(world.case.pk),
            "purpose": "danger",
            "words": "to call",
        },
        "api-cases-consents": {"purpose": "follow_up", **agreed},
        "api-cases-consult": {"to": ben, "question": "what now?", "summary": "short"},
        "api-cases-documents": {"needed_for": "police", "document": "a number"},
        "api-cases-documents_sent": {"needed_for": "police"},
        "api-glass-why": {"words": "nobody else was there that night"},
        "api-reviews": {
            "verdict": "fine",
            "lines": ["it was needed that night", "nothing follows from it"],
        },
        "api-conversations-reply": {"client_key": "k", "text": "hello"},
        "api-takedowns-outcome": outcome,
        "api-takedown-places-list": {"case": str(world.case.pk), **place},
        "api-takedown-places-prepare": {"route": "instagram-in-app"},
        "api-referrals-agree": {**agreed, "read_out": True},
        "api-referrals-outcome": {"state": "accepted"},
    }
    named = [key for key in bodies if name.startswith(key)]
    return bodies[max(named, key=len)] if named else {}
