"""Forms of intake's staff pages: numbers, approved texts, and what could not be read."""

from typing import Final

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.forms import TelephoneField
from intake import approved
from intake.languages import NAMES
from intake.unread import BECAUSE
from reference.vocabulary import Purpose

_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}


class NumberForm(forms.Form):
    """A number to call in danger or crisis, with its name in the languages we speak."""

    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose.choices)
    number = forms.CharField(
        label=_("Number"),
        max_length=20,
        help_text=_("As one dials it in the country."),
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "tel", "dir": "ltr"}),
    )
    label_en = forms.CharField(label=_("Name in English"), max_length=120)
    label_hi = forms.CharField(label=_("Name in Hindi"), max_length=120, required=False)
    label_ar = forms.CharField(label=_("Name in Arabic"), max_length=120, required=False)
    label_fr = forms.CharField(label=_("Name in French"), max_length=120, required=False)
    hours = forms.CharField(
        label=_("Hours"),
        max_length=20,
        required=False,
        help_text=_("24/7, or such as 09:00-23:00"),
        widget=forms.TextInput(attrs={**_PLAIN, "dir": "ltr"}),
    )
    source = forms.CharField(label=_("Where this is published"), max_length=200, required=False)


class ApprovedTextForm(forms.Form):
    """A text as the provider approved it."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("A name for colleagues, such as come_back. It is never sent."),
        widget=forms.TextInput(attrs={**_PLAIN, "dir": "ltr"}),
    )
    carrier = forms.ChoiceField(
        label=_("Line"),
        choices=[("whatsapp", _("WhatsApp by Twilio")), ("cloud", _("WhatsApp by Meta"))],
    )
    language = forms.ChoiceField(label=_("Language"), choices=list(NAMES.items()))
    provider_ref = forms.CharField(
        label=_("The provider's name for it"),
        max_length=64,
        help_text=_("Twilio: the ContentSid (HX…). Meta: the name of the template."),
        widget=forms.TextInput(attrs={**_PLAIN, "dir": "ltr"}),
    )
    text = forms.CharField(
        label=_("Text, exactly as approved"),
        max_length=approved.LONGEST,
        help_text=_("Safe on a locked phone that others see: no name, no link, no word of a case."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "dir": "auto"}),
    )


class AsideForm(forms.Form):
    """Why nothing is to be made of an arrival."""

    because = forms.ChoiceField(
        label=_("Why"), choices=list(BECAUSE.items()), widget=forms.RadioSelect
    )


class SenderForm(forms.Form):
    """Who sent what nobody could be told from: an address that a person read there."""

    address = forms.CharField(
        label=_("Address or number of who sent it"),
        max_length=254,
        help_text=_("Only if it stands there beyond doubt. Answers will go to it."),
        widget=forms.TextInput(attrs={**_PLAIN, "dir": "ltr"}),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip().lower()
        if not address.startswith("+"):
            validate_email(address)
        return address


class CallForm(forms.Form):
    """A call on the desk's own telephone: what was said first, the rest by a few keys."""

    narrative = forms.CharField(
        label=_("What they said"),
        max_length=20_000,
        widget=forms.Textarea(
            attrs={**_PLAIN, "rows": 10, "dir": "auto", "autofocus": True, "data-minimise": ""}
        ),
    )
    language = forms.ChoiceField(
        label=_("Language they speak"),
        choices=list(NAMES.items()),
        initial="en",
    )
    safe = forms.ChoiceField(
        label=_("Are they safe right now?"),
        choices=[("yes", _("yes")), ("no", _("no")), ("unsure", _("not sure"))],
        initial="unsure",
        widget=forms.RadioSelect,
    )
    number = TelephoneField(
        label=_("Their number"),
        help_text=_("Only if they told it or it was shown. Empty: hidden."),
        error_messages={
            "telephone": _("This is no telephone number. Correct it, or leave it empty.")
        },
    )
    number.widget.attrs["data-takes"] = "phone"
    call_back = forms.ChoiceField(
        label=_("Is it safe to call this number?"),
        choices=[("yes", _("yes")), ("no", _("no")), ("unsure", _("not sure"))],
        initial="unsure",
        widget=forms.RadioSelect,
    )
    take = forms.BooleanField(label=_("I take it"), initial=True, required=False)
    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput)
