"""Speaks to the world's controls: used by the practice page, the shell and the tests."""

from __future__ import annotations

import base64
from typing import Any, Self

import httpx

Entry = dict[str, Any]


class Counterpart:
    """A client of one running world. Raises httpx.HTTPError when the world cannot be reached."""

    def __init__(self, url: str, timeout: float = 40.0) -> None:
        self.url = url
        # No proxy from the environment may carry what people say: the world is on this machine.
        self._http = httpx.Client(base_url=url, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def about(self) -> Entry:
        """Return the world's addresses and the helpline's numbers as it knows them."""
        return self._get("/_world/")

    def reset(self) -> None:
        """Make the world forget everything it saw."""
        self._post("/_world/reset", {})

    def configure(self, **settings: Any) -> None:
        """Change settings: public_base_url, deliver_url, mail_host, mail_port, status_delay …"""
        self._post("/_world/settings", settings)

    def misbehave(self, where: str, what: str, **more: Any) -> None:
        """Put a fault in force; see practice.world.faults for places, kinds and their numbers."""
        self._post("/_world/faults", {"where": where, "what": what, **more})

    def behave(self) -> None:
        """End every fault."""
        self._http.delete("/_world/faults").raise_for_status()

    def send_whatsapp(self, sender: str, body: str = "", **more: Any) -> Entry:
        """Let a person send; `more`: profile_name, external_user_id, pictures, button, copies, sid.

        Returns the message with `deliveries`, one for each webhook the helpline answered.
        """
        return self._post("/_world/whatsapp", {"sender": sender, "body": body, **more})

    def whatsapp_form(self, sender: str, body: str = "", **more: Any) -> dict[str, str]:
        """Return the form of an inbound message the provider now holds, without posting it."""
        return self._post("/_world/whatsapp/form", {"sender": sender, "body": body, **more})

    def send_sms(self, sender: str, body: str = "", **more: Any) -> Entry:
        """Let a person send an SMS; `more` as for WhatsApp."""
        return self.send_whatsapp(sender, body, **more)

    def send_meta(self, *said: Entry) -> Entry:
        """Let people send by WhatsApp that Meta carries, all in one body; each as for WhatsApp."""
        answer: Entry = self._http.post("/_world/meta", json=said).raise_for_status().json()
        return answer

    def meta_body(self, *said: Entry) -> bytes:
        """Return the body of what people sent, which Meta now holds, without posting it."""
        return self._http.post("/_world/meta/body", json=said).raise_for_status().content

    def settle(self, sid: str, status: str, error_code: int | None = None) -> Entry:
        """Set a message's status by hand; the helpline is told by callback."""
        return self._post(
            f"/_world/messages/{sid}/status",
            {"status": status, "error_code": error_code},
        )

    def let_pass(self, sender: str, hours: float) -> None:
        """Let hours pass since this person's last WhatsApp message."""
        self._post("/_world/age", {"sender": sender, "hours": hours})

    def messages(self, **where: str) -> list[Entry]:
        """List WhatsApp messages in order; filters: to, sender, with (either way)."""
        return self._list("/_world/messages", where)

    def messages_to(self, address: str) -> list[Entry]:
        """List what the helpline sent to this WhatsApp address."""
        return self.messages(to=address)

    def send_mail(self, sender: str, subject: str, text: str, **more: Any) -> Entry:
        """Let a person write; `more`: to, in_reply_to, references, headers (a dict).

        Returns the mail; its `outcome` is "taken" or says how the mail door refused.
        """
        return self._post(
            "/_world/mails",
            {"sender": sender, "subject": subject, "text": text, **more},
        )

    def send_raw_mail(self, raw: bytes, sender: str = "", **more: Any) -> Entry:
        """Send octets as they are; `sender` is the envelope's (empty: a bounce)."""
        return self._post(
            "/_world/mails",
            {"sender": sender, "raw_base64": base64.b64encode(raw).decode(), **more},
        )

    def mails(self, **where: str) -> list[Entry]:
        """List mails in order; filters: to, sender, with."""
        return self._list("/_world/mails", where)

    def mails_to(self, address: str) -> list[Entry]:
        """List what the helpline mailed to this address."""
        return [mail for mail in self.mails(to=address) if mail["direction"] == "out"]

    def call(self, caller: str) -> Entry:
        """Ring the helpline; returns the call as it stands once the helpline spoke first."""
        return self._post("/_world/calls", {"caller": caller})

    def calls(self, **where: str) -> list[Entry]:
        """List calls in order; filter: with."""
        return self._list("/_world/calls", where)

    def call_now(self, call_id: str) -> Entry:
        """Return a call as it stands."""
        return self._get(f"/_world/calls/{call_id}")

    def press(self, call_id: str, digits: str) -> Entry:
        """Press keys on a call."""
        return self._post(f"/_world/calls/{call_id}/press", {"digits": digits})

    def act(self, call_id: str, act: str, **more: str) -> Entry:
        """Do silence, hang-up, answer, refuse, or dialled (status=completed | no-answer | busy)."""
        return self._post(f"/_world/calls/{call_id}/{act}", more)

    def iwf(self) -> dict[str, list[Entry]]:
        """Return the hotline's `reports` and `links`."""
        return self._get("/_world/iwf")

    def ledger(self) -> dict[str, list[Entry]]:
        """Return every entry: Message Mail Call IwfReport IwfLink Media Delivery Refusal."""
        return self._get("/_world/ledger")

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _get(self, path: str) -> Entry:
        answer: Entry = self._http.get(path).raise_for_status().json()
        return answer

    def _list(self, path: str, where: dict[str, str]) -> list[Entry]:
        answer = self._http.get(path, params=where).raise_for_status()
        rows: list[Entry] = answer.json()
        return rows

    def _post(self, path: str, body: Entry) -> Entry:
        answer: Entry = self._http.post(path, json=body).raise_for_status().json()
        return answer
