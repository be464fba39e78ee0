"""Where content stands, written the one way that can be compared: links, accounts, hashes.

Nothing here asks the network anything. Errors name what is wrong, never the text that was given.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

import idna

URL: Final = "url"
ACCOUNT: Final = "account"
HASH: Final = "hash"

LONGEST: Final = 2000
_HASH_LENGTHS: Final = frozenset({32, 40, 64})  # MD5, SHA-1; SHA-256 and PDQ
_PORTS: Final = {"http": 80, "https": 443}

# Parameters that say who shared a link and from where, and nothing about where it leads.
_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igsh(id)?|mibextid|mc_[ce]id|ref_(src|url)|"
    r"__cft__.*|__tn__|share_id|_r|_t|is_from_webapp|sender_device|web_id",
)
_TRACKING_AT: Final = {
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "x.com": frozenset({"s", "t"}),
    "twitter.com": frozenset({"s", "t"}),
    "open.spotify.com": frozenset({"si"}),
}
# The same place under another name; only for comparing.
_SAME_HOST: Final = {"twitter.com": "x.com", "youtu.be": "youtube.com", "fb.com": "facebook.com"}
_DOORS: Final = ("www.", "m.", "mobile.", "touch.")


class NotALocator(ValueError):
    """The text does not name a place of that kind; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, repr=False)
class Locator:
    """A place: `text` as it is used and shown, `normal` as it is compared, `host` of a link."""

    kind: str
    text: str
    normal: str
    host: str = ""


def read(kind: str, given: str) -> Locator:
    """Read what somebody typed or pasted. Raises NotALocator."""
    text = "".join(c for c in given.strip() if unicodedata.category(c) not in ("Cc", "Cf"))
    if not text:
        raise NotALocator("empty")
    if len(text) > LONGEST:
        raise NotALocator("too_long")
    return {URL: _url, ACCOUNT: _account, HASH: _hash}[kind](text)


def _url(text: str) -> Locator:
    text = re.sub(r"\[\.\]|\(\.\)|\[dot\]", ".", text)
    text = re.sub(r"^hxxp", "http", text, flags=re.IGNORECASE)
    if "://" not in text:
        text = f"https://{text}"
    if re.search(r"\s", text):
        raise NotALocator("not_a_link")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise NotALocator("not_a_link") from None
    scheme, host = parts.scheme.lower(), _host(parts)
    if scheme not in _PORTS:
        raise NotALocator("not_a_link")
    site = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._") or "/"
    query = _kept_query(host, parts.query)
    fragment = parts.fragment.partition(":~:")[0]
    tail = (f"?{urlencode(query)}" if query else "") + (f"#{fragment}" if fragment else "")
    shown = f"{scheme}://{site}{path}{tail}"
    return Locator(URL, shown, _compared(site, path, query, fragment), host)


def _host(parts: SplitResult) -> str:
    """The host in lower case and punycode, without name and password; IP addresses stay."""
    host = (parts.hostname or "").rstrip(".")
    if re.fullmatch(r"[\d.]+|[0-9a-f:]+", host):
        return f"[{host}]" if ":" in host else host
    try:
        host = idna.encode(host, uts46=True).decode().lower()
    except idna.IDNAError:
        # Names with an underscore exist on the web though the standard does not know them.
        if not re.fullmatch(r"[a-z0-9._-]+", host):
            raise NotALocator("not_a_link") from None
    if "." not in host:
        raise NotALocator("not_a_link")
    return host


def _kept_query(host: str, query: str) -> list[tuple[str, str]]:
    own = _TRACKING_AT.get(_plain_host(host), frozenset())
    return [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name) and name not in own
    ]


def _plain_host(site: str) -> str:
    for door in _DOORS:
        site = site.removeprefix(door)
    return site


def _compared(site: str, path: str, query: list[tuple[str, str]], fragment: str) -> str:
    host = _plain_host(site)
    if host == "youtu.be":
        path, query = "/watch", [("v", path.strip("/")), *query]
    host = _SAME_HOST.get(host, host)
    return "\n".join((host, path.rstrip("/"), urlencode(sorted(query)), fragment))


def _account(text: str) -> Locator:
    if "://" in text or re.match(r"[\w-]+(\.[\w-]+)+/", text):
        found = _url(text)
        return Locator(ACCOUNT, found.text, found.normal, found.host)
    if not re.fullmatch(r"[+@]?[\w][\w .+@#-]{0,99}", text):
        raise NotALocator("not_an_account")
    return Locator(ACCOUNT, text, re.sub(r"[\s@]", "", text).casefold())


def _hash(text: str) -> Locator:
    digits = re.sub(r"[\s:-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]+", digits) or len(digits) not in _HASH_LENGTHS:
        raise NotALocator("not_a_hash")
    return Locator(HASH, digits, digits)


def serves(host: str, pattern: str) -> bool:
    """Whether a host is one of a platform's: `.example.org` means it and all below it."""
    if pattern.startswith("."):
        return host == pattern[1:] or host.endswith(pattern)
    return host == pattern
