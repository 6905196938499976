"""New editions: from the packaged academy, from an earlier edition, from a template, or empty."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import (
    ChecklistTask,
    Day,
    Edition,
    EditionPartner,
    EditionRole,
    Objective,
    OverlapAllowance,
    Part,
    Room,
    Series,
    Session,
    SessionState,
    Venue,
)
from filiera.academy.models.ranges import fresh_overlap_key
from filiera.academy.packaged import PackagedEdition, four_day_academy
from filiera.academy.queries.slugs import free_slug
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.shared.time import parse_zone, readings
from filiera.texts.languages import translated

from .checklist import put_usual_tasks
from .errors import DraftError
from .steps import tell_desks
from .team import put_into_role

Row = TypeVar("Row", Venue, Room, Part, Day, Session, ChecklistTask)


class SlugTaken(DraftError):
    message = _("Another edition has this address. Choose a different one.")
    field = "slug"


class NumberTaken(DraftError):
    message = _("The series already has an edition with this number.")
    field = "number"


class NothingToShift(DraftError):
    message = _("The edition to copy has no dated part, so its dates cannot be moved.")
    field = "first_day"


@dataclass(frozen=True, kw_only=True)
class EditionDetails:
    """What an edition is called and who stands behind it."""

    name: dict[str, str]
    slug: str
    number: int
    time_zone: str
    host: Organisation | None = None
    headline: dict[str, str] = field(default_factory=dict)
    summary: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def add_series(*, name: dict[str, str], organiser: Organisation, by: Viewer, at: datetime) -> Series:
    """Start an academy that will return.

    Raises PermissionDenied.
    """
    if not policies.can_make_editions(by, organiser):
        raise PermissionDenied
    slug = free_slug(Series.objects.all(), translated(name, "en"), "academy")
    return Series.objects.create(slug=slug, name=name, organiser=organiser)


@transaction.atomic
def add_edition(
    *,
    series: Series,
    details: EditionDetails,
    first_day: date,
    with_programme: bool,
    by: Viewer,
    at: datetime,
) -> Edition:
    """Make a draft edition, with the packaged four-day academy in it or empty; its maker directs it.

    Raises PermissionDenied, SlugTaken, NumberTaken.
    """
    if not policies.can_make_editions(by, series.organiser):
        raise PermissionDenied
    edition = _new_edition(series, details, series.organiser, at)
    if with_programme:
        _unpack(edition, four_day_academy(), first_day, at)
        put_usual_tasks(edition)
    _direct(edition, by, at)
    return edition


@transaction.atomic
def add_first_edition(
    *,
    series_name: dict[str, str],
    organiser: Organisation,
    details: EditionDetails,
    first_day: date,
    with_programme: bool,
    by: Viewer,
    at: datetime,
) -> Edition:
    """Start an academy that will return, with a draft of its first edition as `add_edition` makes it.

    Raises PermissionDenied, SlugTaken.
    """
    return add_edition(
        series=add_series(name=series_name, organiser=organiser, by=by, at=at),
        details=details,
        first_day=first_day,
        with_programme=with_programme,
        by=by,
        at=at,
    )


@transaction.atomic
def clone_edition(
    *,
    edition: Edition,
    details: EditionDetails,
    first_day: date,
    by: Viewer,
    at: datetime,
    as_template: bool = False,
) -> Edition:
    """Copy an edition so that its first day falls on the given one; local hours stay what they were.

    Copied are objectives, partners, venues, rooms, parts, days, sessions that take place, and tasks;
    people, materials and what was published stay behind.
    Raises PermissionDenied, SlugTaken, NumberTaken, NothingToShift.
    """
    may_copy = policies.can_edit_edition(by, edition) or policies.can_make_editions(by, edition.organiser)
    if not may_copy:
        raise PermissionDenied
    parts = list(edition.parts.order_by("starts_on", "number"))
    if not parts:
        raise NothingToShift
    copy = _new_edition(edition.series, details, edition.organiser, at, as_template=as_template, of=edition)
    copy.sources = []
    copy.save(update_fields=["sources"])
    _copy_content(edition, copy, first_day - parts[0].starts_on, at)
    _direct(copy, by, at)
    return copy


@transaction.atomic
def edit_edition(*, edition: Edition, details: EditionDetails, by: Viewer, at: datetime) -> Edition:
    """Change what an edition is called, its host, number and address.

    Raises PermissionDenied, SlugTaken, NumberTaken.
    """
    if not policies.can_edit_edition(by, edition):
        raise PermissionDenied
    _check_free(edition.series, details, edition.pk, is_template=edition.is_template)
    _fill(edition, details)
    edition.save()
    tell_desks(edition, by=by)
    return edition


@transaction.atomic
def open_edition(*, edition: Edition, state: str, by: Viewer, at: datetime) -> Edition:
    """Show an edition to the public, to those who know its address, or to its team only.

    It may be seen before its programme is published: its call opens months earlier.
    Raises PermissionDenied.
    """
    if not policies.can_edit_edition(by, edition):
        raise PermissionDenied
    edition.state = state
    edition.save(update_fields=["state"])
    return edition


@transaction.atomic
def save_objectives(
    *, edition: Edition, texts: list[dict[str, str]], by: Viewer, at: datetime
) -> list[Objective]:
    """Keep the numbered objectives of an edition; the last ones leave when there are fewer.

    Raises PermissionDenied.
    """
    if not policies.can_edit_edition(by, edition):
        raise PermissionDenied
    present = {objective.number: objective for objective in edition.objectives.all()}
    kept = []
    for number, text in enumerate(texts, start=1):
        objective = present.pop(number, None) or Objective(edition=edition, number=number)
        objective.text = text
        objective.save()
        kept.append(objective)
    for objective in present.values():
        objective.delete()
    tell_desks(edition, by=by)
    return kept


def _new_edition(
    series: Series,
    details: EditionDetails,
    organiser: Organisation,
    at: datetime,
    *,
    as_template: bool = False,
    of: Edition | None = None,
) -> Edition:
    _check_free(series, details, None, is_template=as_template)
    edition = Edition(
        series=series, organiser=organiser, created_at=at, is_template=as_template, cloned_from=of
    )
    _fill(edition, details)
    edition.save()
    return edition


def _fill(edition: Edition, details: EditionDetails) -> None:
    edition.name, edition.headline, edition.summary = details.name, details.headline, details.summary
    edition.slug, edition.number = details.slug, details.number
    edition.time_zone, edition.host = details.time_zone, details.host


def _check_free(series: Series, details: EditionDetails, own_key: int | None, *, is_template: bool) -> None:
    others = Edition.objects.exclude(pk=own_key or 0)
    if others.filter(slug=details.slug).exists():
        raise SlugTaken
    if not is_template and others.filter(series=series, number=details.number, is_template=False).exists():
        raise NumberTaken


def _direct(edition: Edition, by: Viewer, at: datetime) -> None:
    if by.person is not None:
        put_into_role(
            edition=edition,
            person=by.person,
            role=EditionRole.DIRECTOR,
            organisation=edition.organiser,
            at=at,
        )


def _unpack(edition: Edition, packaged: PackagedEdition, first_day: date, at: datetime) -> None:
    objectives = {
        number: Objective.objects.create(edition=edition, number=number, text=text)
        for number, text in enumerate(packaged.objectives, start=1)
    }
    rooms = {
        room.key: Room.objects.create(
            edition=edition, slug=room.key, name=room.name, capacity=room.capacity, position=position
        )
        for position, room in enumerate(packaged.rooms)
    }
    parts = {}
    for number, packaged_part in enumerate(packaged.parts, start=1):
        starts_on = first_day + timedelta(days=packaged_part.offset_days)
        part = Part.objects.create(
            edition=edition,
            slug=packaged_part.key,
            number=number,
            title=packaged_part.title,
            mode=packaged_part.mode,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=packaged_part.days - 1),
            time_zone=edition.time_zone,
            between=packaged_part.between,
        )
        Day.objects.bulk_create(
            Day(
                part=part,
                date=starts_on + timedelta(days=offset),
                opens_at=packaged_part.opens,
                closes_at=packaged_part.closes,
            )
            for offset in range(packaged_part.days)
        )
        parts[packaged_part.key] = part
    for packaged_session in packaged.sessions:
        part = parts[packaged_session.part]
        day = part.starts_on + timedelta(days=packaged_session.day)
        starts_at = _moment(day, datetime.combine(day, packaged_session.starts), part.time_zone)
        session = Session.objects.create(
            edition=edition,
            part=part,
            slug=free_slug(Session.objects.filter(edition=edition), packaged_session.title["en"], "session"),
            kind=packaged_session.kind,
            title=packaged_session.title,
            minutes=packaged_session.minutes,
            during=DateTimeTZRange(starts_at, starts_at + timedelta(minutes=packaged_session.minutes), "[)"),
            room=rooms.get(packaged_session.room or ""),
            updated_at=at,
        )
        session.objectives.set([objectives[number] for number in packaged_session.objectives])


def _moment(day: date, local: datetime, zone: str) -> datetime:
    """The local time on that day; where clocks skip it, the time an hour later."""
    found = readings(day, local.time(), zone)
    return found[0] if found else local.replace(tzinfo=parse_zone(zone)).astimezone(UTC)


def _copy_content(edition: Edition, copy: Edition, shift: timedelta, at: datetime) -> None:
    objectives = {
        objective.pk: Objective.objects.create(edition=copy, number=objective.number, text=objective.text)
        for objective in edition.objectives.order_by("number")
    }
    for partner in edition.partners.order_by("position", "pk"):
        EditionPartner.objects.create(
            edition=copy,
            organisation_id=partner.organisation_id,
            contribution=partner.contribution,
            position=partner.position,
        )
    venues = {venue.pk: _copied(venue, edition=copy) for venue in Venue.objects.filter(edition=edition)}
    rooms = {}
    for room in Room.objects.filter(edition=edition).order_by("position", "pk"):
        rooms[room.pk] = _copied(room, edition=copy, venue=venues.get(room.venue_id or 0))
    parts = {}
    for part in edition.parts.order_by("number"):
        days = list(part.days.order_by("date"))
        parts[part.pk] = _copied(
            part,
            edition=copy,
            venue=venues.get(part.venue_id or 0),
            starts_on=part.starts_on + shift,
            ends_on=part.ends_on + shift,
            online_url="",
        )
        for day in days:
            _copied(day, part=parts[part.pk], date=day.date + shift)
    sessions = _copy_sessions(edition, copy, shift, objectives, rooms, parts, at)
    _copy_allowances(edition, copy, sessions, at)
    for task in ChecklistTask.objects.filter(edition=edition).order_by("position", "pk"):
        of_part = parts.get(task.part_id or 0)
        _copied(task, edition=copy, part=of_part, owner=None, done_at=None, done_by=None)


def _copy_sessions(
    edition: Edition,
    copy: Edition,
    shift: timedelta,
    objectives: dict[int, Objective],
    rooms: dict[int, Room],
    parts: dict[int, Part],
    at: datetime,
) -> dict[int, Session]:
    sessions: dict[int, Session] = {}
    keys: dict[int, int] = {}
    taking_place = Session.objects.filter(edition=edition, state=SessionState.PLANNED)
    for session in taking_place.prefetch_related("objectives").order_by("during", "pk"):
        served = [objectives[objective.pk] for objective in session.objectives.all()]
        part = parts[session.part_id]
        sessions[session.pk] = _copied(
            session,
            edition=copy,
            part=part,
            room=rooms.get(session.room_id or 0),
            during=_shifted(session.during, shift, part.time_zone),
            # Pairs allowed to overlap keep one key, but not the key of the rows they come from.
            overlap_key=keys.setdefault(session.overlap_key, fresh_overlap_key()),
            online_url="",
            sources=[],
            demonstration_fields=[],
            sequence=0,
            updated_at=at,
        )
        sessions[session.pk].objectives.set(served)
    return sessions


def _copy_allowances(edition: Edition, copy: Edition, sessions: dict[int, Session], at: datetime) -> None:
    for allowance in OverlapAllowance.objects.filter(edition=edition, speaker__isnull=True):
        first, second = sessions.get(allowance.first_id), sessions.get(allowance.second_id)
        if first is not None and second is not None:
            OverlapAllowance.objects.create(
                edition=copy,
                first=first,
                second=second,
                reason=allowance.reason,
                allowed_by_id=allowance.allowed_by_id,
                allowed_at=at,
            )


def _shifted(during: DateTimeTZRange | None, shift: timedelta, zone: str) -> DateTimeTZRange | None:
    if during is None:
        return None
    place: ZoneInfo = parse_zone(zone)
    start = during.lower.astimezone(place).replace(tzinfo=None) + shift
    starts_at = _moment(start.date(), start, zone)
    return DateTimeTZRange(starts_at, starts_at + (during.upper - during.lower), "[)")


def _copied(row: Row, **changes: object) -> Row:
    """A new row like another, with some columns changed."""
    copy = type(row)._base_manager.get(pk=row.pk)
    copy.pk = None
    copy._state.adding = True
    for name, value in changes.items():
        setattr(copy, name, value)
    copy.save()
    return copy
