"""Every sentence that goes out by itself. First words are safe on a phone that others see.

Each function speaks the language that is active (`django.utils.translation.override`).
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from reference.models import EmergencyNumber

# Offered by number, in their own names; the counselling language may be any other.
LANGUAGES = {
    "1": ("en", "English"),
    "2": ("hi", "हिन्दी"),
    "3": ("ar", "العربية"),
    "4": ("fr", "Français"),
}


def hello() -> str:
    """The first message: not alone, safe now?, languages."""
    choices = "\n".join(f"{number} {name}" for number, (_code, name) in LANGUAGES.items())
    return "\n\n".join(
        [
            _("Hello. You are not alone. It is good that you wrote. A person will read this."),
            _("Are you safe right now? Answer YES or NO."),
            _("For another language, answer with its number:") + "\n" + choices,
        ]
    )


def limits() -> str:
    """The second message, before any detail: what is kept, and what keeping a secret ends at."""
    return "\n".join(
        [
            _("Thank you. Before you tell more, here is how we keep what you say:"),
            "- " + _("Only the people who help you read it. You do not have to give a name."),
            "- " + _("Please do not send pictures. We cannot open them, and we do not need them."),
            "- " + _("We keep your words only for a time. You can ask us to delete them sooner."),
            "- "
            + _(
                "If someone may be badly hurt, we may have to tell a person who can keep them safe."
                " Whenever we can, we talk about it with you first."
            ),
            _("Write in your own words when you are ready. You can skip anything, or stop."),
        ]
    )


def danger(numbers: Iterable[EmergencyNumber], language: str) -> str:
    """Once, when words of danger came: a person is told, and whom to call now."""
    lines = [f"{row.number} – {row.label(language)}" for row in numbers]
    calls = [_("If you or someone else could be hurt now, please call:"), *lines] if lines else []
    return "\n".join(
        [
            _(
                "Thank you for telling us. You matter, and you are not alone."
                " A person is being called to your message now."
            ),
            "",
            *calls,
            _("If you can, go to a place or a person where you feel safe."),
        ]
    )


def media(kind: str) -> str:
    """Gently, when a picture, a voice note or another file came and was not opened."""
    if kind == "audio":
        return _(
            "Thank you. We cannot hear voice notes here. Can you type it instead,"
            " or shall someone call you?"
        )
    if kind in ("image", "video"):
        return _(
            "Thank you for trusting us. We cannot look at pictures or videos and do not keep them;"
            " nobody opened this one. If it shows a threat, please type the account name or the"
            " words instead. There are ways to have a picture taken down without us seeing it."
        )
    return _("Thank you. We cannot open files here. Please type what it says, as much as you like.")


def link(code: str, values: Mapping[str, str]) -> str:
    """A message with a link of a later stage, by its code. Raises KeyError for an unknown one."""
    made = {
        "own_link": _(
            "As we talked about: this page lets you show your picture to the people who can take"
            " it down. We do not see it. The page opens only once, so open it when you are alone"
            " and have some time: %(link)s"
        ),
    }
    return made[code] % values


def mail_subject() -> str:
    """The subject of every e-mail: the same for everybody."""
    return _("Your message")


def call_hello() -> str:
    """The first words on the telephone."""
    return _("Hello. You are not alone. Are you safe right now? For yes, press 1. For no, press 2.")


def call_numbers(numbers: Iterable[EmergencyNumber], language: str) -> str:
    """On the telephone, after "not safe": whom to call now, digits spoken one by one."""
    spoken = [f"{row.label(language)}: {' '.join(row.number)}." for row in numbers]
    return " ".join([_("If you could be hurt now, please hang up and call one of these."), *spoken])


def call_back() -> str:
    """Asks whether the number may be called."""
    return _(
        "A person will call you back. Is it safe to call this number? For yes, press 1."
        " For no, press 2."
    )


def call_goodbye(*, safe: bool) -> str:
    """The last words on the telephone."""
    if safe:
        return _("Thank you. Someone will call you. You did well to call. Goodbye.")
    return _("Thank you. We will not call this number. Please call again when you can. Goodbye.")


def answer_hello() -> str:
    """The first words when we ring with an answer: anybody may have picked up."""
    return _("Hello. There is a message for the person who asked for one. To hear it, press 1.")


def answer_goodbye() -> str:
    """The last words after an answer was read out, or when nobody wanted it."""
    return _("Thank you. Goodbye.")


def notice(code: str) -> str:
    """The line a page shows for the code of a notice or of a file that came."""
    known = {
        "call_started": _("They called."),
        "safe_yes": _("They pressed: safe right now."),
        "safe_no": _("They pressed: not safe right now."),
        "call_back_safe": _("They pressed: this number is safe to call."),
        "call_back_unsafe": _("They pressed: this number is not safe to call."),
        "no_key": _("They pressed another key, or none."),
        "automatic_mail": _("An automatic e-mail came from their address."),
        "maybe_someone_else": _(
            "This mail did not answer one of ours: it may be from somebody else."
            " Ask the agreed question."
        ),
        "bounce": _("An e-mail to them came back."),
        "button": _("They pressed a button."),
        "image": _("A picture came. It was not opened."),
        "video": _("A video came. It was not opened."),
        "audio": _("A voice note came. It was not opened."),
        "document": _("A document came. It was not opened."),
        "contact": _("A contact card came. It was not opened."),
        "file": _("A file came. It was not opened."),
        "empty": _("A message without words came."),
    }
    return known.get(code, known["empty"])
