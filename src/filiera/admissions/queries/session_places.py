"""Places in sessions, as participants and the desk see them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery

from filiera.academy.models import Edition, PublishedSession, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Participation,
    ParticipationState,
    SessionPlace,
    SessionPlaceState,
    SessionSignUp,
)
from filiera.texts.languages import translated


@dataclass(frozen=True)
class OwnSessionPlace:
    """A published session with sign-up, and where a participant stands in it."""

    sign_up: SessionSignUp
    session_id: int
    slug: str
    title: str
    starts_at: datetime | None
    zone: str
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool
    # "taken", "waiting" or empty.
    state: str
    # How many of those who wait are before them, and they.
    turn: int

    @property
    def left(self) -> int:
        return self.sign_up.capacity - self.sign_up.taken


def own_session_places(participation: Participation, *, at: datetime) -> list[OwnSessionPlace]:
    """Published sessions of the edition that need sign-up, by time, in three queries."""
    published = PublishedSession.objects.filter(
        version=participation.edition.current_version_id, session__sign_up__isnull=False
    ).select_related("session__sign_up")
    rows = list(published.defer("rows", "bodies", "words").order_by("starts_at", "position"))
    own = {place.sign_up_id: place for place in SessionPlace.objects.filter(participation=participation)}
    turns = _turns(own)
    return [
        _own(row, own.get(sign_up.pk), turns.get(sign_up.pk, 0), sign_up, at)
        for row in rows
        for sign_up in [row.session.sign_up if row.session is not None else None]
        if sign_up is not None and not row.data["is_cancelled"]
    ]


def _turns(own: dict[int, SessionPlace]) -> dict[int, int]:
    waiting = [place for place in own.values() if place.state == SessionPlaceState.WAITING]
    if not waiting:
        return {}
    before = Q(pk__in=[])
    for place in waiting:
        before |= Q(sign_up=place.sign_up_id, number__lte=place.number)
    found = SessionPlace.objects.waiting().filter(before).order_by().values("sign_up")
    return {row["sign_up"]: row["people"] for row in found.annotate(people=Count("pk"))}


def _own(
    row: PublishedSession, place: SessionPlace | None, turn: int, sign_up: SessionSignUp, at: datetime
) -> OwnSessionPlace:
    closes_at = sign_up.closes_at or row.starts_at
    is_open = (sign_up.opens_at is None or at >= sign_up.opens_at) and (closes_at is None or at < closes_at)
    return OwnSessionPlace(
        sign_up=sign_up,
        session_id=sign_up.session_id,
        slug=row.slug,
        title=translated(row.data["title"]),
        starts_at=row.starts_at,
        zone=row.data["zone"],
        opens_at=sign_up.opens_at,
        closes_at=closes_at,
        is_open=is_open,
        state=place.state if place is not None else "",
        turn=turn,
    )


@dataclass(frozen=True)
class SignUpLine:
    """A session with sign-up on the desk: how many have a place, how many wait."""

    session: Session
    sign_up: SessionSignUp
    waiting: int


def sign_up_lines(edition: Edition) -> list[SignUpLine]:
    """All sessions of the draft that need sign-up, by time."""
    sessions = Session.objects.filter(edition=edition, sign_up__isnull=False).select_related(
        "sign_up", "room", "part"
    )
    waiting = Count("sign_up__places", filter=Q(sign_up__places__state=SessionPlaceState.WAITING))
    found = sessions.annotate(people_waiting=waiting).order_by("during", "pk")
    return [SignUpLine(session, session.sign_up, session.people_waiting) for session in found]


def sessions_without_sign_up(edition: Edition) -> list[Session]:
    found = Session.objects.filter(edition=edition, sign_up__isnull=True, during__isnull=False)
    return list(found.select_related("part").order_by("during", "pk"))


def places_of(sign_up: SessionSignUp) -> dict[str, list[SessionPlace]]:
    """Who has a place, and who waits in which order."""
    listed: dict[str, list[SessionPlace]] = defaultdict(list)
    places = SessionPlace.objects.filter(sign_up=sign_up).select_related("participation__organisation")
    for place in places.order_by("number"):
        listed[place.state].append(place)
    return listed


@dataclass(frozen=True)
class OfferedSession:
    """What the page of a session says of its places to a participant."""

    edition_slug: str
    left: int
    capacity: int
    state: str


def offered_session(viewer: Viewer, session_id: int) -> OfferedSession | None:
    """For a confirmed participant of the edition whose session needs sign-up; one query."""
    own = SessionPlace.objects.filter(sign_up=OuterRef("pk"), participation__person=viewer.person_id).values(
        "state"
    )
    found = (
        SessionSignUp.objects.filter(
            session=session_id,
            session__edition__participations__person=viewer.person_id,
            session__edition__participations__state=ParticipationState.CONFIRMED,
        )
        .annotate(own_state=Subquery(own[:1]))
        .values_list("session__edition__slug", "capacity", "taken", "own_state")
        .first()
    )
    if found is None:
        return None
    slug, capacity, taken, state = found
    return OfferedSession(edition_slug=slug, left=capacity - taken, capacity=capacity, state=state or "")
