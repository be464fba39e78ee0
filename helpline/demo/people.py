"""The invented colleagues of the demo, on shift whenever it starts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import salted_hmac

from accounts import services, telephones
from accounts.models import Role, Team, Telephone, Training, User

TEAM: Final = "Day desk"
HOURS: Final = timedelta(hours=12)
AHEAD: Final = 28  # shifts of 12 hours planned: two weeks without a new start
SKILLS: Final = (
    "core",
    "danger",
    "own_thoughts",
    "sexual_extortion_money",
    "sexual_extortion_images",
    "threat_to_share",
    "images_shared_without_consent",
    "ai_or_manipulated_image",
    "account_taken_over",
    "impersonation",
    "doxing_or_outing",
    "bullying",
    "stalking",
    "grooming",
)
# Easy to type, hard to guess: four of these make the demo's password.
WORDS: Final = Path(__file__).with_name("words.txt").read_text().split()


@dataclass(frozen=True)
class Colleague:
    """One invented colleague; `turn` says which of two alternating shifts is theirs."""

    key: str
    name: str
    role: Role
    languages: tuple[str, ...] = ("en",)
    turn: int | None = 0
    trained: bool = True
    telephone: str = ""  # from the range kept for fiction (+1 … 555 01xx)

    @property
    def email(self) -> str:
        """Under a name that nobody can own (RFC 2606)."""
        return f"{self.key}@helpline.example"


COLLEAGUES: Final = (
    Colleague(
        "amina", "Amina Shaikh", Role.COUNSELLOR, ("en", "hi", "ur"), telephone="+12025550131"
    ),
    Colleague("ben", "Ben Thomas", Role.COUNSELLOR, ("en", "fr"), turn=1, telephone="+12025550132"),
    Colleague(
        "meera",
        "Meera Joshi",
        Role.COUNSELLOR,
        ("en", "hi", "mr"),
        turn=1,
        telephone="+12025550133",
    ),
    Colleague(
        "yusuf", "Yusuf Haddad", Role.COUNSELLOR, ("ar", "en", "fr"), telephone="+12025550134"
    ),
    Colleague("kavya", "Kavya Iyer", Role.COUNSELLOR, ("ta", "en", "hi"), turn=None),
    Colleague("zoya", "Zoya Rizvi", Role.COUNSELLOR, ("en", "hi"), trained=False),
    Colleague("sofia", "Sofia D'Souza", Role.SUPERVISOR),
    Colleague("omar", "Omar Nair", Role.ON_CALL, telephone="+12025550135"),
    Colleague("tariq", "Tariq Khan", Role.TAKEDOWN_OFFICER),
    Colleague("rana", "Rana Das", Role.REFERRAL_COORDINATOR),
    Colleague("lea", "Lea Fernandes", Role.SAFEGUARDING_LEAD),
    Colleague("anil", "Anil Rao", Role.ANALYST),
    Colleague("adil", "Adil Mistry", Role.ADMINISTRATOR),
    Colleague("aude", "Aude Menon", Role.AUDITOR),
)


def password() -> str:
    """The one password of all demo people: this installation's own, the same at every start."""
    digest = salted_hmac("helpline.demo", "password", secret=settings.SECRET_KEY).digest()
    return "-".join(WORDS[byte % len(WORDS)] for byte in digest[:4])


def make_all(now: datetime) -> dict[str, User]:
    """Everybody, made or brought up to date: password, training, shifts from this moment (UTC)."""
    team, _made = Team.objects.get_or_create(name=TEAM)
    hashed = _hashed()
    return {one.key: _make(one, team, hashed, now) for one in COLLEAGUES}


def _hashed() -> str:
    """The password as stored: the first colleague's, while it still is the right one.

    Shared by all of them, because hashing is slow on purpose and a start should not be.
    """
    kept = User.objects.filter(email=COLLEAGUES[0].email).values_list("password", flat=True).first()
    secret = password()
    return kept if kept and check_password(secret, kept) else make_password(secret)


def _make(one: Colleague, team: Team, hashed: str, now: datetime) -> User:
    user = User.objects.filter(email=one.email).first()
    if user is None:
        user = services.create_person(one.email, name=one.name, by=None)
        services.give_duty(user, team=team, role=one.role, by=None)
        services.set_languages(user, languages=list(one.languages), by=None)
    if user.password != hashed:
        user.password = hashed
        user.save(update_fields=["password"])
    if one.role == Role.COUNSELLOR:
        _train(user, one, now)
    if one.telephone and not Telephone.objects.filter(user=user).exists():
        telephones.set_number(user, number=one.telephone, takes_calls=True, by=None)
    services.replan_shifts(
        user, team=team, hours=_hours(one, now), on_call=one.role == Role.ON_CALL, by=None
    )
    return user


def _hours(one: Colleague, now: datetime) -> list[tuple[datetime, datetime]]:
    """Everybody at first (one is off, to show how that looks), then two halves in turn."""
    start = now - timedelta(hours=1)
    if one.turn is None:
        return [(start + HOURS, start + 2 * HOURS)]
    turns = [0, *range(1 + one.turn, AHEAD, 2)]
    return [(start + turn * HOURS, start + (turn + 1) * HOURS) for turn in turns]


def _train(user: User, one: Colleague, now: datetime) -> None:
    today = now.date()
    held = set(
        Training.objects.filter(user=user, valid_to__gt=today).values_list("skill", flat=True)
    )
    for skill in SKILLS if one.trained else ("core",):
        if skill not in held:
            services.record_training(
                user,
                skill=skill,
                valid_from=today - timedelta(days=90),
                valid_to=today + timedelta(days=275),
                by=None,
            )
