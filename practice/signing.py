"""Signs webhooks as Twilio publishes it, sharing no code with the side that verifies."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def twilio_signature(url: str, parameters: Mapping[str, str], token: str) -> str:
    """Return the X-Twilio-Signature of a form POST: HMAC-SHA1 over URL + sorted parameters.

    `url` is the public address with its query string, exactly as the provider was given it.
    Source: Twilio, "Webhooks security", validating signatures.
    """
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode("ascii")
