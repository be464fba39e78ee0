"""What the page of the self-test asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from insight.forms import CodeForm


class ReachForm(CodeForm):
    """Whose reach to test, and of which case."""

    person = forms.ChoiceField(label=_("Colleague"))
    field_order = ("person", "code")

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(key, one.name) for key, one in self._people.items()]

    def chosen(self) -> User:
        """The colleague; only of a valid form."""
        return self._people[self.cleaned_data["person"]]
