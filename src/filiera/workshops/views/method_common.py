"""Who comes to a method's pages, and how they find what the address names."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.workshops.models import MethodBoard, MethodCard, MethodRun
from filiera.workshops.policies.editions import can_take_part
from filiera.workshops.policies.methods import can_lead_methods
from filiera.workshops.queries.methods import boards_to_open, runs_to_open

View = Callable[..., HttpResponse]
taking_part = for_those_who(can_take_part)
leading = for_those_who(can_lead_methods)


def with_run(view: View) -> View:
    """Give a view of the people its edition and the run that the address names."""
    return taking_part(_finding_run(view))


def with_led_run(view: View) -> View:
    """The same at the desk."""
    return leading(_finding_run(view))


def with_board(view: View) -> View:
    """Give a view the board that the address names; it has its run, and the run its edition."""

    @with_run
    @wraps(view)
    def guarded(
        request: ViewerRequest, run: MethodRun, board_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return view(request, find_board(request, run, board_id), *args, **kwargs)

    return guarded


def find_board(request: ViewerRequest, run: MethodRun, board_id: int) -> MethodBoard:
    board = next((each for each in boards_to_open(request.viewer, run) if each.pk == board_id), None)
    if board is None:
        raise Http404
    return board


def find_card(request: ViewerRequest, board: MethodBoard, card_id: int) -> MethodCard:
    visible = MethodCard.objects.visible_to(request.viewer).standing().filter(board=board)
    card: MethodCard = get_object_or_404(visible.select_related("author"), pk=card_id)
    card.board = board
    return card


def _finding_run(view: View) -> View:
    @wraps(view)
    def guarded(
        request: ViewerRequest, edition: Edition, method_run_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        run = get_object_or_404(runs_to_open(request.viewer, edition), pk=method_run_id)
        return view(request, run, *args, **kwargs)

    return guarded
