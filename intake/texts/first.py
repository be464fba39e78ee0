"""The first steps in words: hello, what we keep, danger, closed, and pictures that came."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from intake.languages import name_of
from intake.texts.times import day_and_time, numbered
from intake.words import shown
from reference.models import EmergencyNumber

# Offered by number, in their own names; the counselling language may be any other.
LANGUAGES: Final = {
    "1": ("en", "English"),
    "2": ("hi", "हिन्दी"),
    "3": ("ar", "العربية"),
    "4": ("fr", "Français"),
    "5": ("hi-Latn", "Hinglish"),
}


def hello() -> str:
    """The first message: not alone, safe now?, languages."""
    choices = "\n".join(f"{number} {name}" for number, (_code, name) in LANGUAGES.items())
    return "\n\n".join(
        [
            _("Hello. You are not alone. It is good that you wrote. A person will read this."),
            _("Are you safe right now? Answer %(yes)s or %(no)s.")
            % {"yes": shown("yes"), "no": shown("no")},
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
            "- " + _limit(),
            _("Write in your own words when you are ready. You can skip anything, or stop."),
        ]
    )


def _limit() -> str:
    """Where keeping a secret ends: said wherever we say what is kept."""
    return _(
        "If someone may be badly hurt, we may have to tell a person who can keep them safe."
        " Whenever we can, we talk about it with you first."
    )


def danger(
    numbers: Iterable[EmergencyNumber],
    language: str,
    *,
    on_call: bool = True,
    opens: datetime | None = None,
) -> str:
    """Once, when words of danger came: whether a person is told, and whom to call now.

    `on_call` False: nobody is told before we open at `opens`; the text says so, and what helps
    until then.
    """
    lines = [_("Thank you for telling us. You matter, and you are not alone.")]
    if on_call:
        lines[0] += " " + _("Someone from our team is being called to your message now.")
    else:
        lines += ["", nobody_here(opens)]
    calls = whom_to_call(numbers, language)
    if calls:
        lines += ["", *calls]
    lines += ["", _("If you can, go to a place or a person where you feel safe.")]
    if not on_call:
        lines += ["", *tonight()]
    return "\n".join(lines)


def nobody_here(opens: datetime | None) -> str:
    """That nobody reads now, and when somebody does; an unknown time is not promised."""
    if opens is None:
        return _("Nobody here can read your message right now. We answer as soon as we are back.")
    return _("Nobody here can read your message right now. We are back on %(when)s.") % {
        "when": day_and_time(opens)
    }


def closed(
    numbers: Iterable[EmergencyNumber],
    language: str,
    *,
    opens: datetime | None,
    on_call: bool,
) -> str:
    """When the desk is closed: when we are back, whom to call now, and what helps tonight.

    `on_call`: somebody can be woken for danger; without, the text says that nobody is.
    """
    lines = [_("Thank you for writing. Your message is safe with us."), nobody_here(opens)]
    if on_call:
        lines.append(
            _("If you are not safe now, write %(no)s. Then we call someone from our team at once.")
            % {"no": shown("no")}
        )
    else:
        lines.append(
            _(
                "Nobody here can be called before that."
                " If you need someone, please do not wait for us."
            )
        )
    calls = whom_to_call(numbers, language)
    if calls:
        lines += ["", *calls]
    return "\n".join([*lines, "", *tonight()])


def whom_to_call(numbers: Iterable[EmergencyNumber], language: str) -> list[str]:
    """The numbers, each on its line, and when to call them; nothing where there are none."""
    calls = list(numbered(numbers, language))
    return [_("If you or someone else could be hurt now, please call:"), *calls] if calls else []


def tonight() -> list[str]:
    """What helps until somebody is there, one line each."""
    return [
        _("Until then, this can help:"),
        "- " + _("Keep the messages. You do not have to answer them."),
        "- " + _("Do not pay. Paying does not make it stop."),
        "- " + _("Do not delete your account. What is in it can help you later."),
        "- " + _("You can block the person. That is fine."),
        "- " + _("Tell someone you trust, if there is someone. You can do this bit by bit."),
    ]


def no_speaker(language: str, others: Iterable[str], *, at: datetime | None) -> str:
    """When nobody on shift speaks their language: who does and when, and what is possible now.

    `language`: the code of theirs; `others`: codes of languages spoken here now; `at`: when
    somebody who speaks theirs is back, None when that is not known.
    """
    own = {"language": name_of(language)}
    lines = [_("Thank you for writing. We have your message.")]
    if at is None:
        lines.append(
            _("Right now nobody here speaks %(language)s. We are looking for someone.") % own
        )
    else:
        lines.append(
            _("A person who speaks %(language)s is back on %(when)s.")
            % {**own, "when": day_and_time(at)}
        )
    names = ", ".join(name_of(code) for code in others)
    if names:
        lines.append(_("A person is here now who speaks: %(languages)s.") % {"languages": names})
        lines.append(_("Write in any language you like. You choose."))
    return "\n".join(lines)


def media(kind: str) -> str:
    """Gently, when a picture, a voice note or another file came and was not opened."""
    if kind == "audio":
        return _(
            "Thank you. We cannot hear voice notes here. Can you type it instead,"
            " or shall someone call you?"
        )
    if kind in ("image", "video"):
        return _(
            "Thank you for trusting us. We cannot look at pictures or videos and do not keep them."
            " Nobody opened this one. If it shows a threat, please type the account name or the"
            " words instead. A picture can be taken down without us seeing it."
        )
    return _("Thank you. We cannot open files here. Please type what it says, as much as you like.")


def own_thoughts_limits() -> str:
    """To somebody worried about their own thoughts, before anything else: what is kept, and limits.

    Their pathway is anonymous, so it differs from `limits`.
    """
    return "\n".join(
        [
            _("Thank you for writing. Before you tell more, here is how we keep what you say:"),
            "- " + _("You do not have to say who you are. We do not try to find out."),
            "- " + _("Only a few people who are trained for this read it."),
            "- " + _("Please do not send pictures, links or names. Your own words are enough."),
            "- "
            + _(
                "If a child is being hurt, or may soon be, we must help that child."
                " Then we may have to tell a person who can keep the child safe."
            ),
        ]
    )


def own_thoughts_hello() -> str:
    """Their welcome, after the limits: thoughts can be talked about, and there is help."""
    return "\n".join(
        [
            _(
                "It takes courage to write this."
                " You decide what you tell. You can stop at any time."
            ),
            _("Thoughts are not the same as acts."),
            _("Many people who have such thoughts never hurt anyone. There is help for it."),
            _("A person who is trained for this will answer you, with respect."),
        ]
    )
