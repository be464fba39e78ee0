"""Forms of a person's own page and of the administrator's."""

from collections.abc import Callable
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import guessing, services
from accounts.models import Role, Team, User
from accounts.telephones import e164

FACTOR: Final = guessing.What.FACTOR


class MeForm(forms.ModelForm[User]):
    """What a person sets for themselves."""

    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone) for zone in sorted(available_timezones())],
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "timezone", "on_break"]
        labels: ClassVar = {"name": _("Name"), "on_break": _("I am on a break")}
        help_texts: ClassVar = {"on_break": _("Nothing new is given to you meanwhile.")}


class TelephoneField(forms.CharField):
    """A telephone number as E.164, or "" for none. `telephone` is the message for what is not."""

    default_error_messages: ClassVar = {
        "telephone": _("This is no telephone number. Write it with its country, such as +91 98….")
    }

    def __init__(self, **wishes: Any) -> None:
        attrs = {"autocomplete": "off", "spellcheck": "false", "inputmode": "tel", "dir": "ltr"}
        wishes = {"max_length": 40, "required": False, **wishes}
        super().__init__(widget=forms.TextInput(attrs=attrs), **wishes)

    def clean(self, value: Any) -> str:
        number = super().clean(value)
        try:
            return e164(number) if number else ""
        except ValueError:
            raise forms.ValidationError(self.error_messages["telephone"]) from None


class TelephoneForm(forms.Form):
    """One's own telephone, to which the desk's calls are put through. Empty: keep what is there."""

    number = TelephoneField(
        label=_("My telephone number"),
        help_text=_("With the country in front, such as +91. Nobody sees it, not even you."),
    )
    takes_calls = forms.BooleanField(
        label=_("Put calls through to it while I am on shift"), required=False
    )
    forget = forms.BooleanField(label=_("Forget my number"), required=False)


class DutyForm(forms.Form):
    """A role in a team."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.order_by("name")


class PersonForm(DutyForm):
    """A new colleague: they choose their password through a link sent to their address."""

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    field_order = ("name", "email", "team", "role")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("There is already an account with this address."))
        return email


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    def clean_code(self) -> str:
        return _counted(self, super().clean_code)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The second factor again, before something sensitive or to unlock."""

    def clean_code(self) -> str:
        return _counted(self, super().clean_code)


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The code that proves that an app was set up."""

    def clean_code(self) -> str:
        return _once(self, super().clean_code())


def _counted(form: Any, clean: Callable[[], str]) -> str:
    """The code, if it is right and new; wrong ones are counted over all web processes."""
    request, name = context.request, form.user.email
    if guessing.is_slowed(request, name, FACTOR):
        raise account_adapter().validation_error("too_many_login_attempts")
    try:
        code = _once(form, clean())
    except forms.ValidationError:
        guessing.note_wrong(request, name, FACTOR)
        raise
    guessing.forgive(request, name, FACTOR)
    return code


def _once(form: Any, code: str) -> str:
    """The code, if it has opened nothing yet: the library remembers used ones in one process only.

    Raises ValidationError. A recovery code is crossed out where it is kept.
    """
    factor = getattr(form, "authenticator", None)
    from_app = factor is None or factor.type == Authenticator.Type.TOTP
    if from_app and not services.use_code(form.user, code="".join(code.split())):
        raise get_adapter().validation_error("incorrect_code")
    return code
