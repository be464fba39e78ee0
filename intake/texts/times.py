"""Days, times and numbers to call, written as the active language writes them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from intake.languages import written_in
from reference.models import EmergencyNumber

# Which of CLDR's locales a language of ours follows.
_LOCALES: Final = {"en": "en_IN", "hi": "hi", "hi-Latn": "hi_Latn", "ar": "ar", "fr": "fr"}
# Labels of reference rows are not kept in romanised Hindi; its readers read Latin letters.
_LABELS: Final = {"hi-Latn": "en"}


def day_and_time(at: datetime) -> str:
    """Weekday, day and time on the helpline's clocks: "Monday 23 November, 9:00 am"."""
    local = timezone.localtime(at)
    locale = Locale.parse(_LOCALES[written_in(get_language() or "en")])
    day = format_date(local, "EEEE d MMMM", locale=locale)
    time = format_time(local, "short", locale=locale).replace("\u202f", " ")
    return _("%(day)s, %(time)s") % {"day": day, "time": time}


def day_alone(day: date) -> str:
    """Day, month and year, as the active language writes them: "23 November 2027"."""
    locale = Locale.parse(_LOCALES[written_in(get_language() or "en")])
    return format_date(day, "d MMMM y", locale=locale)


def numbered(numbers: Iterable[EmergencyNumber], language: str) -> Iterator[str]:
    """A line for each number to call, with what it is."""
    for row in numbers:
        yield f"{row.number} – {label(row, language)}"


def label(row: EmergencyNumber, language: str) -> str:
    """What a number is, in the closest language its row has."""
    written = written_in(language)
    return row.label(_LABELS.get(written, written))
