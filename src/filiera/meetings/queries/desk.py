"""What the desk sees of its rounds: how many, who, when and where, what came of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise

from django.db.models import Count, Q

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingPlan,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingWish,
    OutcomeQuestion,
    TableKind,
    WishState,
)
from filiera.shared.time import at_zone

from .problem import Pair, pair_of
from .standing import RoundStanding

PAGE = 60


def rounds_for_desk(viewer: Viewer, edition: Edition) -> list[MeetingRound]:
    """The rounds of an edition with how many take part, wish and meet; one query."""
    rounds = MeetingRound.objects.visible_to(viewer).filter(edition=edition)
    return list(
        rounds.annotate(
            people=Count("attendees", filter=Q(attendees__left_at__isnull=True), distinct=True),
            wished=Count("wishes", filter=~Q(wishes__state=WishState.WITHDRAWN), distinct=True),
            planned=Count("meetings", filter=~Q(meetings__state=MeetingState.CANCELLED), distinct=True),
        )
        .select_related("session")
        .order_by("created_at", "pk")
    )


@dataclass(frozen=True)
class RoundFigures:
    """A round in numbers."""

    people: int
    wishes: int
    pairs: int
    accepted: int
    waiting: int
    slots: int
    tables: int
    links: int
    meetings: int
    without_meeting: int

    @property
    def places(self) -> int:
        return self.slots * (self.tables + self.links)


def figures_of(viewer: Viewer, standing: RoundStanding) -> RoundFigures:
    wishes = list(
        MeetingWish.objects.visible_to(viewer)
        .filter(round=standing.round)
        .exclude(state=WishState.WITHDRAWN)
        .values_list("wisher_id", "wanted_id", "state")
    )
    states = Counter(state for _wisher, _wanted, state in wishes)
    present = [attendee for attendee in standing.attendees.values() if attendee.left_at is None]
    kinds = Counter(table.kind for table in standing.tables)
    wishing = {attendee for wisher, wanted, _state in wishes for attendee in (wisher, wanted)}
    return RoundFigures(
        people=len(present),
        wishes=len(wishes),
        pairs=len({pair_of(wisher, wanted) for wisher, wanted, _state in wishes}),
        accepted=states[WishState.ACCEPTED],
        waiting=states[WishState.WAITING],
        slots=len(standing.slots),
        tables=kinds[TableKind.TABLE],
        links=kinds[TableKind.LINK],
        meetings=len(standing.meetings),
        without_meeting=sum(
            attendee.pk in wishing and not standing.count_of[attendee.pk] for attendee in present
        ),
    )


def latest_plan(viewer: Viewer, round_: MeetingRound) -> MeetingPlan | None:
    plan = MeetingPlan.objects.visible_to(viewer).filter(round=round_).order_by("-number").first()
    if plan is not None:
        plan.round = round_
    return plan


def has_unanswered_changes(plan: MeetingPlan, round_: MeetingRound) -> bool:
    """Whether wishes, times or tables changed since a plan was asked for."""
    return round_.changed_at > plan.asked_at and plan.taken_at is None


@dataclass(frozen=True)
class GridRow:
    """One slot with its meetings in the order of the tables; None where a table is free."""

    slot: MeetingSlot
    cells: list[Meeting | None]


@dataclass(frozen=True)
class GridDay:
    day: object
    rows: list[GridRow] = field(default_factory=list)


def grid_of(standing: RoundStanding) -> list[GridDay]:
    """Who sits where and when, day by day."""
    zone = standing.round.edition.time_zone
    at = {(meeting.slot_id, meeting.table_id): meeting for meeting in standing.meetings}
    rows = [
        GridRow(slot, [at.get((slot.pk, table.pk)) for table in standing.tables]) for slot in standing.slots
    ]
    return [
        GridDay(day, list(of_day))
        for day, of_day in groupby(rows, key=lambda row: at_zone(row.slot.starts_at, zone).date())
    ]


@dataclass(frozen=True)
class AttendeeLine:
    """Somebody in a round, in numbers."""

    attendee: Attendee
    sent: int
    received: int
    meetings: int
    gaps: int
    free_slots: int


def attendee_lines(viewer: Viewer, standing: RoundStanding, *, at: datetime) -> list[AttendeeLine]:
    """Everybody who is in, by name; two queries more than the round itself."""
    counted = MeetingWish.objects.visible_to(viewer).standing().filter(round=standing.round)
    pairs = list(counted.values_list("wisher_id", "wanted_id"))
    sent = Counter(wisher for wisher, _wanted in pairs)
    received = Counter(wanted for _wisher, wanted in pairs)
    index = {slot.pk: place for place, slot in enumerate(standing.slots)}
    seated: dict[int, list[int]] = defaultdict(list)
    for attendee, slot in standing.seats:
        seated[attendee].append(index[slot])
    future = [slot for slot in standing.slots if slot.starts_at > at]
    return [
        AttendeeLine(
            attendee,
            sent[attendee.pk],
            received[attendee.pk],
            standing.count_of[attendee.pk],
            gaps=gaps_in(seated[attendee.pk]),
            free_slots=sum(bool(standing.availability.kinds(attendee.pk, slot.pk)) for slot in future),
        )
        for attendee in standing.attendees.values()
        if attendee.left_at is None
    ]


def gaps_in(places: list[int]) -> int:
    """Stretches of waiting between the meetings of one person."""
    places = sorted(places)
    return sum(later - earlier > 1 for earlier, later in pairwise(places))


@dataclass(frozen=True)
class WishLines:
    wishes: list[MeetingWish]
    never: frozenset[Pair]
    total: int
    next_start: int | None


def wish_lines(viewer: Viewer, standing: RoundStanding, *, state: str = "", start: int = 0) -> WishLines:
    """The wishes of a round, those that no plan can hold marked."""
    wishes = MeetingWish.objects.visible_to(viewer).filter(round=standing.round)
    wishes = wishes.filter(state=state) if state else wishes.exclude(state=WishState.WITHDRAWN)
    ordered = wishes.select_related("wisher__organisation", "wanted__organisation").order_by(
        "-priority", "wisher__sort_name", "pk"
    )
    shown = list(ordered[start : start + PAGE + 1])
    total = wishes.count()
    pairs = {pair_of(wish.wisher_id, wish.wanted_id) for wish in shown}
    return WishLines(
        wishes=shown[:PAGE],
        never=frozenset(pair for pair in pairs if not standing.shared_slots(*pair)),
        total=total,
        next_start=start + PAGE if len(shown) > PAGE else None,
    )


def impossible_pairs(viewer: Viewer, standing: RoundStanding) -> list[tuple[Attendee, Attendee]]:
    """The pairs with a standing wish whom no slot can bring together."""
    rows = MeetingWish.objects.visible_to(viewer).standing().filter(round=standing.round)
    pairs = sorted({pair_of(*pair) for pair in rows.values_list("wisher_id", "wanted_id")})
    return [
        (standing.attendees[first], standing.attendees[second])
        for first, second in pairs
        if not standing.shared_slots(first, second)
    ]


@dataclass(frozen=True)
class Statistics:
    """What came of a round."""

    planned: int
    held: int
    not_held: int
    unknown: int
    meetings_per_person: dict[int, int]
    outcomes: dict[int, dict[str, int]]
    asked: dict[int, int]
    across_countries: int
    with_country: int


def statistics_of(viewer: Viewer, standing: RoundStanding, *, at: datetime) -> Statistics:
    """Counted from what is there; nothing is typed in. Three queries more than the round itself."""
    states = Counter(meeting.state for meeting in standing.meetings)
    over = [
        meeting
        for meeting in standing.meetings
        if meeting.state == MeetingState.PLANNED and meeting.slot.ends_at <= at
    ]
    present = [key for key, attendee in standing.attendees.items() if attendee.left_at is None]
    per_person = Counter(standing.count_of[key] for key in present)
    questions = OutcomeQuestion.objects.visible_to(viewer).filter(meeting__round=standing.round)
    asked: dict[int, int] = {}
    outcomes: dict[int, dict[str, int]] = {}
    for row in questions.values("after_days", "answer").annotate(count=Count("pk")).order_by("after_days"):
        asked[row["after_days"]] = asked.get(row["after_days"], 0) + row["count"]
        if row["answer"]:
            outcomes.setdefault(row["after_days"], {})[row["answer"]] = row["count"]
    countries = [
        (meeting.first.organisation.country_id, meeting.second.organisation.country_id)
        for meeting in standing.meetings
        if meeting.first.organisation and meeting.second.organisation
    ]
    known = [pair for pair in countries if all(pair)]
    return Statistics(
        planned=len(standing.meetings),
        held=states[MeetingState.HELD],
        not_held=states[MeetingState.NOT_HELD],
        unknown=len(over),
        meetings_per_person=dict(sorted(per_person.items())),
        outcomes=outcomes,
        asked=asked,
        across_countries=sum(one != other for one, other in known),
        with_country=len(known),
    )


def answers_of(viewer: Viewer, meeting: Meeting) -> list[OutcomeQuestion]:
    """What both sides have said of a meeting, in the order in which they did."""
    said = OutcomeQuestion.objects.visible_to(viewer).filter(meeting=meeting).exclude(answer="")
    return list(said.select_related("attendee").order_by("answered_at", "pk"))
