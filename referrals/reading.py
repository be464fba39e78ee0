"""What a page shows of referrals: packets line by line, states with a sign, who may do what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases.models import Case
from intake.models import Channel
from privacy.access import capacities
from privacy.audit import note_read
from privacy.classes import CONTACT, DATA_CLASSES, IDENTITY, NARRATIVE
from privacy.fields import unseal
from privacy.minimise import Minimised, minimised_all, shape
from privacy.policy import level
from reference.reading import label
from reference.vocabulary import Kind
from referrals import links
from referrals.handover import FIELDS, Content, left_out, read
from referrals.models import Packet, Service, SupportReferral
from referrals.services import agreed, preview

State = SupportReferral.State

SIGNS: Final[dict[str, str]] = {
    State.DRAFT: "waiting",
    State.SENT: "due",
    State.VIEWED: "new",
    State.ACCEPTED: "done",
    State.DECLINED: "attention",
    State.FIRST_SEEN: "done",
    State.COMPLETED: "done",
    State.NOT_REACHED: "attention",
    State.WITHDRAWN: "off",
}

_CODED: Final = {
    "age_band": Kind.AGE_BAND,
    "gender": Kind.GENDER,
    "relation": Kind.RELATION,
    "adult_knows": Kind.ADULT_KNOWS,
    "harms": Kind.HARM,
}
_GUARDIAN: Final = {
    "yes": lazy("A parent or carer knows, and it is safe to speak with them."),
    "no": lazy("Tell no parent or carer. Do not write or call where they could notice."),
    "unsafe": lazy("Tell no parent or carer: it is not safe. Do nothing they could notice."),
    "unknown": lazy("Not known to be safe: do not contact a parent or carer."),
}


@dataclass(frozen=True)
class Line:
    """One line of a packet as one viewer sees it."""

    code: str
    label: str | Promise
    texts: list[str]
    masked: bool = False
    their_words: bool = False


@dataclass(frozen=True)
class Rights:
    """What a person may do with a referral of one folder, and what of a packet they see."""

    letters: dict[str, str]

    @property
    def writes(self) -> bool:
        """Drafts, records the agreement, withdraws: the people of the case."""
        return "w" in self.letters[NARRATIVE]

    @property
    def arranges(self) -> bool:
        """Sends, renews, writes the outcome: they and the coordinators."""
        return self.writes or "p" in self.letters[NARRATIVE]

    @property
    def reads_packets(self) -> bool:
        return bool(set("rp") & set(self.letters[NARRATIVE]))


def rights(user: User, folder: UUID) -> Rights:
    """The person's rights, by the policy and nothing else."""
    held = capacities(user, [folder])[folder]
    return Rights({klass: level(held, klass) for klass in DATA_CLASSES[:-1]})


# A partner sees their packet whole: that it leaves was agreed, line by line.
WHOLE: Final = Rights(dict.fromkeys(DATA_CLASSES[:-1], "p"))


def lines(content: Content, seen_by: Rights) -> list[Line]:
    """A packet's lines in the language of the page; masked where the viewer sees only the shape."""
    found = []
    for code, value in content.items():
        field = FIELDS[code]
        letters = seen_by.letters[field.data_class]
        if not set("rpm") & set(letters):
            continue
        masked = not set("rp") & set(letters)
        texts = _texts(code, value, masked=masked)
        found.append(
            Line(
                code,
                field.label,
                texts or [_("not known")],
                masked=masked and bool(texts) and code != "safe_contact",
                their_words=field.data_class in (NARRATIVE, IDENTITY, CONTACT) and bool(texts),
            )
        )
    return found


def shown_of(referral: SupportReferral, user: User) -> list[Line]:
    """What left, or would leave, as the person sees it; the reading is on the record.

    A coordinator sees a packet only once it was agreed that it leaves.
    """
    seen_by = rights(user, referral.folder_id)
    if not seen_by.reads_packets:
        return []
    packet = Packet.objects.filter(referral=referral).first()
    if packet is not None:
        return lines(read(packet), seen_by)
    if referral.state != State.DRAFT or not (seen_by.writes or agreed(referral)):
        return []
    content = preview(referral)
    for klass in {FIELDS[code].data_class for code in content}:
        if set("rp") & set(seen_by.letters[klass]):
            note_read(referral.folder_id, klass)
    return lines(content, seen_by)


def left_out_of(referral: SupportReferral, user: User) -> int:
    """How many sentences about a parent stay out of a draft, for those who write it."""
    if referral.state != State.DRAFT or not rights(user, referral.folder_id).writes:
        return 0
    return left_out(referral.case, unseal(referral, "words") or "")


def wishes(case: Case) -> dict[str, str]:
    """What the finder begins with: the case's region and language, where a service knows them."""
    offered = Service.objects.filter(retired_on__isnull=True)
    found = {}
    if case.region and offered.filter(region=case.region).exists():
        found["region"] = case.region
    if offered.filter(languages__contains=[case.language]).exists():
        found["language"] = case.language
    return found


def _texts(code: str, value: Any, *, masked: bool) -> list[str]:
    if code == "guardian_safe":
        return [guardian_line(value)]
    if code == "safe_contact":
        return _safe_contact(value, masked=masked)
    values = value if isinstance(value, list) else [value]
    said = [str(one) for one in values if one not in ("", "unknown")]
    return [shape(one) if masked else _word(code, one) for one in said]


def guardian_line(answer: str) -> str:
    """What a `guardian_safe` answer asks of whoever reads a packet."""
    return str(_GUARDIAN.get(answer, _GUARDIAN["unknown"]))


def _word(code: str, value: str) -> str:
    if code == "language":
        return language_name(value)
    kind = _CODED.get(code)
    return label(kind, value, get_language() or "en") if kind else value


def _safe_contact(value: dict[str, str], *, masked: bool) -> list[str]:
    found = []
    if channel := value.get("channel"):
        found.append(str(dict(Channel.choices).get(channel, channel)))
    if value.get("from"):
        found.append(
            _("between %(start)s and %(end)s (%(zone)s)")
            % {"start": value["from"], "end": value["until"], "zone": value["zone"]}
        )
    if words := value.get("words"):
        found.append(shape(words) if masked else words)
    return found or [_("Nothing was said about it. Ask us before you write or call.")]


def language_name(code: str) -> str:
    """A language by its name in the language of the page; the code where nobody knows a name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@dataclass(frozen=True)
class Row:
    """A referral in a list."""

    referral: Minimised
    case: Minimised
    kind: str
    sign: str
    locked: bool
    changed: bool


def parents_changed(referral: SupportReferral, case: Case) -> bool:
    """Whether the answer about parents is another than the one a partner was sent."""
    return referral.is_open and referral.guardian_said not in ("", case.guardian_safe)


def rows(referrals: Iterable[SupportReferral], user: User) -> list[Row]:
    """Referrals with their cases' codes, as the person may see them."""
    kept = list(referrals)
    cases = {
        case.pk: case
        for case in Case.objects.visible_to(user).filter(pk__in={row.case_id for row in kept})
    }
    shown = minimised_all(kept, user)
    locked = links.locked_among({row.pk for row in kept})
    codes = {m.pk: m for m in minimised_all(cases.values(), user)}
    return [
        Row(
            one,
            codes[row.case_id],
            kind_label(row.service.kind),
            SIGNS[row.state],
            row.is_open and row.pk in locked,
            parents_changed(row, cases[row.case_id]),
        )
        for row, one in zip(kept, shown, strict=True)
        if row.case_id in codes
    ]


def kind_label(code: str) -> str:
    """The name of a kind of support in the language of the page."""
    return label(Kind.REFERRAL_KIND, code, get_language() or settings.LANGUAGE_CODE)
