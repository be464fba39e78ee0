"""Signs webhooks as Twilio and Meta publish it, sharing no code with the side that verifies."""

import base64
import hmac
from collections.abc import Mapping


def twilio_signature(
    url: str, parameters: Mapping[str, str], token: str, *, algorithm: str = "sha1"
) -> str:
    """Return the X-Twilio-Signature of a form POST: HMAC over URL + sorted parameters.

    `url` is the public address with its query string, exactly as the provider was given it;
    `algorithm` is sha1, or sha256 where X-Twilio-Webhooks-Signature-Settings names HMAC_SHA256.
    Source: Twilio, "Webhooks security", validating signatures.
    """
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    digest = hmac.new(token.encode(), signed.encode(), algorithm).digest()
    return base64.b64encode(digest).decode("ascii")


def meta_signature(body: bytes, secret: str) -> str:
    """Return the X-Hub-Signature-256 of a body: HMAC-SHA256 over its octets by the app's secret.

    Source: Meta, "Webhooks", validating payloads.
    """
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
