"""What the practice page shows of one person's telephone, WhatsApp and mailbox."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practice.counterpart import Counterpart, Entry
from practice.personas import PERSONAS, Persona

# What became of a thing sent, in our words; the provider's own words stay in the world.
WORDS = {
    "queued": gettext_lazy("on its way"),
    "sent": gettext_lazy("sent"),
    "delivered": gettext_lazy("delivered"),
    "read": gettext_lazy("read"),
    "failed": gettext_lazy("failed"),
    "undelivered": gettext_lazy("not delivered"),
    "taken": gettext_lazy("taken by the helpline"),
    "no mail door": gettext_lazy("not sent: the mail door is closed"),
    "completed": gettext_lazy("The call has ended."),
    "no-answer": gettext_lazy("Nobody answered."),
    "busy": gettext_lazy("The line was busy."),
    "ringing": gettext_lazy("It rings."),
}


@dataclass
class Desk:
    """One person's side, read from the world. `running` is False when the world does not answer."""

    persona: Persona
    running: bool = True
    messages: list[Entry] = field(default_factory=list)
    mails: list[Entry] = field(default_factory=list)
    call: Entry | None = None
    colleagues: list[Entry] = field(default_factory=list)
    """Telephones of the helpline's own people that ring or are in use."""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The ways this person may write a message by."""
        return lines_of(self.persona)

    @property
    def last_mail(self) -> Entry | None:
        """The newest mail of the helpline, which a reply answers."""
        ours = [mail for mail in self.mails if mail["direction"] == "out"]
        return ours[-1] if ours else None


def look(world: Counterpart, persona: Persona) -> Desk:
    """Read a person's side from the world."""
    desk = Desk(persona)
    try:
        own = [address for address in (persona.whatsapp, persona.phone) if address]
        said = [one for address in own for one in world.messages(**{"with": address})]
        desk.messages = sorted(said, key=lambda one: str(one["at"]))
        if persona.mail:
            desk.mails = world.mails(**{"with": persona.mail})
        if persona.phone:
            calls = world.calls(**{"with": persona.phone})
            desk.call = calls[-1] if calls else None
        desk.colleagues = [call for call in world.calls() if _is_a_colleagues(call)]
    except httpx.HTTPError:
        return Desk(persona, running=False)
    for entry in (*desk.messages, *desk.mails, *([desk.call] if desk.call else [])):
        entry["fate"] = fate(entry)
    for message in desk.messages:
        message["line"] = line_of(message)
    return desk


def line_of(message: Entry) -> str:
    """Which line a message went by, in few letters; "" for the usual one."""
    if message["carrier"] == "meta":
        return "Meta"
    by_whatsapp = "whatsapp:" in message["sender"] + message["to"]
    return "" if by_whatsapp else "SMS"


def _is_a_colleagues(call: Entry) -> bool:
    """Whether this is the line of somebody of the helpline, ringing or in use."""
    ours = {persona.phone for persona in PERSONAS}
    live = call["status"] in ("ringing", "in-progress")
    return live and call["direction"] != "inbound" and call["called"] not in ours


def fate(entry: Entry) -> str:
    """Say what became of a message, mail or call."""
    outcome = entry.get("outcome", "") or entry.get("status", "")
    if outcome in WORDS:
        return str(WORDS[outcome])
    if outcome.startswith("refused"):
        return _("not taken by the helpline: %(code)s") % {"code": outcome.removeprefix("refused ")}
    return ""


def lines_of(persona: Persona) -> list[tuple[str, str]]:
    """The ways this person may write a message by, with their names."""
    by_whatsapp = [("whatsapp", _("WhatsApp (Twilio)")), ("meta", _("WhatsApp (Meta)"))]
    return (by_whatsapp if persona.whatsapp else []) + ([("sms", "SMS")] if persona.phone else [])


def send_message(
    world: Counterpart, persona: Persona, body: str, *, line: str, picture: bool
) -> None:
    """Send a message as this person; `picture` sends a notice of one, never a picture."""
    said: dict[str, Any] = {
        "sender": persona.phone if line == "sms" else persona.whatsapp,
        "body": body,
        "profile_name": persona.name,
        "external_user_id": persona.external_user_id,
        "pictures": 1 if picture else 0,
    }
    if line == "meta":
        world.send_meta(said)
    elif line == "sms":
        world.send_sms(**said)
    else:
        world.send_whatsapp(**said)


def send_mail(world: Counterpart, persona: Persona, subject: str, text: str, answers: str) -> None:
    """Send a mail as this person: to whom the mail `answers` wants replies, or to the helpline."""
    found = [mail for mail in world.mails(to=persona.mail) if mail["id"] == answers]
    if not found:
        world.send_mail(persona.mail, subject, text)
        return
    mail = found[0]
    world.send_mail(
        persona.mail,
        subject or f"Re: {mail['subject']}",
        text,
        to=mail["reply_to"] or mail["sender"],
        in_reply_to=mail["message_id"],
        references=mail["references"],
    )
