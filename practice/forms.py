"""What may be sent from the practice page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from practice.personas import PERSONAS


class SayForm(forms.Form):
    """A WhatsApp message: words, or the notice of a picture."""

    who = forms.ChoiceField(choices=[(p.key, p.name) for p in PERSONAS if p.whatsapp])
    body = forms.CharField(label=_("Message"), max_length=1600, required=False)
    picture = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse to send nothing."""
        cleaned = super().clean() or {}
        if not cleaned.get("body") and not cleaned.get("picture"):
            raise forms.ValidationError(_("Write something first."))
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
