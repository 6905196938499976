"""Places at visits after the draw: given back, moved up, taken where one is free, given by the team."""

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.ledger import actions as ledger
from filiera.meetings import facts
from filiera.meetings import policies as edition_policies
from filiera.meetings.models import (
    DocumentKind,
    IdentityNeed,
    PlaceWay,
    VisitorDocument,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWish,
    VisitWishList,
)
from filiera.meetings.policies import visits as policies
from filiera.meetings.queries.visits import others_want
from filiera.meetings.queries.visits_draw import NOWHERE, refill_problem, refilled
from filiera.shared.errors import DomainError

from .visits_manifests import discard_manifest
from .visits_telling import tell_pages, write_about_move
from .visits_wishes import NoPlaceInEdition, check_conditions


class NotDrawnYet(DomainError):
    message = _("Places are given by the draw first. After it, free ones can be taken here.")


class VisitIsFull(DomainError):
    message = _("The last place has just been taken. Choose another visit.")


class VisitHasBegun(DomainError):
    message = _("This visit has begun.")


class HasPlaceAlready(DomainError):
    message = _("There is a place at another visit already. Give it back first.")


class SomebodyIsNext(DomainError):
    message = _("Others wished for this visit and are next in the order of the draw.")


class NoDocumentAsked(DomainError):
    message = _("The host of this visit does not ask for a document beforehand.")


@transaction.atomic
def give_back_visit_place(*, place: VisitPlace, by: Viewer, at: datetime) -> None:
    """Free a place; whoever is next in the order of the draw gets it, with a mail.

    Raises PermissionDenied, VisitHasBegun.
    """
    if not policies.can_give_back_for(by, place.participation):
        raise PermissionDenied
    round_ = _locked(place.round_id)
    place = _place(place.pk)
    if place.ended_at is not None:
        return
    if place.slot.during.lower <= at:
        raise VisitHasBegun
    _free(place, by=by, at=at)
    VisitWishList.objects.filter(round=round_, participation=place.participation_id).update(left_at=at)
    tell_pages(round_)
    refill_visits_later(round_.pk)


@transaction.atomic
def take_visit_place(
    *,
    slot: VisitSlot,
    participation: Participation,
    brings_identity: bool,
    wears_closed_shoes: bool,
    needs_step_free: bool,
    by: Viewer,
    at: datetime,
) -> VisitPlace:
    """Take a place that the draw left free and nobody waits for; the team gives one in the same way.

    Raises PermissionDenied, NoPlaceInEdition, NotDrawnYet, VisitHasBegun, HasPlaceAlready, SomebodyIsNext,
    ConditionNotAccepted, VisitIsFull.
    """
    is_desk = edition_policies.can_draw_visits(by, participation.edition)
    if not (is_desk or policies.can_wish_as(by, participation)):
        raise PermissionDenied
    round_ = VisitRound.objects.select_for_update(of=("self",), no_key=True).get(pk=slot.round_id)
    slot = VisitSlot.objects.select_related("visit__host", "round__edition__organiser").get(pk=slot.pk)
    # Two tabs of one person, or a place that is being cancelled, wait for each other here.
    participation = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "person", "edition__organiser", "ecosystem")
        .get(pk=participation.pk)
    )
    if participation.state != ParticipationState.CONFIRMED or participation.edition_id != round_.edition_id:
        raise NoPlaceInEdition
    if round_.drawn_at is None:
        raise NotDrawnYet
    if slot.during.lower <= at:
        raise VisitHasBegun
    standing = VisitPlace.objects.standing().filter(round=round_, participation=participation)
    if standing.exists():
        raise HasPlaceAlready
    if not is_desk and others_want(slot, participation):
        raise SomebodyIsNext
    check_conditions(slot, brings_identity, wears_closed_shoes, needs_step_free)
    if not take_one(slot.pk):
        raise VisitIsFull
    way = PlaceWay.TAKEN if policies.can_wish_as(by, participation) else PlaceWay.DESK
    wished = VisitWish.objects.filter(wish_list__participation=participation, slot=slot).first()
    place = give_place(
        slot,
        participation,
        way=way,
        rank=wished.rank if wished is not None else None,
        needs_step_free=needs_step_free,
        by=by,
        at=at,
    )
    discard_manifest(slot)
    tell_pages(round_)
    return place


def take_one(slot_id: int) -> bool:
    """The guard: one statement takes a place where one is left, whoever else asks at the same moment."""
    left = VisitSlot.objects.filter(pk=slot_id, taken__lt=F("places"))
    return bool(left.update(taken=F("taken") + 1))


def give_place(
    slot: VisitSlot,
    participation: Participation,
    *,
    way: str,
    rank: int | None,
    needs_step_free: bool,
    by: Viewer,
    at: datetime,
) -> VisitPlace:
    """Write the place and its fact; the counter was raised by the caller, who asked the policy too."""
    place = VisitPlace.objects.create(
        slot=slot,
        round_id=slot.round_id,
        participation=participation,
        way=way,
        rank=rank,
        needs_step_free=needs_step_free,
        given_at=at,
    )
    ledger.record(
        facts.VISIT_PLACE.code,
        subject=place,
        by=by,
        at=at,
        organisation=participation.organisation,
        counterpart=slot.visit.host or participation.edition.organiser,
        person=participation.person,
        ecosystem=participation.ecosystem,
    )
    return place


@transaction.atomic
def tell_document(*, place: VisitPlace, kind: str, number: str, by: Viewer, at: datetime) -> VisitorDocument:
    """Give the host's gate what it asks for; only who comes says it, and it is deleted after the visit.

    Raises PermissionDenied, NoDocumentAsked, VisitHasBegun.
    """
    if not policies.can_wish_as(by, place.participation):
        raise PermissionDenied
    place = _place(place.pk)
    if place.ended_at is not None or place.slot.visit.identity != IdentityNeed.TOLD:
        raise NoDocumentAsked
    if place.slot.during.lower <= at:
        raise VisitHasBegun
    told, _is_new = VisitorDocument.objects.update_or_create(
        place=place, defaults={"kind": DocumentKind(kind), "number": number, "given_at": at}
    )
    discard_manifest(place.slot)
    return told


@transaction.atomic
def refill_visits(*, round_: VisitRound, by: Viewer, at: datetime) -> list[VisitPlace]:
    """Give what is free to those next in the order of the draw, and what they leave behind to others.

    Nobody loses a place, and nobody is moved away from one that they chose themselves.
    Raises PermissionDenied.
    """
    if not edition_policies.can_draw_visits(by, round_.edition):
        raise PermissionDenied
    round_ = _locked(round_.pk)
    if round_.drawn_at is None:
        return []
    problem = refill_problem(round_, at=at)
    if not problem.lists:
        return []
    slot_of = refilled(problem, round_.seed)
    moving = [
        (problem.lists[index], problem.slots[after], problem.wishes[index].index(after) + 1)
        for index, after in enumerate(slot_of)
        if after not in (NOWHERE, problem.placed[index])
    ]
    # All leave before anybody arrives: the counter of a slot is never over its places, not even in between.
    left = VisitPlace.objects.standing().filter(
        round=round_, participation__in=[wish_list.participation_id for wish_list, _slot, _rank in moving]
    )
    for place in left.select_related("slot__visit", "participation__edition"):
        _free(place, by=by, at=at)
    moved = [_move_up(wish_list, slot, rank, by=by, at=at) for wish_list, slot, rank in moving]
    for place in moved:
        write_about_move(place, at=at)
    if moved:
        tell_pages(round_)
    return moved


@transaction.atomic
def release_visit_places(*, participation: Participation, at: datetime) -> None:
    """Free what somebody holds whose place in the edition ended.

    Runs inside the action that ends it and has asked its own policy.
    """
    rounds = set(VisitWishList.objects.filter(participation=participation).values_list("round_id", flat=True))
    held = VisitPlace.objects.standing().filter(participation=participation)
    rounds.update(held.values_list("round_id", flat=True))
    for round_id in sorted(rounds):
        round_ = _locked(round_id)
        for place in held.filter(round=round_).select_related("slot__visit", "participation__edition"):
            if place.slot.during.lower > at:
                _free(place, by=SYSTEM, at=at)
        VisitWishList.objects.filter(round=round_, participation=participation).update(left_at=at)
        tell_pages(round_)
        refill_visits_later(round_.pk)


def refill_visits_later(round_id: int) -> None:
    refill_visits_now.defer(round_id=round_id)


@app.task(name="meetings.refill_visits")
def refill_visits_now(round_id: int) -> None:
    """Runs again without harm: what is given is not free any more."""
    round_ = VisitRound.objects.filter(pk=round_id).select_related("edition").first()
    if round_ is not None:
        refill_visits(round_=round_, by=SYSTEM, at=round_.edition.clock_at or timezone.now())


def wrong_visit_counters() -> dict[int, tuple[int, int]]:
    """Slots whose counter differs from their rows: counted, and what is there."""
    standing = Count("visit_places", filter=Q(visit_places__ended_at__isnull=True))
    counted = VisitSlot.objects.annotate(rows=standing).exclude(rows=F("taken"))
    return {key: (counter, rows) for key, counter, rows in counted.values_list("pk", "taken", "rows")}


class VisitCountersDiffer(Exception):
    """A counter of places does not say what its rows say; the code is wrong."""


@app.periodic(cron="47 2 * * *")
@app.task(name="meetings.check_visit_counters", queueing_lock="meetings.check_visit_counters")
def check_visit_counters_nightly(timestamp: int) -> None:
    """Fail, so that operators hear of it, where a counter and its rows differ."""
    wrong = wrong_visit_counters()
    if wrong:
        told = ", ".join(f"{key}: {counter} for {rows}" for key, (counter, rows) in sorted(wrong.items()))
        raise VisitCountersDiffer(f"{datetime.fromtimestamp(timestamp, tz=UTC):%Y-%m-%d}: {told}")


def _move_up(wish_list: VisitWishList, slot: VisitSlot, rank: int, *, by: Viewer, at: datetime) -> VisitPlace:
    participations = Participation.objects.select_related(
        "organisation", "person", "edition__organiser", "ecosystem"
    )
    if not take_one(slot.pk):
        raise VisitIsFull
    discard_manifest(slot)
    return give_place(
        slot,
        participations.get(visit_wish_lists=wish_list),
        way=PlaceWay.REFILL,
        rank=rank,
        needs_step_free=wish_list.needs_step_free,
        by=by,
        at=at,
    )


def _free(place: VisitPlace, *, by: Viewer, at: datetime) -> None:
    """End a place, with its fact and what the host was told of it."""
    place.ended_at, place.needs_step_free = at, False
    place.save(update_fields=["ended_at", "needs_step_free"])
    VisitSlot.objects.filter(pk=place.slot_id).update(taken=F("taken") - 1)
    VisitorDocument.objects.filter(place=place).delete()
    discard_manifest(place.slot)
    ledger.reverse_standing(place, facts.VISIT_PLACE.code, by=by, at=at)


def _locked(round_id: int) -> VisitRound:
    return VisitRound.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_id)


def _place(place_id: int) -> VisitPlace:
    return VisitPlace.objects.select_related("slot__visit", "round", "participation__edition").get(
        pk=place_id
    )
