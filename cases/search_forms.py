"""What the search page asks; posted, so that no word of it is in an address or a history."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models import RISKS, Case
from cases.search import Wanted
from intake.models import Channel
from reference.services import labels
from reference.vocabulary import Kind

_QUIET: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
_ANY: Final = ("", _("any"))

WHY_NOT: Final[dict[str, Any]] = {
    "nothing": _("Fill in at least one field."),
    "common": _("These words are in nearly every story. Use words that are in few."),
    "many": _("At most eight words."),
}


class SearchForm(forms.Form):
    """The fields that this person may search by, and no others."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={**_QUIET, "dir": "ltr"}),
    )
    words = forms.CharField(
        label=_("Words"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={**_QUIET, "dir": "auto", "data-key": "/"}),
        help_text=_("Whole words of stories you may read. All of them must be there."),
    )
    identifier = forms.CharField(
        label=_("Number, e-mail, link or account"),
        max_length=2100,
        required=False,
        widget=forms.TextInput(attrs={**_QUIET, "dir": "ltr"}),
        help_text=_("Only exactly this one is found."),
    )
    status = forms.ChoiceField(
        label=_("State"), choices=[_ANY, *Case.Status.choices], required=False
    )
    risk = forms.ChoiceField(
        label=_("Risk"), choices=[_ANY, *((r.value, r.label) for r in RISKS)], required=False
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[_ANY, *Channel.choices], required=False
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    harm = forms.ChoiceField(label=_("What happened"), required=False)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, askable: frozenset[str], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "search-%s")
        super().__init__(*args, **kwargs)
        harm, language = self.fields["harm"], self.fields["language"]
        assert isinstance(harm, forms.ChoiceField)  # noqa: S101
        assert isinstance(language, forms.ChoiceField)  # noqa: S101
        harm.choices = [_ANY, *labels(Kind.HARM, get_language() or "en")]
        language.choices = [_ANY, *settings.LANGUAGES]
        for name in set(self.fields) - askable - {"page"}:
            del self.fields[name]

    def wanted(self) -> Wanted:
        """What was asked, of a valid form."""
        told = {name: self.cleaned_data[name] for name in self.fields if name != "page"}
        return Wanted(**told)
