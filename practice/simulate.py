"""`script/simulate`: writes, mails or calls as a young person and shows the answer."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

from practice.counterpart import Counterpart, Entry
from practice.personas import BY_KEY, Persona


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks. Returns 0, or 1 when the world or the helpline refused."""
    given = _parser().parse_args(arguments)
    doing: Callable[[Counterpart, argparse.Namespace], bool] = given.doing
    try:
        with Counterpart(_address()) as world:
            return 0 if doing(world, given) else 1
    except httpx.HTTPError as error:
        print(f"No answer from the practice world ({type(error).__name__}).")
        print("Is script/start running?")
        return 1


def whatsapp(world: Counterpart, given: argparse.Namespace) -> bool:
    """Send a WhatsApp message and print what comes back."""
    persona = _persona(given.sender, "whatsapp")
    before = len(world.messages_to(persona.whatsapp))
    said: dict[str, Any] = {
        "sender": persona.whatsapp,
        "body": given.text,
        "profile_name": persona.name,
        "external_user_id": persona.external_user_id,
        "pictures": 1 if given.picture else 0,
    }
    sent = world.send_meta(said)["messages"][0] if given.meta else world.send_whatsapp(**said)
    print(f"→ {sent['body'] or '(a picture)'}  [{sent['outcome']}]")
    _watch(lambda: world.messages_to(persona.whatsapp), before, given.wait, _print_message)
    return bool(sent["outcome"] == "taken")


def sms(world: Counterpart, given: argparse.Namespace) -> bool:
    """Send an SMS and print what comes back."""
    persona = _persona(given.sender, "phone")
    before = len(world.messages_to(persona.phone))
    sent = world.send_sms(persona.phone, given.text)
    print(f"→ {sent['body']}  [{sent['outcome']}]")
    _watch(lambda: world.messages_to(persona.phone), before, given.wait, _print_message)
    return bool(sent["outcome"] == "taken")


def email(world: Counterpart, given: argparse.Namespace) -> bool:
    """Send a mail and print what comes back."""
    persona = _persona(given.sender, "mail")
    before = world.mails_to(persona.mail)
    more = {}
    if given.reply and before:
        last = before[-1]
        more = {"to": last["reply_to"] or last["sender"], "in_reply_to": last["message_id"]}
    sent = world.send_mail(persona.mail, given.subject, given.text, **more)
    print(f"→ {sent['to'][0]}: {sent['subject']}  [{sent['outcome']}]")
    _watch(lambda: world.mails_to(persona.mail), len(before), given.wait, _print_mail)
    return bool(sent["outcome"] == "taken")


def call(world: Counterpart, given: argparse.Namespace) -> bool:
    """Ring, press the keys one after another, print what is heard, hang up."""
    persona = _persona(given.sender, "phone")
    now = world.call(persona.phone)
    for keys in filter(None, given.press.split(",")):
        now = world.press(now["id"], keys)
    end = time.monotonic() + given.wait
    while now["status"] == "in-progress" and time.monotonic() < end:
        time.sleep(0.25)
        now = world.call_now(now["id"])
    if now["status"] == "in-progress":
        now = world.act(now["id"], "hang-up")
    for line in now["said"]:
        print(f"{'→' if line['who'] == 'caller' else '←'} {line['text']}")
    print(f"  [{now['status']}] {now['trouble']}".rstrip())
    return bool(now["status"] != "failed")


def _watch(
    look: Callable[[], list[Entry]], before: int, seconds: float, show: Callable[[Entry], None]
) -> None:
    end, shown = time.monotonic() + seconds, before
    while time.monotonic() < end:
        for entry in look()[shown:]:
            show(entry)
            shown += 1
        time.sleep(0.25)


def _print_message(message: Entry) -> None:
    print(f"← {message['body'] or message['content_sid']}")


def _print_mail(mail: Entry) -> None:
    print(f"← {mail['subject']}\n{mail['text']}")


def _persona(named: str, address: str) -> Persona:
    """Return a known person, or one made of the address given."""
    if named not in BY_KEY:
        written = f"whatsapp:{named.removeprefix('whatsapp:')}" if address == "whatsapp" else named
        return Persona(named, "", "", **{address: written})
    persona = BY_KEY[named]
    if not getattr(persona, address):
        raise SystemExit(f"{persona.name} has no {address}.")
    return persona


def _address() -> str:
    return f"http://127.0.0.1:{os.environ.get('WORLD_PORT', '8026')}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/simulate", description=__doc__)
    ways = parser.add_subparsers(required=True)
    people = f"one of {', '.join(BY_KEY)}, or an address"
    for name, doing, about in (
        ("whatsapp", whatsapp, "send a WhatsApp message"),
        ("sms", sms, "send an SMS"),
        ("email", email, "send a mail"),
        ("call", call, "ring the helpline"),
    ):
        way = ways.add_parser(name, help=about)
        way.set_defaults(doing=doing)
        way.add_argument("--from", dest="sender", default="asha", help=people)
        way.add_argument("--wait", type=float, default=5.0, help="seconds to wait for an answer")
        if name == "whatsapp":
            way.add_argument("--picture", action="store_true", help="send the notice of a picture")
            way.add_argument("--meta", action="store_true", help="have Meta carry it, not Twilio")
            way.add_argument("text", nargs="?", default="")
        elif name == "sms":
            way.add_argument("text")
        elif name == "email":
            way.add_argument("--subject", default="")
            way.add_argument("--reply", action="store_true", help="answer the last mail")
            way.add_argument("text")
        else:
            way.add_argument("--press", default="", help="keys, one press after another: 1,1")
    return parser


if __name__ == "__main__":
    sys.exit(main())
