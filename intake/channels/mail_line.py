"""The line mail leaves by: as Django's, without telling the name of this machine."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend


class _Plain(smtplib.SMTP):
    """Greets as the domain of our reply addresses: a host's name would stand in Received."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, **options | {"local_hostname": settings.MAIL_REPLY_DOMAIN})


class _Sealed(smtplib.SMTP_SSL):
    """As `_Plain`, with TLS from the first octet."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        super().__init__(host, port, **options | {"local_hostname": settings.MAIL_REPLY_DOMAIN})


class MailLine(EmailBackend):
    """SMTP by EMAIL_HOST."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Sealed if self.use_ssl else _Plain
