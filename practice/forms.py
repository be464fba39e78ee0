"""What may be sent from the practice page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.desk import lines_of
from practice.personas import BY_KEY, PERSONAS


class SayForm(forms.Form):
    """A message by WhatsApp or SMS: words, or the notice of a picture."""

    who = forms.ChoiceField(choices=[(p.key, p.name) for p in PERSONAS if p.whatsapp or p.phone])
    line = forms.ChoiceField(
        choices=[(line, line) for line in ("whatsapp", "meta", "sms")], required=False
    )
    body = forms.CharField(label=_("Message"), max_length=1600, required=False)
    picture = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse to send nothing, or from an address this person has not."""
        cleaned = super().clean() or {}
        if not cleaned.get("body") and not cleaned.get("picture"):
            raise forms.ValidationError(_("Write something first."))
        known = (
            [line for line, _name in lines_of(BY_KEY[cleaned["who"]])] if "who" in cleaned else []
        )
        cleaned["line"] = cleaned.get("line") or (known[0] if known else "")
        if known and cleaned["line"] not in known:
            raise forms.ValidationError(_("They cannot write by this."))
        return cleaned


class WriteForm(forms.Form):
    """A mail, new or in answer to one."""

    who = forms.ChoiceField(choices=[(p.key, p.name) for p in PERSONAS if p.mail])
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    text = forms.CharField(label=_("Mail"), max_length=20_000)
    answers = forms.CharField(max_length=32, required=False)


class RingForm(forms.Form):
    """A call to the helpline."""

    who = forms.ChoiceField(choices=[(p.key, p.name) for p in PERSONAS if p.phone])


class ActForm(forms.Form):
    """One thing done on the telephone."""

    who = forms.ChoiceField(choices=[(p.key, p.name) for p in PERSONAS if p.phone])
    act = forms.ChoiceField(
        choices=[
            (act, act) for act in ("press", "silence", "hang-up", "dialled", "answer", "refuse")
        ]
    )
    digits = forms.RegexField(r"^[0-9*#]+$", max_length=20, required=False)
    status = forms.ChoiceField(
        choices=[(s, s) for s in ("completed", "no-answer", "busy")], required=False
    )
