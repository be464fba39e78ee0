"""The policy table in plain words: what each class, capacity, letter and machine part is."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.policy import CAPACITIES, PARTS

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """One data class: what it is called, and what belongs to it."""

    name: Words
    examples: Words


@dataclass(frozen=True)
class Standing:
    """One capacity: what a person is to a case, and how they come to be it and stop."""

    name: Words
    when: Words


CLASSES: Final[dict[str, Kind]] = {
    "operational": Kind(
        _("The running of the work"),
        _("status, dates, who has it, channel, language, clock, how urgent"),
    ),
    "category": Kind(
        _("Codes"), _("kind of harm, age band, gender, region, relation, platform; for figures")
    ),
    "contact": Kind(
        _("How to reach them"), _("telephone number, e-mail address, account, safe-contact words")
    ),
    "identity": Kind(
        _("Who they are"), _("name, school, document number, address, persons they accuse")
    ),
    "narrative": Kind(
        _("Their story"),
        _("messages, notes, summary, safety plan, what made us worry, what they want to be called"),
    ),
    "content_locator": Kind(
        _("Where content stands"), _("links, accounts and hashes, takedown references")
    ),
    "legal": Kind(_("Law and police"), _("report numbers, court dates, decisions to report")),
    "staff_private": Kind(
        _("A colleague's own"), _("hard cases they carried, topics they left out, supervision")
    ),
    "secret": Kind(_("Keys and codes"), _("keys, tokens and receipt codes; nobody reads them")),
}

LETTERS: Final[dict[str, Words]] = {
    "r": _("may read"),
    "w": _("may write"),
    "m": _("sees the shape only, like +91 •••• ••42; may ask to see one field for ten minutes"),
    "p": _("sees it only inside a packet the young person agreed to send"),
    "s": _("sees only a summary written for them"),
    "y": _("sees only why a colleague looked, in order to review it"),
}

STANDINGS: Final[dict[str, Standing]] = {
    "own": Standing(
        _("The counsellor who has the case"),
        _("from taking it until it is handed over or closed"),
    ),
    "cover": Standing(
        _("A counsellor on shift who covers"),
        _("while the holder is away and something cannot wait; until the shift ends"),
    ),
    "danger_cover": Standing(
        _("A supervisor or on-call who acts in danger"),
        _("for 60 minutes, with a reason that others review; can be renewed"),
    ),
    "break_glass": Standing(
        _("A supervisor who looks in an emergency"),
        _("for 60 minutes, one case, with a reason; supervisor and auditor are told at once"),
    ),
    "consulted": Standing(
        _("A colleague who was asked for advice"),
        _("for 60 minutes, when the holder asks"),
    ),
    "consulted_talk": Standing(
        _("A colleague who was asked for advice on the conversation itself"),
        _("for 60 minutes, when the holder asks and lets them read it"),
    ),
    "reviewing": Standing(
        _("Whoever reviews why a colleague looked"),
        _("while a review is open, where no supervisor is left to do it"),
    ),
    "safeguarding": Standing(
        _("The safeguarding lead"),
        _("for a complaint, a match of identities or a second signature that was put to them"),
    ),
    "takedown": Standing(
        _("The takedown officer"), _("while the case has content to be taken down")
    ),
    "referral": Standing(
        _("The referral coordinator"), _("while help outside is being arranged for the case")
    ),
    "supervise": Standing(
        _("The supervisor of the team"), _("as long as the duty lasts; for the team's cases only")
    ),
    "audit": Standing(
        _("The auditor of the team"), _("as long as the duty lasts; for the team's cases only")
    ),
    "partner": Standing(
        _("A partner outside, by their own link"),
        _("for one referral, until it is answered, taken back or runs out"),
    ),
    "myself": Standing(_("A colleague, on their own page"), _("always; nobody else")),
}

JOBS: Final[dict[str, Words]] = {
    "intake": _("takes in what arrives and files it"),
    "triage": _("looks for words of danger and raises the urgency, never lowers it"),
    "assignment": _("finds a counsellor and writes down why"),
    "delivery": _("sends what was written, when and where it is safe"),
    "takedowns": _("sends takedown requests and watches their clocks"),
    "referrals": _("sends the packet that was agreed, and notes the answer"),
    "forgetting": _("destroys keys and clears fields when their time is over"),
    "counting": _("counts for boards and figures"),
    "filing": _("opens a case and puts the conversation into it"),
    "copying": _("puts together a young person's copy of their own data, for them alone"),
    "indexing": _("keeps the index of words, as keyed hashes"),
    "glass": _("lends wider sight for an hour, and calls for its review"),
}


def unexplained() -> list[str]:
    """Names of the policy that nobody put into plain words yet."""
    tables: list[tuple[dict[str, Any], dict[str, Any]]] = [(CAPACITIES, STANDINGS), (PARTS, JOBS)]
    missing = [name for table, words in tables for name in table if name not in words]
    letters = {letter for row in CAPACITIES.values() for cell in row.values() for letter in cell}
    return missing + sorted(letters - LETTERS.keys())


def told(name: str) -> Standing:
    """A capacity in plain words; by its own name where nobody wrote them yet."""
    return STANDINGS.get(name) or Standing(name, "")
