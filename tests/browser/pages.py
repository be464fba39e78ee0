"""The pages that `script/pictures` takes: add a row for every new page."""

from typing import NamedTuple

LANGUAGES = ("en", "hi", "ar", "fr")
WINDOWS = {"wide": (1366, 768), "phone": (360, 740)}
SCHEMES = ("light", "dark")


class Shown(NamedTuple):
    """A page of the demo helpline as one person sees it."""

    name: str
    """Name of the picture."""
    url: str
    person: str = ""
    """Demo sign-in without the part after @; empty: nobody is signed in."""
    follow: str = ""
    """A link (CSS selector) to follow from there, for addresses that differ on every desk."""
    then: str = ""
    """Another link to follow from where the first one led."""


PAGES = (
    Shown("sign-in", "/accounts/login/"),
    Shown("password-reset", "/accounts/password/reset/"),
    Shown("nothing-here", "/nothing-here/"),
    Shown("partner-door", "/p/practice/"),
    Shown("kept", "/kept/"),
    Shown("privacy", "/privacy/", "amina"),
    Shown("reach", "/reach/", "sofia"),
    Shown("desk", "/", "amina"),
    Shown("case", "/", "amina", "[data-rows] a"),
    Shown("search", "/search/", "amina"),
    Shown("glass", "/glass/", "amina"),
    Shown("who-looked", "/", "amina", "[data-rows] a", "a[href$='/looked/']"),
    Shown("own-copy", "/", "amina", "[data-rows] a", "a[href*='/copy/']"),
    Shown("own-seen", "/", "amina", "[data-rows] a", "a[href*='/seen/']"),
    Shown("my-page", "/me/", "amina"),
    Shown("my-telephone", "/me/telephone/", "amina"),
    Shown("call", "/calls/new/", "amina"),
    Shown("my-sessions", "/me/sessions/", "amina"),
    Shown("roles-asked-for", "/duties/", "adil"),
    Shown("second-factor", "/accounts/2fa/", "amina"),
    Shown("takedowns", "/takedowns/", "tariq"),
    Shown("takedown", "/takedowns/", "tariq", "table [data-rows] a"),
    Shown("place", "/takedowns/", "tariq", "ul[data-rows] a"),
    Shown("referrals", "/referrals/", "rana"),
    Shown("referral", "/referrals/", "rana", "[data-rows] a"),
    Shown("services", "/referrals/services/", "rana"),
    Shown("team", "/team/", "sofia"),
    Shown("reviews", "/team/reviews/", "sofia"),
    Shown("unread", "/team/unread/", "sofia"),
    Shown("unread-one", "/team/unread/", "sofia", "[data-rows] a"),
    Shown("shifts", "/shifts/", "sofia"),
    Shown("days-closed", "/shifts/holidays/", "sofia"),
    Shown("figures", "/figures/", "anil"),
    Shown("record", "/audit/", "aude"),
    Shown("record-of-a-case", "/audit/", "aude", "td a.code"),
    Shown("forgetting", "/forgetting/", "sofia"),
    Shown("set-up", "/setup/", "adil"),
    Shown("numbers", "/setup/numbers/", "adil"),
    Shown("keeping", "/setup/keeping/", "adil"),
    Shown("approved-texts", "/setup/texts/", "adil"),
    Shown("practice", "/practice/"),
)
