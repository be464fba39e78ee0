"""The people the practice desk can play: invented, with numbers and addresses kept for fiction.

Telephone numbers come from the ranges Ofcom (+44 7700 900xxx), the NANP (+1 … 555 01xx) and ARCEP
(+33 6 39 98 xx xx) set aside for drama; mail domains are reserved by RFC 2606.
"""

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues, as Django's function of that name does.

    Django's own asks for settings, and a shell that only sends a message has none.
    """
    return text


@dataclass(frozen=True)
class Persona:
    """One invented person: the addresses they may write or call from ("" where they have none)."""

    key: str
    name: str
    about: str
    whatsapp: str = ""
    phone: str = ""
    mail: str = ""
    external_user_id: str = ""


PERSONAS = (
    Persona(
        key="asha",
        name="Asha",
        about=gettext_noop("15, writes English and Hindi, shares her phone with a brother"),
        whatsapp="whatsapp:+447700900101",
        phone="+447700900101",
        mail="asha@young.example",
    ),
    Persona(
        key="imran",
        name="Imran",
        about=gettext_noop("17, has a WhatsApp user name and no number we can see"),
        whatsapp="whatsapp:IN.1349202600000017",
    ),
    Persona(
        key="kabir",
        name="Kabir",
        about=gettext_noop("13, number and user id both known; sends screenshots"),
        whatsapp="whatsapp:+447700900113",
        phone="+447700900113",
        external_user_id="IN.1349202600000113",
    ),
    Persona(
        key="layla",
        name="Layla",
        about=gettext_noop("19, writes Arabic, prefers e-mail"),
        phone="+12025550119",
        mail="layla@adult.example",
    ),
    Persona(
        key="chloe",
        name="Chloé",
        about=gettext_noop("16, writes French for a friend"),
        whatsapp="whatsapp:+33639980116",
        phone="+33639980116",
        mail="chloe@friend.example",
    ),
    Persona(
        key="teacher",
        name="A teacher",
        about=gettext_noop("found a message on a pupil's phone; writes and calls from the school"),
        phone="+442079460142",
        mail="teacher@school.example",
    ),
)
BY_KEY = {persona.key: persona for persona in PERSONAS}
