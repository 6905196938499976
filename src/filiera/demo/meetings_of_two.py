"""Made-up meetings of two of the thirty in Torino: over lunch on both days, marked as demonstration."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Room
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.demo.tables import read
from filiera.meetings.actions.attendees import join_round
from filiera.meetings.actions.meetings import publish_meetings
from filiera.meetings.actions.outcomes import answer_question, ask_outcomes
from filiera.meetings.actions.plans import take_plan
from filiera.meetings.actions.rounds import RoundRules, add_slots, open_round, save_round, set_tables
from filiera.meetings.actions.wishes import wish_meeting
from filiera.meetings.models import (
    Attendee,
    MeetingPlan,
    MeetingRound,
    Outcome,
    OutcomeQuestion,
    PlanStatus,
    Priority,
    RoundScope,
    TableKind,
    WhoAccepts,
    WhoSchedules,
)
from filiera.meetings.permissions import WISH
from filiera.meetings.queries.people import likeness, with_profiles
from filiera.meetings.queries.problem import KINDS, Pair, PlannedMeeting, Problem, problem_of

SEED = 2023_09
ROME = ZoneInfo("Europe/Rome")
OPENED = datetime(2023, 9, 11, 9, 0, tzinfo=ROME)
FROZEN = datetime(2023, 9, 19, 18, 0, tzinfo=ROME)
PUBLISHED = datetime(2023, 9, 19, 19, 0, tzinfo=ROME)
# Over lunch, in the breaks that the programme has on both days.
LUNCHES = (datetime(2023, 9, 21, 13, 0, tzinfo=ROME), datetime(2023, 9, 22, 12, 20, tzinfo=ROME))
MINUTES, SLOTS, TABLES = 20, 3, 8
_LINKS = ("https://meet.demonstration.invalid/torino-1", "https://meet.demonstration.invalid/torino-2")
_WISHES = 3
_OUTCOMES = (Outcome.CONTACT, Outcome.CONTACT, Outcome.CONTACT, Outcome.NOTHING, Outcome.LETTER)


@transaction.atomic
def load_meetings_of_two(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """A round, who joined it, whom they want to meet, its plan and what came of it until now.

    A round that is there already stays as it is.
    """
    confirmed = Participation.objects.confirmed().filter(edition=edition, person__isnull=False)
    places = list(confirmed.select_related("person").order_by("pk"))
    if MeetingRound.objects.filter(edition=edition).exists() or not places:
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    round_ = _round(edition)
    attendees = _attendees(round_, places)
    _wishes(round_, attendees, chance)
    _plan(round_)
    publish_meetings(round_=round_, by=SYSTEM, at=PUBLISHED)
    if edition.clock_at is not None:
        ask_outcomes(by=SYSTEM, at=edition.clock_at)
        _outcomes(round_, people["participant"], edition.clock_at, chance)


def _round(edition: Edition) -> MeetingRound:
    rules = RoundRules(
        title={"en": "Meetings of two over lunch", "it": "Incontri a due durante il pranzo"},
        scope=RoundScope.EDITION,
        session=None,
        who_accepts=WhoAccepts.ORGANISER,
        who_schedules=WhoSchedules.SOLVER,
        freezes_at=FROZEN,
        answer_within_h=None,
        most_meetings=5,
    )
    round_ = save_round(
        edition=edition, round_=None, rules=rules, by=SYSTEM, at=OPENED, is_demonstration=True
    )
    for begins in LUNCHES:
        add_slots(
            round_=round_,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=MINUTES * SLOTS),
            minutes=MINUTES,
            pause_minutes=0,
            by=SYSTEM,
            at=OPENED,
        )
    hall = Room.objects.filter(edition=edition, slug="main-hall").first()
    set_tables(round_=round_, tables=TABLES, room=hall, links=_LINKS, by=SYSTEM, at=OPENED)
    return open_round(round_=round_, by=SYSTEM, at=OPENED)


def _attendees(round_: MeetingRound, places: list[Participation]) -> list[Attendee]:
    texts = read("generated_offers_and_needs")
    return [
        join_round(
            round_=round_,
            offers=texts[number % len(texts)]["offers"],
            # What the second half needs is not what stands beside their offer in the first.
            needs=texts[(number + 4 * (number // len(texts))) % len(texts)]["needs"],
            most=None,
            by=_as_wisher(round_, place.person),
            at=OPENED + timedelta(hours=number),
            is_demonstration=True,
        )
        for number, place in enumerate(places)
    ]


def _as_wisher(round_: MeetingRound, person: Person | None) -> Viewer:
    return Viewer(person=person, edition_id=round_.edition_id, permissions=frozenset({WISH}))


def _wishes(round_: MeetingRound, attendees: list[Attendee], chance: random.Random) -> None:
    """Each wants to meet those who fit best, and one by chance."""
    profiles = with_profiles(Attendee.objects.filter(round=round_))
    by_key = {attendee.pk: attendee for attendee in attendees}
    for own in profiles:
        others = [other for other in profiles if other is not own]
        best = sorted(others, key=lambda other: (-likeness(own, other)[0], other.attendee.pk))
        wanted = [*best[: _WISHES - 1], chance.choice(best[_WISHES - 1 :])]
        for priority, other in zip(reversed(Priority), wanted, strict=True):
            wisher = by_key[own.attendee.pk]
            wish_meeting(
                wisher=wisher,
                wanted=by_key[other.attendee.pk],
                priority=priority,
                why="",
                by=_as_wisher(round_, wisher.person),
                at=OPENED + timedelta(days=3),
            )


def _plan(round_: MeetingRound) -> None:
    """A plan made one by one, those worth most first: the real search is a button on the desk."""
    problem = problem_of(round_, at=FROZEN, keeps_plan=False)
    planned = _one_by_one(problem)
    plan = MeetingPlan.objects.create(
        round=round_,
        number=1,
        asked_at=FROZEN,
        finished_at=FROZEN,
        share=1,
        status=PlanStatus.TIME_LIMIT,
        value=sum(problem.worth[meeting.pair] for meeting in planned),
        bound=sum(worth for pair, worth in problem.worth.items() if problem.can_be_held(pair)),
        seconds=0,
        meetings=[meeting.as_row() for meeting in planned],
    )
    take_plan(plan=plan, by=SYSTEM, at=FROZEN + timedelta(minutes=30))


def _one_by_one(problem: Problem) -> list[PlannedMeeting]:
    taken: dict[tuple[int, TableKind], int] = defaultdict(int)
    busy: set[tuple[int, int]] = set()
    left = {attendee.pk: problem.most_of(attendee) for attendee in problem.attendees}
    planned: list[PlannedMeeting] = []
    for pair in sorted(problem.worth, key=lambda pair: (-problem.worth[pair], pair)):
        found = _first_free(problem, pair, taken, busy) if all(left[each] for each in pair) else None
        if found is not None:
            for attendee in pair:
                busy.add((attendee, found.slot))
                left[attendee] -= 1
            planned.append(found)
    return planned


def _first_free(
    problem: Problem, pair: Pair, taken: dict[tuple[int, TableKind], int], busy: set[tuple[int, int]]
) -> PlannedMeeting | None:
    for slot in problem.slots:
        if any((attendee, slot.pk) in busy for attendee in pair):
            continue
        for kind in KINDS:
            free = problem.tables[kind][taken[slot.pk, kind] :]
            if free and kind in problem.availability.shared(*pair, slot.pk):
                taken[slot.pk, kind] += 1
                return PlannedMeeting(*pair, slot.pk, free[0].pk)
    return None


def _outcomes(round_: MeetingRound, known: Person, at: datetime, chance: random.Random) -> None:
    """Most have said what came of the first meetings; the visitor's own question is still open."""
    questions = OutcomeQuestion.objects.filter(meeting__round=round_).exclude(attendee__person=known)
    for question in questions.select_related("attendee__person", "meeting__round").order_by("pk"):
        if chance.random() < 0.8:
            answer_question(
                question=question,
                answer=chance.choice(_OUTCOMES),
                comment="",
                by=_as_wisher(round_, question.attendee.person),
                at=at,
            )
