"""Holds what we send against Twilio's own OpenAPI description of its calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DESCRIPTION = (
    Path(__file__).resolve().parents[2]
    / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
)
BASE = "/2010-04-01/Accounts/{AccountSid}"
MESSAGES = f"{BASE}/Messages.json"
MESSAGE = f"{BASE}/Messages/{{Sid}}.json"
MEDIA_LIST = f"{BASE}/Messages/{{MessageSid}}/Media.json"
MEDIA = f"{BASE}/Messages/{{MessageSid}}/Media/{{Sid}}.json"
CALLS = f"{BASE}/Calls.json"
CALL = f"{BASE}/Calls/{{Sid}}.json"

# A demonstration machine has no Node and so no description; then only names are checked.
KNOWN: dict[tuple[str, str], set[str]] = {
    (MESSAGES, "post"): {
        "To",
        "From",
        "Body",
        "ContentSid",
        "ContentVariables",
        "MessagingServiceSid",
        "StatusCallback",
    },
    (MESSAGES, "get"): {
        "To",
        "From",
        "DateSent",
        "DateSent<",
        "DateSent>",
        "PageSize",
        "Page",
    },
    (MESSAGE, "post"): {"Body"},
    (CALLS, "post"): {
        "To",
        "From",
        "Url",
        "Method",
        "Twiml",
        "StatusCallback",
        "Timeout",
    },
    (CALL, "post"): {"Url", "Method", "Twiml", "Status"},
}
Pairs = Iterable[tuple[str, str]]


class Description:
    """Twilio's description, or the short list of names where it is not installed."""

    def __init__(self, path: Path = DESCRIPTION) -> None:
        self.document: dict[str, Any] = (
            json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        )

    @property
    def complete(self) -> bool:
        """Say whether Twilio's own description is at hand."""
        return bool(self.document)

    def problems(self, template: str, method: str, pairs: Pairs) -> list[str]:
        """Return what is wrong with a request's parameters; an empty list means nothing."""
        pairs = list(pairs)
        if not self.document:
            allowed = KNOWN.get((template, method), set())
            return [f"Unknown parameter {name}" for name, _ in pairs if name not in allowed]
        properties, required = self._parameters(template, method)
        found = [f"Unknown parameter {name}" for name, _ in pairs if name not in properties]
        found += [f"Missing {name}" for name in required if name not in dict(pairs)]
        for name, value in pairs:
            if name in properties:
                found += [f"{name} {why}" for why in self._faults(properties[name], value)]
        return found

    def _parameters(self, template: str, method: str) -> tuple[dict[str, Any], list[str]]:
        operation = self.document["paths"][template][method]
        if method == "post":
            content = operation["requestBody"]["content"]
            schema = content["application/x-www-form-urlencoded"]["schema"]
            return schema["properties"], schema.get("required", [])
        query = [p for p in operation.get("parameters", []) if p["in"] == "query"]
        return {p["name"]: p["schema"] for p in query}, [
            p["name"] for p in query if p.get("required")
        ]

    def _faults(self, schema: dict[str, Any], value: str) -> Iterable[str]:
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            schema = self._resolved(schema["items"])
        if "enum" in schema and value not in schema["enum"]:
            yield "is none of the values allowed"
        if schema.get("type") in ("integer", "number") and not re.fullmatch(r"-?[\d.]+", value):
            yield "is not a number"
        if schema.get("type") == "boolean" and value not in (
            "true",
            "false",
            "True",
            "False",
        ):
            yield "is not true or false"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield "does not have the form required"
        if schema.get("format") == "uri" and not re.match(r"https?://[^/]+", value):
            yield "is not an address"

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            resolved: dict[str, Any] = self.document["components"]["schemas"][name]
            return resolved
        return schema
