"""The nine data classes; every model field names exactly one as its `db_comment`."""

from typing import Final

OPERATIONAL: Final = "operational"
CATEGORY: Final = "category"
CONTACT: Final = "contact"
IDENTITY: Final = "identity"
NARRATIVE: Final = "narrative"
CONTENT_LOCATOR: Final = "content_locator"
LEGAL: Final = "legal"
STAFF_PRIVATE: Final = "staff_private"
SECRET: Final = "secret"  # noqa: S105 (a class of data, not one)

DATA_CLASSES: Final = (
    OPERATIONAL,
    CATEGORY,
    CONTACT,
    IDENTITY,
    NARRATIVE,
    CONTENT_LOCATOR,
    LEGAL,
    STAFF_PRIVATE,
    SECRET,
)

# Values of these classes are never stored as readable text.
SEALED_CLASSES: Final = frozenset(
    {CONTACT, IDENTITY, NARRATIVE, CONTENT_LOCATOR, LEGAL, STAFF_PRIVATE}
)

# The classes of which every read leaves an audit row ("beyond category").
AUDITED_CLASSES: Final = SEALED_CLASSES
