"""The code on the screen by which people check themselves in: new each minute, and only while it is on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.academy.models import Day, Edition, PartMode, Session, SessionKind, SessionState
from filiera.admissions.queries.presence_lists import Target
from filiera.admissions.queries.stations import day_at, programme_moment
from filiera.shared.time import local_moment, parse_zone

_SALT = "filiera.admissions.self-check-in"
_PERIOD_S = 60
DIGITS = 6
# Who sits down early, and who is still walking out.
BEFORE, AFTER = timedelta(minutes=20), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ScreenCode:
    code: str
    seconds_left: int


def screen_code(target: Target, at: datetime) -> ScreenCode:
    """The code of this minute; it is taken for another minute, so that nobody types in vain."""
    second = int(at.timestamp())
    return ScreenCode(_code(target, second // _PERIOD_S), _PERIOD_S - second % _PERIOD_S)


def is_on(target: Target, at: datetime) -> bool:
    """Whether people may check themselves in now: near the session, or while the day is open."""
    moment = programme_moment(target.edition, at)
    if target.session is not None:
        during = target.session.during
        if during is None or target.session.state == SessionState.CANCELLED:
            return False
        return bool(during.lower - BEFORE <= moment <= during.upper + AFTER)
    assert target.day is not None
    zone = parse_zone(target.zone)
    opens = local_moment(target.day.date, target.day.opens_at, zone, second=False)
    closes = local_moment(target.day.date, target.day.closes_at, zone, second=True)
    return opens - timedelta(hours=1) <= moment <= closes


def target_of_code(edition: Edition, code: str, at: datetime) -> Target | None:
    """The day or session whose code this is, among those that are on."""
    typed = "".join(letter for letter in code if letter.isdecimal() and letter.isascii())
    if len(typed) != DIGITS:
        return None
    minute = int(at.timestamp()) // _PERIOD_S
    for target in _on_now(edition, at):
        if any(constant_time_compare(_code(target, minute - late), typed) for late in (0, 1)):
            return target
    return None


def is_hybrid(target: Target) -> bool:
    """Whether one has to be asked how one is there."""
    part = target.session.part if target.session is not None else target.day.part  # type: ignore[union-attr]
    return part.mode == PartMode.HYBRID


def _on_now(edition: Edition, at: datetime) -> list[Target]:
    moment = programme_moment(edition, at)
    sessions = (
        Session.objects.filter(
            edition=edition,
            state=SessionState.PLANNED,
            during__startswith__lte=moment + BEFORE,
            during__endswith__gte=moment - AFTER,
        )
        .exclude(kind=SessionKind.BREAK)
        .select_related("edition", "part")
        .order_by("during", "pk")
    )
    targets = [Target(session=session) for session in sessions]
    day: Day | None = day_at(edition, at)
    if day is not None:
        day.part.edition = edition
        targets.append(Target(day=day))
    return [target for target in targets if is_on(target, at)]


def _code(target: Target, minute: int) -> str:
    told = f"session:{target.session.pk}" if target.session is not None else f"day:{target.day.pk}"  # type: ignore[union-attr]
    digest = salted_hmac(_SALT, f"{told}:{minute}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}d}"
