"""The Internet Watch Foundation's report of a web address.

Wire facts: the public Aselo integration. The reporter is the helpline or nobody, never a young
person or a colleague. There is no key against doubles: what may have arrived is not sent again.
"""

import hashlib
import json
from typing import Any, ClassVar, Final

from django.conf import settings

from takedowns.connectors.base import (
    Connector,
    ConnectorError,
    Notice,
    Receipt,
    post,
    refuse_failure,
)

LONGEST_URL: Final = 1000
_LONGEST: Final = {
    "Reporter_First_Name": 50,
    "Reporter_Last_Name": 50,
    "Reporter_Email_ID": 100,
    "Reporter_Description": 500,
}


class IwfReport(Connector):
    """POST of JSON with Basic auth; a test report unless the helpline switched to live."""

    code: ClassVar[str] = "iwf"
    carrier: ClassVar[str] = "iwf_report"

    def trouble(self, notice: Notice) -> str:
        if notice.kind != "url" or not notice.locator:
            return "needs_link"
        if len(notice.locator) > LONGEST_URL:
            return "link_too_long"
        return "" if notice.minor else "over_18"

    def send(self, notice: Notice) -> Receipt:
        if code := self.trouble(notice):
            raise ConnectorError(code)
        body = json.dumps(self.fields(notice)).encode()
        answer = post(
            settings.IWF_REPORT_URL,
            content=body,
            headers={"Content-Type": "application/json"},
            auth=(settings.IWF_USER, settings.IWF_PASSWORD),
        )
        refuse_failure(answer.status)
        return Receipt(_number(answer.body), hashlib.sha256(body).hexdigest())

    def fields(self, notice: Notice) -> dict[str, Any]:
        """The report's fields with their exact types. Raises ConnectorError when too long."""
        named = bool(settings.IWF_REPORTER_EMAIL)
        made = {
            "Reporting_Type": "R",
            "Live_Report": "L" if settings.IWF_LIVE else "T",
            "Media_Type_ID": 1,
            "Report_Channel_ID": settings.IWF_CHANNEL_ID,
            "Origin_ID": 5,
            "Submission_Type_ID": 1,
            "Reported_Category_ID": 2,
            "Reported_URL": notice.locator,
            "Reporter_Anonymous": "N" if named else "Y",
            "Reporter_First_Name": (settings.IWF_REPORTER_FIRST_NAME or None) if named else None,
            "Reporter_Last_Name": (settings.IWF_REPORTER_LAST_NAME or None) if named else None,
            "Reporter_Email_ID": settings.IWF_REPORTER_EMAIL or None,
            "Reporter_Country_ID": settings.IWF_REPORTER_COUNTRY_ID or None,
            "Reporter_Description": None,
        }
        for name, longest in _LONGEST.items():
            if len(str(made[name] or "")) > longest:
                raise ConnectorError("reporter_too_long")
        return made


def _number(body: bytes) -> str:
    """The report's number in a success; anything else is an answer nobody can rely on."""
    try:
        found = json.loads(body)["IWFReportService1.0"]
        number = str(found["responseData"])
    except (ValueError, KeyError, TypeError):
        raise ConnectorError("odd_answer", may_have_arrived=True) from None
    if not number or len(number) > 60:
        raise ConnectorError("odd_answer", may_have_arrived=True)
    return number
