"""Taking over a programme from a file: all of it, or nothing with an answer for every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filiera.academy import policies
from filiera.academy.imports import ImportedSession, read_frab, read_programme_table
from filiera.academy.models import Contribution, Edition, Room, RoomClosure, Session, Speaker, StepKind
from filiera.academy.queries.imports import programme_places
from filiera.academy.queries.slugs import free_slug
from filiera.academy.queries.times import clock
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.tables import RowProblem, read_table
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

from .errors import Overlap
from .overlaps import overlaps_named
from .steps import Watch, recorded_step


class NothingToImport(DomainError):
    message = gettext_lazy("This file has no sessions.")


class EditionHasNoParts(DomainError):
    message = gettext_lazy("This edition has no parts yet, so no date can be right. Add its parts first.")


class ImportRefused(DomainError):
    """At least one row is wrong; nothing was changed."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(
            ngettext(
                "One row is wrong, so nothing was imported.",
                "%(count)s cells are wrong, so nothing was imported.",
                len(problems),
            )
            % {"count": len(problems)}
        )
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import added, or would add."""

    sessions: tuple[Session, ...]
    new_rooms: tuple[str, ...]
    new_speakers: tuple[str, ...]
    is_dry_run: bool


def import_programme(
    *, edition: Edition, content: bytes, name: str, dry_run: bool, by: Viewer, at: datetime
) -> ImportReport:
    """Add the sessions of a CSV, XLSX or Frab XML file to the draft, in one step that can be undone.

    Rooms and speakers that the edition does not know yet are added by name. A dry run does everything and
    takes it back.

    Raises PermissionDenied, EditionHasNoParts, NothingToImport, ImportRefused, UnreadableTable,
    UnreadableSchedule, TableTooLarge.
    """
    if not policies.can_edit_programme(by, edition):
        raise PermissionDenied
    places = programme_places(edition)
    if not places:
        raise EditionHasNoParts
    if name.lower().endswith(".xml"):
        sessions, problems = read_frab(content, places)
    else:
        sessions, problems = read_programme_table(read_table(content, name), places)
    if problems:
        raise ImportRefused(problems)
    if not sessions:
        raise NothingToImport
    with transaction.atomic():
        with recorded_step(
            edition=edition, kind=StepKind.IMPORTED, subject={"en": name}, by=by, at=at
        ) as watch:
            report = _Import(edition, watch, at).run(sessions, dry_run=dry_run)
        if dry_run:
            transaction.set_rollback(True)
    return report


class _Import:
    """One run: what the edition has already, what was added, what was wrong."""

    def __init__(self, edition: Edition, watch: Watch, at: datetime) -> None:
        self.edition = edition
        self.watch = watch
        self.at = at
        self.rooms = {
            sort_key(word): room
            for room in Room.objects.filter(edition=edition)
            for word in (room.slug, *room.name.values())
        }
        self.speakers = {sort_key(row.name): row for row in Speaker.objects.filter(edition=edition)}
        self.taken = set(Session.objects.filter(edition=edition).values_list("slug", flat=True))
        self.new_rooms: list[str] = []
        self.new_speakers: list[str] = []
        self.problems: list[RowProblem] = []

    def run(self, sessions: Sequence[ImportedSession], *, dry_run: bool) -> ImportReport:
        added = [session for told in sessions if (session := self._add(told))]
        if self.problems:
            raise ImportRefused(self.problems)
        return ImportReport(tuple(added), tuple(self.new_rooms), tuple(self.new_speakers), dry_run)

    def _add(self, told: ImportedSession) -> Session | None:
        if told.slug in self.taken:
            self._refuse(told, "slug", told.slug, _("a session that the programme does not have yet"))
            return None
        room = self._room(told.room) if told.room else None
        during = None
        if told.starts_at:
            during = DateTimeTZRange(told.starts_at, told.starts_at + timedelta(minutes=told.minutes), "[)")
            if room and self._is_closed(told, room, during):
                return None
        session = Session(
            edition=self.edition,
            part_id=told.part_id,
            slug=told.slug,
            kind=told.kind,
            title=told.title,
            abstract=told.abstract,
            during=during,
            minutes=told.minutes,
            room=room,
            capacity=told.capacity,
            languages=list(told.languages),
            updated_at=self.at,
        )
        try:
            with transaction.atomic():
                self._save(session, told)
        except Overlap as overlap:
            heading = "speakers" if overlap.speaker else "room"
            value = overlap.speaker.name if overlap.speaker else told.room
            self._refuse(told, heading, value, str(overlap))
            return None
        self.taken.add(told.slug)
        return session

    def _save(self, session: Session, told: ImportedSession) -> None:
        with overlaps_named(session):
            session.save()
        self.watch.added(session)
        for position, person in enumerate(told.speakers):
            speaker = self._speaker(person.name, person.organisation)
            contribution = Contribution(session=session, speaker=speaker, position=position)
            with overlaps_named(session):
                contribution.save()
            self.watch.added(contribution)

    def _room(self, name: str) -> Room:
        key = sort_key(name)
        if key not in self.rooms:
            slug = free_slug(Room.objects.filter(edition=self.edition), name, "room")
            self.rooms[key] = Room.objects.create(
                edition=self.edition, slug=slug, name={"en": name}, position=len(self.rooms)
            )
            self.new_rooms.append(name)
        return self.rooms[key]

    def _speaker(self, name: str, organisation: str) -> Speaker:
        key = sort_key(name)
        if key not in self.speakers:
            speaker = Speaker.objects.create(
                edition=self.edition,
                slug=free_slug(Speaker.objects.filter(edition=self.edition), name, "speaker"),
                name=name,
                organisation=Organisation.objects.filter(name__iexact=organisation).first()
                if organisation
                else None,
            )
            self.watch.added(speaker)
            self.speakers[key] = speaker
            self.new_speakers.append(name)
        return self.speakers[key]

    def _is_closed(self, told: ImportedSession, room: Room, during: DateTimeTZRange) -> bool:
        closure = RoomClosure.objects.filter(room=room, during__overlap=during).order_by("during").first()
        if closure is None:
            return False
        zone = self.edition.time_zone
        expected = _("another room or time: %(room)s is closed from %(start)s to %(end)s") % {
            "room": translated(room.name),
            "start": clock(closure.during.lower, zone),
            "end": clock(closure.during.upper, zone),
        }
        self._refuse(told, "room", told.room, expected)
        return True

    def _refuse(self, told: ImportedSession, column: str, value: str, expected: str) -> None:
        self.problems.append(RowProblem(told.row, column, value, expected))
