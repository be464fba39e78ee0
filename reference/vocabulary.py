"""The fixed words of this stage: kinds of code, subjects, evidence, reasons."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The lists of codes. A code means something only together with its kind."""

    HARM = "harm", _("Harm")
    ORIGIN = "origin", _("How the content was made")
    MEDIUM = "medium", _("Medium")
    PLACE = "place", _("Where it stands")
    LOCATOR = "locator", _("How it is found")
    OUTCOME = "outcome", _("Outcome of a takedown")
    RISK_FLAG = "risk_flag", _("Risk flag")
    RELATION = "relation", _("Relation of the reporter")
    AGE_BAND = "age_band", _("Age band")
    AGE_SOURCE = "age_source", _("How the age is known")
    GENDER = "gender", _("Gender")
    ADULT_KNOWS = "adult_knows", _("Whether an adult knows")
    KNOWS_PERSON = "knows_person", _("Whether they know each other")
    REFERRAL_KIND = "referral_kind", _("Kind of support")
    REFERRAL_OUTCOME = "referral_outcome", _("Outcome of a referral")
    DECLINE_REASON = "decline_reason", _("Why a referral was declined")
    CONTACT_TYPE = "contact_type", _("Type of contact")
    CHI = "chi", _("Child Helpline International category")
    CLOCK_RULE = "clock_rule", _("Clock")
    CLOCK_START = "clock_start", _("What starts a clock")
    OBLIGATED_PARTY = "obligated_party", _("Who must act")


class Whose(models.TextChoices):
    """Whether a map speaks of a child (under 18 in the content), an adult, or anyone."""

    ANY = "any", _("anyone")
    CHILD = "child", _("under 18")
    ADULT = "adult", _("18 or over")


class Subject(models.TextChoices):
    """What a clock is about. The subject itself is a row of a later stage, named by its key."""

    CONVERSATION = "conversation", _("Conversation")
    CASE = "case", _("Case")
    TAKEDOWN = "takedown", _("Takedown request")
    REFERRAL = "referral", _("Support referral")
    BREACH = "breach", _("Data breach")
    ANY = "any", _("Anything")


class Risk(models.TextChoices):
    """The risk level that picks a variant of a rule; blank where a rule has none."""

    DANGER = "danger", _("danger")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")


class Reckoning(models.TextChoices):
    """How the due moment follows from the start."""

    ELAPSED = "elapsed", _("hours on the wall")
    WORKING_TIME = "working_time", _("hours in which the desk is open")
    WORKING_DAY = "working_day", _("working days, Monday to Friday")
    AS_TOLD = "as_told", _("the moment that was told or promised")


class Evidence(models.TextChoices):
    """What proves that a clock began or may end. Without one of these nothing starts or stops."""

    PLATFORM_RECEIPT = "platform_receipt", _("receipt from the platform")
    OUR_SENDING = "our_sending", _("our own sending")
    MESSAGE_RECEIVED = "message_received", _("a message came in")
    REPLY_SENT = "reply_sent", _("a person replied")
    TOLD_BY_PERSON = "told_by_person", _("told by the person")
    RECORDED_BY_STAFF = "recorded_by_staff", _("recorded by a colleague")
    PLATFORM_ANSWER = "platform_answer", _("answer from the platform")
    AUTHORITY_RECEIPT = "authority_receipt", _("receipt from an authority")
    HOTLINE_ANSWER = "hotline_answer", _("answer from a hotline")
    WITHDRAWN = "withdrawn", _("withdrawn by the person")
    NOT_NEEDED = "not_needed", _("no longer needed")


class PauseReason(models.TextChoices):
    """Why a clock stands still."""

    WAITING_FOR_PERSON = "waiting_for_person", _("waiting for the person")
    PLATFORM_ASKED = "platform_asked", _("the platform asked for more")
    LEGAL_QUESTION = "legal_question", _("a legal question is open")
    NOT_SAFE = "not_safe", _("acting now is not safe")


class Purpose(models.TextChoices):
    """What an emergency number is for."""

    DANGER = "danger", _("Danger now")
    CHILD = "child", _("Child helpline")
    CRISIS = "crisis", _("Crisis and suicide")
    CYBER_CRIME = "cyber_crime", _("Cyber crime")
    ONLINE_VIOLENCE = "online_violence", _("Online violence")
