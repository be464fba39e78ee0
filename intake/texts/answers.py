"""What answers a keyword by itself, a survey, a late message, and texts with a link."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.texts.first import nobody_here, whom_to_call
from intake.texts.times import day_alone, day_and_time
from intake.words import shown
from reference.models import EmergencyNumber


def stop_question() -> str:
    """After STOP: do they mean our messages, or what is done to them? Answered by 1 or 2."""
    return "\n".join(
        [
            _("We read: %(stop)s. What should stop?") % {"stop": shown("stop")},
            "1 " + _("Our messages to you."),
            "2 " + _("Something that is happening to you."),
            _("Answer 1 or 2. A person sees this either way."),
        ]
    )


def stop_done() -> str:
    """After "stop your messages": the last thing we write."""
    return _(
        "All right. We will not write to you any more. If you ever want to, just write again."
        " Then we are here."
    )


def stop_harm() -> str:
    """After "make it stop": a person has it."""
    return _(
        "We hear you: you want it to stop. A person here is told now and will write to you."
        " You can already tell us what is happening, in your own words."
    )


def delete_done(destroyed: datetime) -> str:
    """After DELETE: what is hidden now, when it is destroyed, and how to take it back."""
    return "\n".join(
        [
            _("Done. Everything you wrote to us is hidden. Nobody here can see it now."),
            _("On %(when)s it will be destroyed for ever.") % {"when": day_and_time(destroyed)},
            _("If you change your mind before that, answer %(keep)s.") % {"keep": shown("keep")},
            _("What we already asked others to do for you cannot be called back from here."),
            _("Please also delete this chat on your own phone, if others can see it."),
        ]
    )


def delete_by_person() -> str:
    """After DELETE where a machine may not decide: in danger, or under a duty to keep."""
    return _(
        "We heard you: you want your words deleted. A person has to look at this first,"
        " because someone's safety or a rule may be involved."
        " They will write to you and tell you the truth about it."
    )


def delete_sealed(reason: str, until: date) -> str:
    """After DELETE where a law keeps it: what is kept, why, who can read it, and until when."""
    why = {
        "police": _("The police are looking into what happened, and the law says: keep it."),
        "court": _("A judge has told us to keep it."),
        "regulator": _("A public office has told us to keep it."),
        "complaint": _("Somebody is checking whether we did our work well, so it must be kept."),
    }
    return "\n".join(
        [
            _("We heard you. Everything you wrote to us is hidden and locked away."),
            _("Nobody here can read it now."),
            _("It is not destroyed yet. This is the reason:"),
            why.get(reason, why["regulator"]),
            _("Two people outside our desk each keep one half of the key. One half opens nothing."),
            _("On %(day)s it will be destroyed for ever.") % {"day": day_alone(until)},
            _("You can write to us again at any time."),
        ]
    )


def kept() -> str:
    """After KEEP: nothing is destroyed, and it goes on where it was."""
    return _("All right. We keep what you wrote. Nothing is lost, and we go on where we were.")


def status_progress(done: int, total: int, *, next_by: datetime | None) -> str:
    """After STATUS: how many steps are done, and by when the next one is. Neutral words."""
    lines = [
        ngettext(
            "%(done)d of %(total)d step is done.", "%(done)d of %(total)d steps are done.", total
        )
        % {"done": done, "total": total}
    ]
    if next_by is not None:
        lines.append(_("Next step by %(when)s.") % {"when": day_and_time(next_by)})
    lines.append(_("You can write at any time."))
    return " ".join(lines)


def status_promise(by: datetime) -> str:
    """After STATUS: by when we promised to write."""
    return _("We write to you by %(when)s.") % {"when": day_and_time(by)}


def status_arranged(*, done: bool) -> str:
    """After STATUS: help outside that they wished for; no name and no place."""
    if done:
        return _("What you wished for is arranged. A person tells you more.")
    return _("What you wished for is being arranged.")


def status_waiting() -> str:
    """After STATUS when no step is planned yet."""
    return _("We have your message. A person will write to you. You can write at any time.")


def help_now(
    numbers: Iterable[EmergencyNumber], language: str, *, here: bool, opens: datetime | None = None
) -> str:
    """After HELP: a person, and no menu. `here`: somebody on shift or on call is told now."""
    lines = [_("We are here for you."), _("A person here is told now and will write to you.")]
    if not here:
        lines = [_("Thank you for asking for help."), nobody_here(opens)]
    return "\n".join([*lines, *whom_to_call(numbers, language)])


def language_set() -> str:
    """After the name of a language alone: it is theirs from now on."""
    return _("All right. From now on we write to you in this language.")


def limited(until: datetime) -> str:
    """To a reporter who is limited for a while: neutral, and true."""
    return _(
        "We have your messages. Until %(when)s we answer less often."
        " If someone is not safe, say so: we read that at once."
    ) % {"when": day_and_time(until)}


def late(sent: datetime) -> str:
    """When a message reached us long after it was written."""
    return _(
        "Sorry: what you wrote on %(when)s reached us only now. It was not your mistake."
        " A person will read it and answer you."
    ) % {"when": day_and_time(sent)}


def survey() -> str:
    """One question, once."""
    return _(
        "One question, if you like: how well did we help you? Answer with a number from 1"
        " (not at all) to 5 (very well). Or answer %(skip)s: that is fine too."
    ) % {"skip": shown("skip")}


def survey_thanks() -> str:
    """After the number, or a skip."""
    return _("Thank you. You can write to us again at any time.")


def link(code: str, values: Mapping[str, str]) -> str:
    """A message with a link of a later stage, by its code. Raises KeyError for an unknown one."""
    made = {
        "own_link": _(
            "As we talked about, here is your page. It opens only once."
            " Open it when you are alone and have some time: %(link)s"
            " There you can show your picture to the people who can take it down."
            " We do not see it."
        ),
    }
    return made[code] % values


def template(code: str) -> str:
    """A text to have approved by a provider, for when free words may not be sent. KeyError: none.

    Without a link, a name or a placeholder: it may be read by anybody who holds the phone.
    """
    return {
        "answer_waiting": _("There is a new answer for you. Write when it is a good time."),
        "still_here": _("We are still here. Write when it is a good time."),
        "time_agreed": _("It is the time we agreed on. Write when it is a good time."),
        "question_waiting": _("There is a question for you. Write when it is a good time."),
    }[code]


def template_codes() -> list[str]:
    """The codes of `template`, the plainest first."""
    return ["answer_waiting", "still_here", "time_agreed", "question_waiting"]


def mail_subject() -> str:
    """The subject of every e-mail: the same for everybody."""
    return _("Your message")
