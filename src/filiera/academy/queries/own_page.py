"""My academy: what is on for one person, where they have to be, and what is theirs besides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.academy.day_parts import OwnKind, OwnPart, own_parts_of
from filiera.academy.models import Edition, EditionMember, PublishedSession, Session
from filiera.academy.permissions import VIEW_ONLINE_LINK, permissions_of
from filiera.academy.queries.published import Item, Programme
from filiera.academy.snapshot import SessionData
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

LINK_OPENS_BEFORE = timedelta(minutes=15)
HEADINGS: dict[OwnKind, str | Promise] = {
    OwnKind.GROUP: _("My groups"),
    OwnKind.VISIT: _("My visit"),
    OwnKind.TABLE: _("My table"),
    OwnKind.MEETING: _("My meetings"),
    OwnKind.TASK: _("To do"),
    OwnKind.WISH: _("Whom I wanted to meet"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of somebody's day: a session, or what a room keeps for them."""

    key: str
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str = ""
    online_url: str = ""
    details: tuple[str, ...] = ()
    address: str = ""
    is_starred: bool = False
    is_cancelled: bool = False

    @property
    def day(self) -> date:
        return at_zone(self.starts_at, self.zone).date()


@dataclass(frozen=True)
class OwnDay:
    """One date of somebody's own programme."""

    date: date
    entries: list[Entry]
    is_today: bool
    is_over: bool


@dataclass(frozen=True)
class OwnPage:
    """Everything of one person in one edition at one moment."""

    moment: datetime
    zone: str
    entries: Sequence[Entry]
    parts: Sequence[OwnPart]

    @cached_property
    def now(self) -> list[Entry]:
        return [
            each
            for each in self.entries
            if not each.is_cancelled and each.starts_at <= self.moment < each.ends_at
        ]

    @cached_property
    def next(self) -> list[Entry]:
        """What begins first after this moment, all of it that begins together."""
        coming = [each for each in self.entries if not each.is_cancelled and each.starts_at > self.moment]
        return [each for each in coming if each.starts_at == coming[0].starts_at]

    @cached_property
    def turns_at(self) -> datetime | None:
        """When another thing is now or next."""
        turns = [moment for each in self.entries for moment in (each.starts_at, each.ends_at)]
        return min((moment for moment in turns if moment > self.moment), default=None)

    @cached_property
    def days(self) -> list[OwnDay]:
        today = at_zone(self.moment, self.zone).date()
        by_date: dict[date, list[Entry]] = {}
        for entry in self.entries:
            by_date.setdefault(entry.day, []).append(entry)
        return [OwnDay(day, found, day == today, day < today) for day, found in by_date.items()]

    @cached_property
    def sections(self) -> list[tuple[str | Promise, list[OwnPart]]]:
        """What is theirs, by heading: visit, table and group also where they stand in the day."""
        found = []
        for kind, heading in HEADINGS.items():
            of_kind = [part for part in self.parts if part.kind == kind and not self._is_past(part)]
            if of_kind:
                found.append((heading, of_kind))
        return found

    def _is_past(self, part: OwnPart) -> bool:
        return part.ends_at is not None and part.ends_at <= self.moment


def own_page(
    viewer: Viewer,
    edition: Edition,
    programme: Programme | None,
    stars: frozenset[int],
    moment: datetime,
) -> OwnPage:
    """What somebody starred or shares with everybody, with what the rooms keep for them, by time."""
    parts = own_parts_of(viewer, edition, moment) if viewer.edition_roles else []
    items = _own_items(programme, stars) if programme else []
    data = _session_data(programme, items) if programme else {}
    links = _online_links(viewer, items, moment)
    entries = [_of_session(item, data[item.id], edition, stars, links) for item in items if item.id in data]
    entries += [
        _of_part(part, edition) for part in parts if part.starts_at is not None and part.ends_at is not None
    ]
    entries.sort(key=lambda entry: (entry.starts_at, entry.kind == "session", entry.ends_at, entry.key))
    return OwnPage(moment, edition.time_zone, entries, parts)


def viewer_of(person: Person, edition: Edition) -> Viewer:
    """The person in their own edition, where nobody is signed in: a calendar asks by its secret address."""
    roles = frozenset(
        EditionMember.objects.current().filter(person=person, edition=edition).values_list("role", flat=True)
    )
    return Viewer(
        person=person,
        edition_id=edition.pk if roles else None,
        edition_roles=roles,
        permissions=permissions_of(roles),
    )


def _own_items(programme: Programme, stars: frozenset[int]) -> list[Item]:
    """The starred ones, and those beside which nothing else is: these are for everybody."""
    standing = [item for item in programme.items if not item.is_cancelled]
    return [item for item in programme.items if item.id in stars or _is_alone(item, standing)]


def _is_alone(item: Item, standing: Iterable[Item]) -> bool:
    return not item.is_cancelled and not any(
        other.id != item.id and other.start < item.end and item.start < other.end for other in standing
    )


def _session_data(programme: Programme, items: Iterable[Item]) -> Mapping[int, SessionData]:
    rows = PublishedSession.objects.filter(
        version_id=programme.version_id, session_id__in=[item.id for item in items]
    )
    return {data["id"]: data for data in rows.values_list("data", flat=True)}


def _online_links(viewer: Viewer, items: Iterable[Item], moment: datetime) -> dict[int, str]:
    """The links to take part that are open now, for members of the edition."""
    open_now = [item.id for item in items if item.start - LINK_OPENS_BEFORE <= moment < item.end]
    if not open_now or not viewer.may(VIEW_ONLINE_LINK):
        return {}
    rows = Session.objects.filter(pk__in=open_now).values_list("pk", "online_url", "part__online_url")
    return {key: own or of_part for key, own, of_part in rows if own or of_part}


def _of_session(
    item: Item, data: SessionData, edition: Edition, stars: frozenset[int], links: Mapping[int, str]
) -> Entry:
    return Entry(
        key=f"session-{item.id}",
        kind="session",
        title=translated(data["title"]),
        starts_at=item.start,
        ends_at=item.end,
        zone=item.zone,
        place=translated(data["room"]["name"]) if data["room"] else "",
        online_url=links.get(item.id, ""),
        address=reverse("academy:session", args=[edition.slug, item.slug]),
        is_starred=item.id in stars,
        is_cancelled=item.is_cancelled,
    )


def _of_part(part: OwnPart, edition: Edition) -> Entry:
    assert part.starts_at is not None
    assert part.ends_at is not None
    return Entry(
        key=part.key,
        kind=part.kind,
        title=part.title,
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        zone=part.time_zone or edition.time_zone,
        place=part.place,
        online_url=part.online_url,
        details=part.details,
        address=part.address,
    )
