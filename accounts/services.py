"""Changes of the people who answer: accounts, duties, training, shifts."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import (
    CASE_ROLES,
    AskedDuty,
    Duty,
    Role,
    Shift,
    SignedIn,
    SpokenLanguage,
    Team,
    Training,
    UsedCode,
    User,
)
from accounts.sessions import digest
from privacy import audit
from privacy.access import NotAllowed, acting, grant_team, look_again, permission
from privacy.clock import database_now
from privacy.models import Grant
from privacy.purposes import keyed_hash
from privacy.services import NotPossible

# A duty that brings a standing capacity to a team's folders; all others are granted case by case.
STANDING = {
    Role.SUPERVISOR: "supervise",
    Role.ON_CALL: "supervise",
    Role.AUDITOR: "audit",
}
# What services grant case by case because of a role, and what ends with it.
BROUGHT = {
    Role.COUNSELLOR: ("cover", "consulted", "consulted_talk", "break_glass"),
    Role.SUPERVISOR: ("danger_cover", "break_glass"),
    Role.TAKEDOWN_OFFICER: ("takedown",),
    Role.REFERRAL_COORDINATOR: ("referral",),
    Role.SAFEGUARDING_LEAD: ("safeguarding", "reviewing"),
    Role.ON_CALL: ("danger_cover", "break_glass"),
}

# Longer than a one-time code can be valid (three steps of half a minute); later, the same six
# figures may come round again.
CODE_MEMORY: Final = timedelta(minutes=5)


@transaction.atomic
def create_person(email: str, *, name: str, password: str | None = None, by: User | None) -> User:
    """Make an account; without a password it can only be entered through a reset link."""
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record("person_created", subject="user", subject_id=user.pk)
    return user


@transaction.atomic
def give_duty(user: User, *, team: Team, role: str, by: User | None) -> Duty:
    """Give a person a role in a team. Administrator and case roles are never held together."""
    _require_apart(user, role)
    duty, _made = Duty.objects.get_or_create(user=user, team=team, role=role)
    if capacity := STANDING.get(Role(role)):
        with acting(part="assignment"):
            grant_team(team, capacity, to=user, by=by)
    audit.record("duty_given", subject="user", subject_id=user.pk, reason=role)
    return duty


@transaction.atomic
def ask_duty(user: User, *, team: Team, role: str, by: User) -> AskedDuty:
    """Ask for a role for somebody: it is theirs once a second person agrees.

    So that who configures the system cannot make themselves a colleague who reads cases.
    """
    _require_apart(user, role)
    if user.duties.filter(team=team, role=role).exists():
        raise NotPossible(_("They have this role already."))
    asked, _made = AskedDuty.objects.get_or_create(
        user=user, team=team, role=role, decided_at=None, defaults={"asked_by": by}
    )
    audit.record("duty_asked", subject="user", subject_id=user.pk, reason=role)
    return asked


@transaction.atomic
def decide_duty(asked: AskedDuty, *, agreed: bool, by: User) -> None:
    """Agree to a role asked for, or refuse it: never who asked, nor who would have it."""
    asked = AskedDuty.objects.select_for_update().get(pk=asked.pk)
    if by.pk in {asked.asked_by_id, asked.user_id}:
        raise NotPossible(_("Somebody else has to decide this."))
    if asked.decided_at is not None:
        raise NotPossible(_("This was decided already."))
    if agreed:
        give_duty(asked.user, team=asked.team, role=asked.role, by=by)
    asked.decided_by, asked.decided_at, asked.agreed = by, database_now(), agreed
    asked.save(update_fields=["decided_by", "decided_at", "agreed"])
    verb = "duty_agreed" if agreed else "duty_refused"
    audit.record(verb, subject="user", subject_id=asked.user_id, reason=asked.role)


@transaction.atomic
def end_duty(duty: Duty, *, by: User | None) -> None:
    """Take a role away, with the standing capacity it brought; effective on the next request."""
    audit.record("duty_ended", subject="user", subject_id=duty.user_id, reason=duty.role)
    duty.delete()
    _revoke_brought(duty)
    capacity = STANDING.get(Role(duty.role))
    others = duty.user.duties.filter(team=duty.team).values_list("role", flat=True)
    if capacity is None or capacity in {STANDING.get(Role(role)) for role in others}:
        return
    with acting(part="assignment"):
        Grant.objects.filter(
            user=duty.user, team=duty.team, permission=permission(capacity)
        ).delete()
    look_again()


def _require_apart(user: User, role: str) -> None:
    """Who configures the system works on no case, whatever else they do."""
    held = set(user.duties.values_list("role", flat=True)) | {role}
    if Role.ADMINISTRATOR in held and held & CASE_ROLES:
        raise NotPossible(_("Who configures the system cannot also work on cases."))


def _revoke_brought(duty: Duty) -> None:
    """End what the role brought case by case. A holder's own cases are handed over, not dropped."""
    if names := BROUGHT.get(Role(duty.role)):
        with acting(part="assignment"):
            Grant.objects.filter(
                user=duty.user,
                content_object__team=duty.team,
                permission__codename__in=names,
            ).delete()
        look_again()


@transaction.atomic
def record_training(
    user: User, *, skill: str, valid_from: date, valid_to: date, by: User | None
) -> Training:
    """Note that a person holds a skill from one day to another (both included)."""
    made = Training.objects.create(user=user, skill=skill, valid_from=valid_from, valid_to=valid_to)
    audit.record("training_recorded", subject="user", subject_id=user.pk, reason=skill)
    return made


@transaction.atomic
def set_languages(user: User, *, languages: list[str], by: User | None) -> None:
    """The languages a person counsels in, as BCP 47 tags."""
    user.languages.exclude(language__in=languages).delete()
    SpokenLanguage.objects.bulk_create(
        [SpokenLanguage(user=user, language=tag) for tag in languages], ignore_conflicts=True
    )
    audit.record("languages_set", subject="user", subject_id=user.pk)


@transaction.atomic
def plan_shift(
    user: User,
    *,
    team: Team,
    starts_at: datetime,
    ends_at: datetime,
    on_call: bool = False,
    by: User | None,
) -> Shift:
    """Plan hours (UTC) in which a person is on shift, or on call."""
    made = Shift.objects.create(
        user=user, team=team, starts_at=starts_at, ends_at=ends_at, on_call=on_call
    )
    audit.record("shift_planned", subject="user", subject_id=user.pk)
    return made


@transaction.atomic
def replan_shifts(
    user: User,
    *,
    team: Team,
    hours: list[tuple[datetime, datetime]],
    on_call: bool = False,
    turn: int = 1,
    by: User | None,
) -> None:
    """Put these hours (UTC, from and until) in the place of all shifts that are not over yet."""
    Shift.objects.filter(user=user, team=team, ends_at__gt=database_now()).delete()
    Shift.objects.bulk_create(
        Shift(
            user=user,
            team=team,
            starts_at=starts_at,
            ends_at=ends_at,
            on_call=on_call,
            turn=turn,
        )
        for starts_at, ends_at in hours
    )
    audit.record("shifts_replanned", subject="user", subject_id=user.pk)


@transaction.atomic
def update_own_page(user: User, *, changes: dict[str, Any], by: User) -> None:
    """Change one's own name, time zone or break."""
    allowed = {"name", "timezone", "on_break"}
    for field, value in changes.items():
        if field not in allowed:
            raise NotPossible(_("This cannot be changed here."))
        setattr(user, field, value)
    user.save(update_fields=sorted(changes))
    audit.record("own_page_changed", subject="user", subject_id=user.pk)


@transaction.atomic
def switch_person(user: User, *, active: bool, by: User | None) -> None:
    """Switch an account off or on; nobody switches off their own."""
    if by is not None and by.pk == user.pk:
        raise NotPossible(_("You cannot switch off your own account."))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        SignedIn.objects.filter(user=user).delete()
    verb = "person_switched_on" if active else "person_switched_off"
    audit.record(verb, subject="user", subject_id=user.pk)


@transaction.atomic
def end_sessions(user: User, *, keep: str | None = None, by: User | None) -> int:
    """End a person's sessions on every browser, but for one (its key); returns how many."""
    ended = SignedIn.objects.filter(user=user)
    if keep:
        ended = ended.exclude(session_key=digest(keep))
    count, _each = ended.delete()
    audit.record("sessions_ended", subject="user", subject_id=user.pk)
    return count


@transaction.atomic
def end_session(row: SignedIn, *, by: User) -> None:
    """End one session, on its next request; one's own, or anybody's for who configures."""
    roles = set(by.duties.values_list("role", flat=True))
    if row.user_id != by.pk and Role.ADMINISTRATOR not in roles:
        raise NotAllowed("session")
    row.delete()
    audit.record("sessions_ended", subject="user", subject_id=row.user_id)


@transaction.atomic
def end_everybodys_sessions(*, by: User) -> int:
    """End every session but the one of whoever does it: after a break-in, or a lost laptop."""
    roles = set(by.duties.values_list("role", flat=True))
    if Role.ADMINISTRATOR not in roles:
        raise NotAllowed("session")
    count, _each = SignedIn.objects.exclude(user=by).delete()
    audit.record("sessions_ended", subject="everybody")
    return count


@transaction.atomic
def use_code(user: User, *, code: str) -> bool:
    """Use up a one-time code; False if it has been used already, by whichever process."""
    now = database_now()
    UsedCode.objects.filter(user=user, used_at__lt=now - CODE_MEMORY).delete()
    _row, first = UsedCode.objects.get_or_create(
        user=user, digest=keyed_hash("one_time_code", f"{user.pk}:{code}")
    )
    return first
