"""What leaves us for a partner: composed by one function, for the preview and for the packet."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from cases.models import Case, CaseConversation, CaseHarm
from intake.models import Identity
from privacy.access import acting
from privacy.classes import CATEGORY, CONTACT, IDENTITY, NARRATIVE, OPERATIONAL
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import Folder
from privacy.purposes import keyed_hash
from referrals.models import Packet, SupportReferral

Content = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One thing a packet may carry: its label and the class it is forgotten with."""

    label: Promise
    data_class: str


# In the order in which a partner reads them.
FIELDS: Final[dict[str, Field]] = {
    "call_me": Field(_("What to call them"), NARRATIVE),
    "name": Field(_("Name"), IDENTITY),
    "age_band": Field(_("Age"), CATEGORY),
    "gender": Field(_("Gender"), CATEGORY),
    "language": Field(_("Language"), OPERATIONAL),
    "region": Field(_("Region"), CATEGORY),
    "relation": Field(_("Who wrote to us"), CATEGORY),
    "adult_knows": Field(_("Whether an adult knows"), CATEGORY),
    "harms": Field(_("What it is about"), CATEGORY),
    "summary": Field(_("What happened, in short"), NARRATIVE),
    "phone": Field(_("Telephone"), CONTACT),
    "safe_contact": Field(_("How it is safe to reach them"), CONTACT),
    "guardian_safe": Field(_("Parents and carers"), OPERATIONAL),
}

# Lines that protect the young person: in every packet, and nobody can take them out.
ALWAYS: Final = ("safe_contact", "guardian_safe")

# The one answer of the young person under which a parent may be named in what leaves.
SAFE: Final = "yes"
# The others from mild to strict; a code nobody knows counts as the first.
_STRICT: Final = ("unknown", "no", "unsafe")
_PARENT: Final = re.compile(
    r"\b(?:step-?)?(?:mother|father|mum(?:my|ma)?|mom(?:my)?|mam(?:m?a|an)|dad(?:dy)?|papa)s?\b"
    r"|\b(?:parent|guardian|carer|caregiver)s?\b"
    r"|\b(?:maa|pita(?:ji)?|mata(?:ji)?|abb?[ua]|ammi|amm?a|appa|baba|walid(?:a|ain)?)\b"
    r"|\b(?:beau-?|belle-?)?(?:mère|père)s?\b|\b(?:tuteur|tutrice)s?\b"
    r"|माँ|मां\b|मम्मी|पिता|पापा|माता|अभिभावक|अम्मी|अब्बू|अम्मा|बाबा|वालिद"
    r"|\b[وفبلك]?(?:أم|أب)(?:ي|ه|ها|ك|هم|وي|وه|وها|وك)\b|والد|ماما|بابا|ولي\s+أمر|أولياء",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?।؟])\s+|\n+")


def pickable(asks_for: list[str]) -> list[str]:
    """The fields a service asks for that may be picked one by one, in packet order."""
    return [code for code in FIELDS if code in asks_for and code not in ALWAYS]


def compose(case: Case, *, fields: list[str], words: str) -> Content:
    """Exactly what leaves for a case: the picked fields and the lines that are always in.

    `words` is what was written for this partner; it stands for the summary. Values are codes where
    there are codes, so that the partner reads them in their own language. Unless the young person
    said that a parent is safe, no parent is in it. Writes nothing.
    """
    with acting(part="referrals"):
        case = Case.objects.get(pk=case.pk)
        found = {code: _value(case, code, words) for code in (*pickable(fields), *ALWAYS)}
    return _protected(found)


def known(case: Case, fields: list[str]) -> set[str]:
    """Which of these fields would say something; the summary is written anew each time."""
    found = compose(case, fields=fields, words="…")
    return {code for code in fields if found.get(code) not in ("", "unknown", [], None)}


def left_out(case: Case, words: str) -> int:
    """How many sentences about a parent the guardian's answer keeps out of the summary."""
    return 0 if case.guardian_safe == SAFE else without_parents(words)[1]


def without_parents(text: str) -> tuple[str, int]:
    """A text without its sentences about a parent, and how many went. Errs towards removing."""
    said = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    kept = [part for part in said if not _PARENT.search(part)]
    return (text if len(kept) == len(said) else " ".join(kept)), len(said) - len(kept)


def _protected(content: Content) -> Content:
    """A content in packet order, without its parents unless its own guardian line calls them safe.

    Safe-contact words stay whole: "not while my mother is home" keeps the young person safe.
    """
    found = {code: content[code] for code in FIELDS if code in content}
    if found["guardian_safe"] == SAFE:
        return found
    found = {code: value for code, value in found.items() if not _names_parent(code, value)}
    if "summary" in found:
        found["summary"] = without_parents(found["summary"])[0]
    return found


def _strictness(answer: str) -> int:
    if answer == SAFE:
        return -1
    return _STRICT.index(answer) if answer in _STRICT else 0


def _names_parent(code: str, value: Any) -> bool:
    return code == "adult_knows" or (code == "relation" and value == "parent_or_carer")


def _value(case: Case, code: str, words: str) -> Any:
    if code == "summary":
        return words
    if code == "harms":
        rows = CaseHarm.objects.standing().filter(case=case).order_by("-primary", "code")
        return list(rows.values_list("code", flat=True))
    if code == "phone":
        return _phone(case)
    if code == "safe_contact":
        return _safe_contact(case)
    if code in ("name", "call_me"):
        return unseal(case, code) or ""
    return getattr(case, code)


def _phone(case: Case) -> str:
    talks = CaseConversation.objects.standing().filter(case=case).values("conversation")
    numbers = Identity.objects.filter(
        conversation__in=talks,
        conversation__hidden_at__isnull=True,  # they asked us to delete: a part could still read it
        scheme="number",
        current=True,
        value__isnull=False,
    )
    row = numbers.order_by("-first_seen_at").first()
    return (unseal(row, "value") or "").removeprefix("whatsapp:") if row else ""


def _safe_contact(case: Case) -> dict[str, str]:
    folder = Folder.objects.get(pk=case.folder_id)
    team = Team.objects.get(pk=folder.team_id) if folder.team_id else None
    hours = case.safe_from and case.safe_until
    return {
        "channel": case.safe_channel,
        "from": f"{case.safe_from:%H:%M}" if case.safe_from and hours else "",
        "until": f"{case.safe_until:%H:%M}" if case.safe_until and hours else "",
        "zone": team.timezone if team and hours else "",
        "words": unseal(case, "safe_words") or "",
    }


# --- the packet ----------------------------------------------------------------------------------


def seal(referral: SupportReferral, content: Content) -> Packet:
    """Store what leaves, once, in the row that a partner's link opens."""
    packet = Packet(
        folder_id=referral.folder_id,
        referral=referral,
        content=_dump(content, NARRATIVE, CATEGORY, OPERATIONAL),
        contact=_dump(content, CONTACT),
        identity=_dump(content, IDENTITY),
        fields=list(content),
    )
    packet.save(force_insert=True)
    return packet


def read(packet: Packet) -> Content:
    """What a packet says, on the record. What has been forgotten is not in it."""
    found: Content = {}
    for name in ("content", "contact", "identity"):
        try:
            text = unseal(packet, name)
        except CannotOpen:
            continue
        if text:
            found |= json.loads(text)
    return {code: found[code] for code in FIELDS if code in found}


def as_of_now(content: Content, guardian_safe: str) -> Content:
    """A packet as it may be read now, given the answer about parents that stands in the case.

    Only ever stricter than what left: a line that became milder was not agreed to.
    """
    said = content.get("guardian_safe", _STRICT[0])
    return _protected(content | {"guardian_safe": max(said, guardian_safe, key=_strictness)})


def digest(content: Content) -> str:
    """A keyed hash of a content: two are the same only if every word is."""
    return keyed_hash("packet", json.dumps(content, sort_keys=True))


def _dump(content: Content, *classes: str) -> str | None:
    kept = {code: value for code, value in content.items() if FIELDS[code].data_class in classes}
    return json.dumps(kept) if kept else None
