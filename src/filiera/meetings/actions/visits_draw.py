"""The draw: once, after the wishes closed, from the seed that was promised before."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

import filiera
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.meetings import policies
from filiera.meetings.models import PlaceWay, VisitPlace, VisitRound, VisitSlot
from filiera.meetings.queries.visits_draw import NOWHERE, draw_problem, drawn
from filiera.shared.errors import DomainError

from .visits_places import give_place
from .visits_telling import tell_pages, write_about_draw


class WishesStillOpen(DomainError):
    message = _("People may still change their wishes. The draw can be made once they are closed.")


class WishesNeverOpened(DomainError):
    message = _("Nobody could wish yet. Open the wishes first.")


@transaction.atomic
def ask_for_draw(*, round_: VisitRound, by: Viewer, at: datetime) -> VisitRound:
    """Have the draw made by a job; asking twice changes nothing.

    Raises PermissionDenied, WishesNeverOpened, WishesStillOpen.
    """
    round_ = _closed(round_, by, at)
    if round_.drawn_at is None and round_.draw_asked_at is None:
        round_.draw_asked_at = at
        round_.save(update_fields=["draw_asked_at"])
        draw_visits_later(round_.pk)
    return round_


@transaction.atomic
def draw_visits(*, round_: VisitRound, by: Viewer, at: datetime) -> VisitRound:
    """Give the places in the order of the tickets and reveal the seed; a round is drawn once.

    Raises PermissionDenied, WishesNeverOpened, WishesStillOpen.
    """
    round_ = _closed(round_, by, at)
    if round_.drawn_at is not None:
        return round_
    problem = draw_problem(round_)
    came = drawn(problem, round_.seed)
    people = Participation.objects.select_related(
        "organisation", "person", "edition__organiser", "ecosystem"
    ).in_bulk([wish_list.participation_id for wish_list in problem.lists])
    round_.drawn_at, round_.draw_asked_at = at, round_.draw_asked_at or at
    round_.best_profile, round_.solver_version = list(came.best_profile), filiera.__version__
    round_.save(update_fields=["drawn_at", "draw_asked_at", "best_profile", "solver_version"])
    slots = list(VisitSlot.objects.filter(round=round_).select_related("visit__host").order_by("code"))
    places: dict[int, VisitPlace] = {}
    for index, wish_list in enumerate(problem.lists):
        position = came.slot_of[index]
        wish_list.turn = came.turn_of[index]
        wish_list.drawn_slot = slots[position] if position != NOWHERE else None
        wish_list.save(update_fields=["turn", "drawn_slot"])
    for position, slot in enumerate(slots):
        slot.drawn_places, slot.full_at_turn = slot.places, came.full_at.get(position)
        slot.taken = came.slot_of.count(position)
        slot.save(update_fields=["drawn_places", "full_at_turn", "taken"])
    for index, wish_list in enumerate(problem.lists):
        position = came.slot_of[index]
        if position != NOWHERE:
            places[index] = give_place(
                slots[position],
                people[wish_list.participation_id],
                way=PlaceWay.DRAW,
                rank=problem.wishes[index].index(position) + 1,
                needs_step_free=wish_list.needs_step_free,
                by=by,
                at=at,
            )
    for index, wish_list in enumerate(problem.lists):
        person = people[wish_list.participation_id]
        write_about_draw(round_, person, places.get(index), turn=came.turn_of[index], at=at)
    tell_pages(round_)
    return round_


def draw_visits_later(round_id: int) -> None:
    draw_visits_now.defer(round_id=round_id)


@app.task(name="meetings.draw_visits")
def draw_visits_now(round_id: int) -> None:
    round_ = VisitRound.objects.filter(pk=round_id).select_related("edition").first()
    if round_ is not None:
        draw_visits(round_=round_, by=SYSTEM, at=round_.edition.clock_at or timezone.now())


def rounds_to_draw(at: datetime) -> list[int]:
    """Rounds whose wishes are closed and that nobody has drawn yet."""
    # A demonstration lives at its own moment.
    closed = Q(edition__clock_at__isnull=True, closes_at__lte=at) | Q(closes_at__lte=F("edition__clock_at"))
    waiting = VisitRound.objects.filter(closed, opened_at__isnull=False, drawn_at__isnull=True)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@app.periodic(cron="*/2 * * * *")
@app.task(name="meetings.draw_closed_rounds", queueing_lock="meetings.draw_closed_rounds")
def draw_closed_rounds_regularly(timestamp: int) -> None:
    """Nobody chooses the moment of a draw: it comes when the wishes are closed."""
    for round_id in rounds_to_draw(datetime.fromtimestamp(timestamp, tz=UTC)):
        draw_visits_now(round_id)


def _closed(round_: VisitRound, by: Viewer, at: datetime) -> VisitRound:
    found = VisitRound.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_.pk)
    if not policies.can_draw_visits(by, found.edition):
        raise PermissionDenied
    if found.opened_at is None:
        raise WishesNeverOpened
    if at < found.closes_at:
        raise WishesStillOpen
    return found
