"""Dots and places on two axes: each person's own, within limits that the database keeps."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops.method_blocks import POINTS, Block, Step
from filiera.workshops.models import Dot, MethodBoard, MethodRun, Placing
from filiera.workshops.queries.method_targets import CARD, Key, board_with_data

from .method_cards import StepNotOpen, own_place
from .method_telling import tell_board


class VotesAreShown(DomainError):
    message = _("The dots are shown: nobody moves them any more.")


class NotOnThisBoard(DomainError):
    message = _("This card is not voted on here.")


class PointUnknownHere(DomainError):
    message = _("A place on an axis is a whole number from 1 to 5.")


class DotsAreUsed(DomainError):
    def __init__(self, limit: int) -> None:
        told = ngettext(
            "Your dot is used. Take it back to put it elsewhere.",
            "Your %(limit)s dots are used. Take one back to put it elsewhere.",
            limit,
        )
        super().__init__(told % {"limit": limit})


class EnoughOnOne(DomainError):
    def __init__(self, limit: int) -> None:
        told = ngettext(
            "One dot is all that fits on one card.", "%(limit)s dots are all that fit on one card.", limit
        )
        super().__init__(told % {"limit": limit})


@transaction.atomic
def put_dot(*, board: MethodBoard, on: Key, by: Viewer, at: datetime) -> Dot:
    """Put one of one's dots on a card or a pile.

    Raises PermissionDenied, StepNotOpen, VotesAreShown, NotOnThisBoard, DotsAreUsed, EnoughOnOne.
    """
    member = own_place(board, by)
    run, step = _step_now(board, Block.VOTE)
    _check_open(run, step)
    _check_target(board, run, step, on)
    own = Dot.objects.filter(board=board, step=step.code, person=member.person_id)
    number = _free(set(own.values_list("number", flat=True)), step.limit)
    if number is None:
        raise DotsAreUsed(step.limit)
    there = _free(set(_on(own, on).values_list("number_there", flat=True)), step.on_one)
    if there is None:
        raise EnoughOnOne(step.on_one)
    dot = Dot.objects.create(
        board=board,
        step=step.code,
        person_id=member.person_id,
        number=number,
        number_there=there,
        card_id=on[1] if on[0] == CARD else None,
        pile_id=None if on[0] == CARD else on[1],
        is_silent=step.is_silent,
        put_at=at,
    )
    tell_board(board, is_hidden=run.is_hidden(step))
    return dot


@transaction.atomic
def take_dot_back(*, board: MethodBoard, on: Key, by: Viewer) -> None:
    """Take back one of one's dots; nothing where there is none.

    Raises PermissionDenied, StepNotOpen, VotesAreShown.
    """
    member = own_place(board, by)
    run, step = _step_now(board, Block.VOTE)
    _check_open(run, step)
    own = Dot.objects.filter(board=board, step=step.code, person=member.person_id)
    last = _on(own, on).order_by("-number_there").first()
    if last is not None:
        last.delete()
        tell_board(board, is_hidden=run.is_hidden(step))


@transaction.atomic
def place_on_axes(
    *, board: MethodBoard, on: Key, across: int, upwards: int, by: Viewer, at: datetime
) -> Placing:
    """Say where one sees a card or a pile; saying it again moves it.

    Raises PermissionDenied, StepNotOpen, NotOnThisBoard, PointUnknownHere.
    """
    member = own_place(board, by)
    run, step = _step_now(board, Block.PLACE)
    if across not in POINTS or upwards not in POINTS:
        raise PointUnknownHere
    _check_target(board, run, step, on)
    placing, _is_new = Placing.objects.update_or_create(
        board=board,
        step=step.code,
        person_id=member.person_id,
        card_id=on[1] if on[0] == CARD else None,
        pile_id=None if on[0] == CARD else on[1],
        defaults={
            "across": across,
            "upwards": upwards,
            "is_silent": step.is_silent,
            "placed_at": at,
        },
    )
    tell_board(board, is_hidden=run.is_hidden(step))
    return placing


def _step_now(board: MethodBoard, block: Block) -> tuple[MethodRun, Step]:
    run = MethodRun.objects.select_related("version").get(pk=board.run_id)
    if not run.is_running or run.now.block != block:
        raise StepNotOpen
    return run, run.now


def _check_open(run: MethodRun, step: Step) -> None:
    if step.is_silent and not run.is_hidden(step):
        raise VotesAreShown


def _check_target(board: MethodBoard, run: MethodRun, step: Step, on: Key) -> None:
    if on not in {target.key for target in board_with_data(run, board).targets_of(step)}:
        raise NotOnThisBoard


def _on(dots: QuerySet[Dot], on: Key) -> QuerySet[Dot]:
    return dots.filter(card=on[1]) if on[0] == CARD else dots.filter(pile=on[1])


def _free(taken: set[int], limit: int) -> int | None:
    return next((number for number in range(1, limit + 1) if number not in taken), None)
