"""Visits as their pages show them: one's own, the published draw, the desk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import Count, Exists, Q

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.meetings.models import (
    IdentityNeed,
    PlaceWay,
    Visit,
    VisitorDocument,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWish,
    VisitWishList,
)
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

from .visits_draw import profile_of
from .visits_reasons import Reason, reason_of, sentence_of

METHOD = "random serial dictatorship"


def slots_of(round_: VisitRound) -> list[VisitSlot]:
    """The slots of a round with what their laboratories ask, by letter."""
    slots = VisitSlot.objects.filter(round=round_).select_related("visit__host", "visit__session")
    return sorted(slots, key=lambda slot: (len(slot.code), slot.code))


@dataclass(frozen=True, slots=True)
class OwnVisits:
    """A round as one participant sees it."""

    round: VisitRound
    slots: list[VisitSlot]
    wish_list: VisitWishList | None
    # Slot by rank, the best first.
    wishes: list[VisitSlot]
    place: VisitPlace | None
    document: VisitorDocument | None
    reason: str
    wish_lists: int
    takes_wishes: bool
    # Slots with a free place that have not begun, where the draw is over and one has none.
    free: list[VisitSlot]

    @property
    def waits_for_document(self) -> bool:
        return (
            self.place is not None
            and self.document is None
            and self.place.slot.visit.identity == IdentityNeed.TOLD
        )

    @property
    def unwished(self) -> list[VisitSlot]:
        wished = {slot.pk for slot in self.wishes}
        return [slot for slot in self.slots if slot.pk not in wished]

    @property
    def asks_identity(self) -> bool:
        return any(slot.visit.needs_identity for slot in self.slots)

    @property
    def asks_closed_shoes(self) -> bool:
        return any(slot.visit.needs_closed_shoes for slot in self.slots)

    @property
    def has_steps(self) -> bool:
        return any(not slot.visit.is_step_free for slot in self.slots)


def own_visits(
    viewer: Viewer, edition: Edition, participation: Participation | None, *, at: datetime
) -> list[OwnVisits]:
    """All opened rounds of an edition with what somebody wished and has, in six queries."""
    rounds = list(
        VisitRound.objects.visible_to(viewer)
        .filter(edition=edition, opened_at__isnull=False)
        .annotate(list_count=Count("wish_lists"))
        .order_by("created_at", "pk")
    )
    slots: dict[int, list[VisitSlot]] = defaultdict(list)
    found = VisitSlot.objects.filter(round__in=rounds).select_related("visit__host", "visit__session")
    for slot in sorted(found, key=lambda slot: (len(slot.code), slot.code)):
        slots[slot.round_id].append(slot)
    by_key = {slot.pk: slot for several in slots.values() for slot in several}
    lists, places, wishes = _own_rows(viewer, rounds, participation)
    documents = {
        told.place_id: told for told in VisitorDocument.objects.filter(place__in=list(places.values()))
    }
    return [
        _own(
            round_,
            slots[round_.pk],
            by_key,
            lists.get(round_.pk),
            wishes,
            places.get(round_.pk),
            documents,
            at=at,
        )
        for round_ in rounds
    ]


def _own_rows(
    viewer: Viewer, rounds: Sequence[VisitRound], participation: Participation | None
) -> tuple[dict[int, VisitWishList], dict[int, VisitPlace], dict[int, list[int]]]:
    if participation is None:
        return {}, {}, {}
    own = {"round__in": rounds, "participation": participation}
    lists = {row.round_id: row for row in VisitWishList.objects.visible_to(viewer).filter(**own)}
    standing = VisitPlace.objects.visible_to(viewer).standing().filter(**own)
    places = {
        place.round_id: place
        for place in standing.select_related("slot__visit__host", "slot__visit__session__room", "round")
    }
    wishes: dict[int, list[int]] = defaultdict(list)
    ranked = VisitWish.objects.filter(wish_list__in=[row.pk for row in lists.values()])
    for wish in ranked.order_by("wish_list", "rank"):
        wishes[wish.wish_list_id].append(wish.slot_id)
    return lists, places, wishes


def _own(
    round_: VisitRound,
    slots: list[VisitSlot],
    by_key: Mapping[int, VisitSlot],
    wish_list: VisitWishList | None,
    wishes: Mapping[int, list[int]],
    place: VisitPlace | None,
    documents: Mapping[int, VisitorDocument],
    *,
    at: datetime,
) -> OwnVisits:
    ranked = wishes.get(wish_list.pk, []) if wish_list is not None else []
    is_drawn = round_.drawn_at is not None
    reason = ""
    if is_drawn and (place is not None or (wish_list is not None and wish_list.left_at is None)):
        reason = sentence_of(reason_of(wish_list, ranked, place, by_key), is_own=True)
    return OwnVisits(
        round=round_,
        slots=slots,
        wish_list=wish_list,
        wishes=[by_key[key] for key in ranked],
        place=place,
        document=documents.get(place.pk) if place is not None else None,
        reason=reason,
        wish_lists=getattr(round_, "list_count", 0),
        takes_wishes=round_.takes_wishes(at),
        free=[slot for slot in slots if slot.free > 0 and slot.during.lower > at]
        if is_drawn and place is None
        else [],
    )


def others_want(slot: VisitSlot, participation: Participation) -> bool:
    """Whether somebody else would move up to this slot by the draw, so that nobody takes it before them."""
    wishes = VisitWish.objects.filter(
        slot=slot,
        wish_list__turn__isnull=False,
        wish_list__left_at__isnull=True,
        wish_list__participation__state=ParticipationState.CONFIRMED,
    ).exclude(wish_list__participation=participation)
    wanting = dict(wishes.values_list("wish_list__participation", "rank"))
    held = VisitPlace.objects.standing().filter(round=slot.round_id, participation__in=list(wanting))
    settled = {
        place.participation_id
        for place in held
        if place.way not in (PlaceWay.DRAW, PlaceWay.REFILL)
        or (place.rank is not None and place.rank <= wanting[place.participation_id])
    }
    return bool(set(wanting) - settled)


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A list of the published draw: a code, never a name."""

    turn: int
    code: str
    ticket: str
    wishes: list[str]
    got: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class PublishedDraw:
    """All that anybody needs to draw again."""

    round: VisitRound
    slots: list[VisitSlot]
    lines: list[DrawLine]
    profile: list[int]
    best_profile: list[int]
    # How often the first wishes could be met at most, and were.
    without: int

    @property
    def ranks(self) -> list[tuple[int, int, int]]:
        """Rank, how many got it, how many in a plan that counts nothing but ranks."""
        best = [*self.best_profile, *[0] * (len(self.profile) - len(self.best_profile))]
        return [(rank, self.profile[rank - 1], best[rank - 1]) for rank in range(1, len(self.profile) + 1)]

    @property
    def best_without(self) -> int:
        return len(self.lines) - sum(self.best_profile)


def published_draw(round_: VisitRound) -> PublishedDraw:
    """The draw as it was made; what was given back and moved up since changes nothing here."""
    slots = slots_of(round_)
    letters = {slot.pk: slot.code for slot in slots}
    lists = list(VisitWishList.objects.filter(round=round_, turn__isnull=False).order_by("turn"))
    wishes: dict[int, list[str]] = defaultdict(list)
    for wish in VisitWish.objects.filter(wish_list__in=lists).order_by("wish_list", "rank"):
        wishes[wish.wish_list_id].append(letters[wish.slot_id])
    lines = [_line(round_, row, wishes[row.pk], letters.get(row.drawn_slot_id or 0, "")) for row in lists]
    length = max((len(line.wishes) for line in lines), default=0)
    profile = profile_of([line.rank for line in lines], max(length, len(round_.best_profile)))
    return PublishedDraw(
        round=round_,
        slots=slots,
        lines=lines,
        profile=profile,
        best_profile=list(round_.best_profile),
        without=len(lines) - sum(profile),
    )


def _line(round_: VisitRound, row: VisitWishList, wishes: list[str], got: str) -> DrawLine:
    return DrawLine(
        turn=row.turn or 0,
        code=row.code,
        ticket=sha256(f"{round_.revealed_seed}:{row.code}".encode()).hexdigest(),
        wishes=wishes,
        got=got,
        rank=wishes.index(got) + 1 if got else None,
    )


def draw_as_data(draw: PublishedDraw) -> dict[str, Any]:
    """The draw for programs: what goes in, what came out, how to check it."""
    round_ = draw.round
    return {
        "method": METHOD,
        "seed": round_.revealed_seed,
        "seed_sha256": round_.seed_digest,
        "ticket": "sha256(seed + ':' + code) in hex; the smallest is first",
        "wishes_opened_at": round_.opened_at.isoformat() if round_.opened_at else None,
        "wishes_closed_at": round_.closes_at.isoformat(),
        "drawn_at": round_.drawn_at.isoformat() if round_.drawn_at else None,
        "places": {slot.code: slot.drawn_places for slot in draw.slots},
        "visits": {slot.code: translated(slot.visit.title) for slot in draw.slots},
        "wishes": {line.code: line.wishes for line in sorted(draw.lines, key=lambda line: line.code)},
        "allocation": {line.code: line.got or None for line in draw.lines},
        "profile": draw.profile,
        "best_profile": draw.best_profile,
    }


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in the desk's list."""

    round: VisitRound
    visits: int
    places: int
    taken: int
    wish_lists: int


def desk_rounds(viewer: Viewer, edition: Edition) -> list[RoundLine]:
    """The rounds of an edition with their counts, in two queries."""
    rounds = VisitRound.objects.visible_to(viewer).filter(edition=edition)
    counted = rounds.annotate(
        visit_count=Count("visits", distinct=True), list_count=Count("wish_lists", distinct=True)
    )
    places: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for slot in VisitSlot.objects.filter(round__in=rounds):
        places[slot.round_id][0] += slot.places
        places[slot.round_id][1] += slot.taken
    return [
        RoundLine(
            round=round_,
            visits=round_.visit_count,  # type: ignore[attr-defined]
            places=places[round_.pk][0],
            taken=places[round_.pk][1],
            wish_lists=round_.list_count,  # type: ignore[attr-defined]
        )
        for round_ in counted.order_by("created_at", "pk")
    ]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody at the desk: their turn, place and why."""

    participation: Participation
    turn: int | None
    place: VisitPlace | None
    slot: VisitSlot | None
    reason: Reason
    words: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class DeskRound:
    """A round at the desk: its visits with their slots, and after the draw its people."""

    round: VisitRound
    visits: list[tuple[Visit, list[VisitSlot]]]
    wish_lists: int
    confirmed: int
    first_wishes: dict[int, int]
    people: list[PersonLine]

    @property
    def places(self) -> int:
        return sum(slot.places for _visit, slots in self.visits for slot in slots)

    @property
    def taken(self) -> int:
        return sum(slot.taken for _visit, slots in self.visits for slot in slots)

    @property
    def strayed(self) -> list[VisitSlot]:
        """Slots that lie outside of their session, because it was moved in the programme."""
        return [
            slot
            for visit, slots in self.visits
            for slot in slots
            if visit.session is not None
            and visit.session.during is not None
            and not (
                visit.session.during.lower <= slot.during.lower
                and slot.during.upper <= visit.session.during.upper
            )
        ]

    @property
    def strayed_letters(self) -> str:
        return ", ".join(slot.code for slot in self.strayed)


def desk_round(round_: VisitRound) -> DeskRound:
    """The number of statements does not depend on how many wish."""
    slots = slots_of(round_)
    by_visit: dict[int, list[VisitSlot]] = defaultdict(list)
    for slot in slots:
        by_visit[slot.visit_id].append(slot)
    visits = round_.visits.select_related("host", "session").order_by("position")
    ranked = VisitWish.objects.filter(wish_list__round=round_).order_by("wish_list", "rank")
    wishes: dict[int, list[int]] = defaultdict(list)
    firsts: dict[int, int] = defaultdict(int)
    for wish in ranked:
        wishes[wish.wish_list_id].append(wish.slot_id)
        firsts[wish.slot_id] += wish.rank == 1
    lists = list(
        VisitWishList.objects.filter(round=round_, participation__isnull=False).select_related(
            "participation__organisation"
        )
    )
    return DeskRound(
        round=round_,
        visits=[(visit, by_visit[visit.pk]) for visit in visits],
        wish_lists=len(lists),
        confirmed=Participation.objects.confirmed().filter(edition=round_.edition_id).count(),
        first_wishes=dict(firsts),
        people=_people(round_, lists, wishes, slots) if round_.drawn_at is not None else [],
    )


def _people(
    round_: VisitRound,
    lists: Sequence[VisitWishList],
    wishes: Mapping[int, list[int]],
    slots: Sequence[VisitSlot],
) -> list[PersonLine]:
    by_key = {slot.pk: slot for slot in slots}
    standing = (
        VisitPlace.objects.standing().filter(round=round_).select_related("participation__organisation")
    )
    places = {place.participation_id: place for place in standing}
    own_list = {row.participation.pk: row for row in lists if row.participation is not None}
    people = {key: row.participation for key, row in own_list.items() if row.participation is not None}
    people.update((place.participation_id, place.participation) for place in places.values())
    lines = []
    for key, participation in people.items():
        row, place = own_list.get(key), places.get(key)
        reason = reason_of(row, wishes.get(row.pk, []) if row is not None else [], place, by_key)
        lines.append(
            PersonLine(
                participation=participation,
                turn=row.turn if row is not None else None,
                place=place,
                slot=by_key[place.slot_id] if place is not None else None,
                reason=reason,
                words=sentence_of(reason, is_own=False),
                has_left=row is not None and row.left_at is not None and place is None,
            )
        )
    return sorted(lines, key=lambda line: (sort_key(line.participation.name), line.participation.pk))


def without_place(round_: VisitRound) -> Any:
    """Confirmed participants without a place in a round, by name."""
    held = VisitPlace.objects.standing().filter(round=round_).values("participation")
    people = Participation.objects.confirmed().filter(Q(edition=round_.edition_id))
    return people.exclude(pk__in=held).order_by("sort_name", "pk")


@dataclass(frozen=True, slots=True)
class OfferedVisits:
    """What the page of a session says of its visits to the people of the edition."""

    edition_slug: str
    takes_wishes: bool
    is_drawn: bool
    has_place: bool


def offered_visits(viewer: Viewer, session_id: int, *, at: datetime) -> OfferedVisits | None:
    """The opened round of the visits in a session, and where the viewer stands; one query."""
    own = VisitPlace.objects.standing().filter(
        slot__visit__session=session_id, participation__person=viewer.person_id
    )
    rounds = VisitRound.objects.visible_to(viewer).filter(
        visits__session=session_id, opened_at__isnull=False, edition=viewer.edition_id
    )
    found = (
        rounds.annotate(has_place=Exists(own)).select_related("edition").order_by("-created_at", "pk").first()
    )
    if found is None:
        return None
    return OfferedVisits(
        edition_slug=found.edition.slug,
        takes_wishes=found.takes_wishes(at),
        is_drawn=found.drawn_at is not None,
        has_place=found.has_place,  # type: ignore[attr-defined]
    )
