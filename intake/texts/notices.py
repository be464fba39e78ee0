"""The lines a page shows to colleagues: what a notice or an automatic message was."""

from django.utils.translation import gettext as _


def notice(code: str) -> str:
    """The line a page shows for the code of a notice or of a file that came; never a wrong one."""
    known = _calls() | _mails() | _events() | _files()
    return known.get(code, _("Something happened that this page has no words for."))


def _calls() -> dict[str, str]:
    return {
        "call_started": _("They called."),
        "language_chosen": _("They chose a language."),
        "safe_yes": _("They pressed: safe right now."),
        "safe_no": _("They pressed: not safe right now."),
        "safe_unsure": _("They pressed: not sure whether they are safe."),
        "no_key": _("They pressed another key, or none."),
        "call_queued": _("They are waiting on the telephone."),
        "call_taken": _("A colleague took the call."),
        "call_missed": _("Nobody was free to take the call."),
        "call_left": _("They hung up while waiting."),
        "called_at_desk": _("A call was taken on the desk's own telephone."),
        "told_safe": _("They told a colleague that they are safe right now."),
        "told_unsafe": _("They told a colleague that they are not safe right now."),
        "told_unsure": _("They told a colleague that they are not sure whether they are safe."),
    } | _call_backs()


def _call_backs() -> dict[str, str]:
    return {
        "call_back_safe": _("They pressed: this number is safe to call."),
        "call_back_unsafe": _("They pressed: this number is not safe to call."),
        "call_back_unsure": _("They pressed: not sure whether this number is safe to call."),
        "when_morning": _("A good time to call them: in the morning."),
        "when_afternoon": _("A good time to call them: in the afternoon."),
        "when_evening": _("A good time to call them: in the evening."),
        "when_any": _("A good time to call them: any."),
        "others_silent": _("If someone else answers: hang up without a word."),
        "others_wrong": _("If someone else answers: say that it is a wrong number."),
        "others_later": _("If someone else answers: say that we will try again later."),
        "called_back_reached": _("We called back, and somebody answered."),
        "called_back_unanswered": _("We called back, and nobody answered."),
        "called_back_busy": _("We called back, and the line was busy."),
        "called_back_not_made": _("A call back was begun and not made."),
    }


def _mails() -> dict[str, str]:
    return {
        "automatic_mail": _("An automatic e-mail came from their address."),
        "maybe_someone_else": _(
            "This mail did not answer one of ours: it may be from somebody else."
            " Ask the agreed question."
        ),
        "other_sender": _(
            "A mail with this conversation's reply address came from another address. It was put"
            " into a conversation of its own."
        ),
        "unverified": _(
            "The sender's mail server does not vouch for this mail: it may be from somebody else."
        ),
        "bounce": _("An e-mail to them came back."),
    }


def _events() -> dict[str, str]:
    return {
        "button": _("They pressed a button."),
        "location": _("They sent a place. We did not keep it."),
        "reaction": _("They reacted to a message."),
        "unsupported": _("Something came that cannot be shown here."),
        "sign_number": _(
            "They write from another number. Confirm that it is theirs before you answer."
        ),
        "sign_profile": _("They have another profile name. Ask the agreed question."),
        "sign_silence": _("They write after a long silence. Ask the agreed question."),
        "sign_hour": _("They write at an hour that is not theirs. Ask the agreed question."),
        "goes_on_elsewhere": _(
            "They took back their wish to delete: they go on in an earlier conversation."
        ),
        "referral": _("They wrote after they saw a post or an advertisement."),
        "edited": _("They changed a message."),
        "revoked": _("They took a message back."),
        "system": _("Something changed in their account. We did not keep what."),
        "late": _("This message reached us late."),
        "stop_asked": _("They wrote STOP, and were asked what should stop."),
        "stop_messages": _("They want our messages to stop."),
        "stop_harm": _("They want what is done to them to stop."),
        "delete_asked": _("They asked to delete everything."),
        "kept": _("They took back their wish to delete."),
        "help_asked": _("They asked for a person now."),
        "status_asked": _("They asked how it is going."),
        "seen_asked": _("They asked who has seen what they wrote."),
        "copy_asked": _("They asked for a copy of what we keep about them."),
        "check_passed": _("They gave the right answer to the agreed question."),
        "check_failed": _("They did not give the right answer to the agreed question."),
        "limited": _("They are limited for a while: only danger is answered at once."),
        "opted_out": _("They asked their provider to stop our messages."),
        "empty": _("A message without words came."),
    }


def _files() -> dict[str, str]:
    return {
        "image": _("A picture came. It was not opened."),
        "video": _("A video came. It was not opened."),
        "audio": _("A voice note came. It was not opened."),
        "document": _("A document came. It was not opened."),
        "contact": _("A contact card came. It was not opened."),
        "sticker": _("A sticker came. It was not opened."),
        "file": _("A file came. It was not opened."),
    }


def automatic(code: str) -> str:
    """What an automatic message was, in a few words."""
    known = _steps() | _answers() | _sent()
    return known.get(code, _("Automatic message"))


def _steps() -> dict[str, str]:
    return {
        "hello": _("Automatic: hello, and are you safe right now?"),
        "limits": _("Automatic: what we keep, and its limits"),
        "danger": _("Automatic: whom to call now"),
        "closed": _("Automatic: we are closed, whom to call, what helps tonight"),
        "no_speaker": _("Automatic: who speaks their language, and when"),
        "own_thoughts_limits": _("Automatic: what we keep, for worries about own thoughts"),
        "media_image": _("Automatic: we do not look at pictures"),
        "media_audio": _("Automatic: we cannot hear voice notes here"),
        "media_file": _("Automatic: we cannot open files"),
    }


def _answers() -> dict[str, str]:
    return {
        "stop_question": _("Automatic: should our messages stop, or what is done to them?"),
        "stop_done": _("Automatic: we will not write any more"),
        "stop_harm": _("Automatic: a person is told that it should stop"),
        "delete_done": _("Automatic: hidden now, destroyed later, how to take it back"),
        "delete_by_person": _("Automatic: a person looks at the wish to delete"),
        "kept": _("Automatic: nothing is deleted"),
        "status": _("Automatic: how many steps are done"),
        "help_now": _("Automatic: a person is told now"),
        "language_set": _("Automatic: the language is changed"),
        "delete_sealed": _("Automatic: hidden and locked away, why, until when"),
        "delete_confirm": _("Automatic: do they want it deleted?"),
        "own_by_person": _("Automatic: a person makes sure first that it is them"),
        "seen_offer": _("Automatic: is it a good time to tell who has read it?"),
        "seen_answer": _("Automatic: who has read it, and why"),
        "copy_offer": _("Automatic: is it a good time for their copy?"),
        "copy_link": _("Automatic: the page with their copy"),
    }


def _sent() -> dict[str, str]:
    return {
        "own_link": _("A link for them alone, to show a picture to the people who take it down"),
        "limited": _("Automatic: we answer less often for a while"),
        "late": _("Automatic: their message came late"),
        "survey": _("Automatic: how well did we help?"),
        "survey_thanks": _("Automatic: thank you for the answer"),
    }
