"""Methods on the projector: the step, its clock, and what all may see."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.design.codes import qr_code
from filiera.shared.http import render_page
from filiera.workshops.actions.method_telling import board_topic
from filiera.workshops.models import MethodBoard, MethodRun
from filiera.workshops.queries.method_board import board_now, boards_now
from filiera.workshops.queries.methods import boards_to_open

from .method_common import with_board, with_run


@require_safe
@with_run
def method_stage(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """The screen of the hall: with one board what stands on it, with several how far each is."""
    boards = boards_to_open(request.viewer, run)
    if len(boards) == 1:
        return _stage(request, boards[0])
    counted = boards_now(request.viewer, run, boards, for_screen=True)
    return _answer(request, run, {"counted": counted, "now": counted[0] if counted else None})


@require_safe
@with_board
def method_stage_board(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """The screen of one group."""
    return _stage(request, board)


def _stage(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    now = board_now(request.viewer, board, for_screen=True)
    return _answer(request, board.run, {"now": now, "board": board})


def _answer(request: ViewerRequest, run: MethodRun, shown: dict[str, object]) -> HttpResponse:
    board = shown.get("board")
    path = reverse("workshops:method_run", args=[run.edition.slug, run.pk])
    address = f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    topics = [run.topic, run.counts_topic]
    if isinstance(board, MethodBoard):
        topics.append(board_topic(board))
    context = {
        "edition": run.edition,
        "run": run,
        "topics": topics,
        "qr": qr_code(address),
        "address": address.split("://", 1)[-1].rstrip("/"),
        **shown,
    }
    response = render_page(request, "workshops/methods/stage.html", context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response
