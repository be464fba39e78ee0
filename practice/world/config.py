"""What the world needs to know of the helpline: where it listens and the shared secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Config:
    """Settings of one world. Ports of 0 mean "any free one"; an empty product URL, "not yet"."""

    port: int = 0
    smtp_port: int = 0
    ledger: Path | None = None
    account_sid: str = "AC00000000000000000000000000000001"
    auth_token: str = "practice-token"  # noqa: S105 – the practice world's own
    whatsapp_from: str = "whatsapp:+15005550006"
    sms_from: str = "+15005550008"
    voice_from: str = "+15005550006"
    meta_app_secret: str = "practice-app-secret"  # noqa: S105 – the practice world's own
    meta_access_token: str = "practice-access"  # noqa: S105 – the practice world's own
    meta_phone_number_id: str = "106540352242922"
    voice_status_path: str = ""
    voice_fallback: str = ""  # TwiML kept with the number, for when the helpline does not answer
    voice_clock: bool = False  # whether silence and unanswered telephones end by themselves
    public_base_url: str = ""
    deliver_url: str = ""
    mail_host: str = "127.0.0.1"
    mail_port: int = 0
    helpline_mail: str = "hello@helpline.example"
    iwf_username: str = "practice"
    iwf_password: str = "practice-iwf"  # noqa: S105 – the practice world's own
    iwf_secret_key: str = "practice-iwf-key"  # noqa: S105 – the practice world's own
    iwf_live: bool = False
    status_delay: float = 0.3

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read the names the product reads too, so that one environment serves both."""
        ledger = env.get("WORLD_LEDGER", "")
        return cls(
            port=int(env.get("WORLD_PORT", "0")),
            smtp_port=int(env.get("WORLD_SMTP_PORT", "0")),
            ledger=Path(ledger) if ledger else None,
            account_sid=env.get("TWILIO_ACCOUNT_SID", cls.account_sid),
            auth_token=env.get("TWILIO_AUTH_TOKEN", cls.auth_token),
            whatsapp_from=env.get("TWILIO_WHATSAPP_FROM", cls.whatsapp_from),
            sms_from=env.get("TWILIO_SMS_FROM", cls.sms_from),
            meta_app_secret=env.get("META_APP_SECRET", cls.meta_app_secret),
            meta_access_token=env.get("META_ACCESS_TOKEN", cls.meta_access_token),
            meta_phone_number_id=env.get("META_PHONE_NUMBER_ID", cls.meta_phone_number_id),
            voice_from=env.get("TWILIO_VOICE_FROM", cls.voice_from),
            voice_status_path=env.get("WORLD_VOICE_STATUS_PATH", ""),
            voice_clock=env.get("WORLD_VOICE_CLOCK", "") == "1",
            public_base_url=env.get("PUBLIC_BASE_URL", ""),
            deliver_url=env.get("WORLD_DELIVER_URL", ""),
            mail_host=env.get("MAIL_DOOR_HOST", cls.mail_host),
            mail_port=int(env.get("MAIL_DOOR_PORT", "0")),
            helpline_mail=env.get("DEFAULT_FROM_EMAIL", cls.helpline_mail),
            iwf_username=env.get("IWF_USER", cls.iwf_username),
            iwf_password=env.get("IWF_PASSWORD", cls.iwf_password),
            iwf_secret_key=env.get("IWF_SECRET_KEY", cls.iwf_secret_key),
            iwf_live=env.get("WORLD_IWF_LIVE", "") == "1",
            status_delay=float(env.get("WORLD_STATUS_DELAY", "0.3")),
        )
