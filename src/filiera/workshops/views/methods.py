"""Methods as the people of an edition have them: what goes on, their board, what came out."""

import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import edition_page
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.http import wants_fragment
from filiera.workshops.actions import method_cards, method_votes
from filiera.workshops.actions.method_telling import board_topic, edition_topic
from filiera.workshops.forms.methods import CardForm, PileForm, PlacingForm
from filiera.workshops.models import CardPile, MethodBoard, MethodRun
from filiera.workshops.policies.methods import can_lead_methods
from filiera.workshops.queries.method_board import board_now
from filiera.workshops.queries.method_targets import CARD, PILE, Key
from filiera.workshops.queries.methods import boards_to_open, run_lines

from .method_common import find_card, taking_part, with_board, with_run


@require_safe
@taking_part
def method_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What goes on now, and what came of the others."""
    lines = run_lines(request.viewer, edition)
    context = {
        "running": [line for line in lines if line.run.is_running],
        "ended": [line for line in lines if line.run.is_ended],
        "may_lead": can_lead_methods(request.viewer, edition),
        "topic": edition_topic(edition.pk),
    }
    return edition_page(request, edition, "workshops/methods/list.html", context, partial="lines")


@require_safe
@with_run
def method_run(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """To one's own board; whoever has none, or several, chooses; afterwards to the results."""
    if run.is_ended:
        return redirect("workshops:method_results", run.edition.slug, run.pk)
    boards = boards_to_open(request.viewer, run)
    own = [
        board for board in boards if board.members.filter(person_id=request.viewer.person_id or 0).exists()
    ]
    only = own or boards
    if len(only) == 1 and run.is_running:
        return redirect("workshops:method_board", run.edition.slug, run.pk, only[0].pk)
    context = {"run": run, "boards": boards, "own": own}
    return edition_page(request, run.edition, "workshops/methods/boards.html", context)


@require_safe
@with_board
def method_board(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """The step of the moment at one board."""
    return board_page(request, board)


@require_POST
@with_board
def board_membership(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """Sit down at a board."""
    return _acted(
        request,
        board,
        lambda: method_cards.join_board(board=board, by=request.viewer, at=timezone.now()),
    )


@require_POST
@with_board
def board_role(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """Take a role, or lay it down."""
    role = request.POST.get("role", "")
    return _acted(request, board, lambda: method_cards.take_role(board=board, role=role, by=request.viewer))


@require_POST
@with_board
def card_create(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """Take a card; a phone that was offline sends it later, and once."""
    form = CardForm(request.POST)
    if not form.is_valid():
        return _refused(request, board, _faults(form), typed=request.POST)
    return _acted(
        request,
        board,
        lambda: method_cards.write_card(board=board, sent=form.sent(), by=request.viewer, at=timezone.now()),
        typed=request.POST,
    )


@require_POST
@with_board
def card_removal(request: ViewerRequest, board: MethodBoard, card_id: int) -> HttpResponse:
    card = find_card(request, board, card_id)
    return _acted(
        request,
        board,
        lambda: method_cards.remove_card(card=card, by=request.viewer, at=timezone.now()),
    )


@require_POST
@with_board
def card_pile(request: ViewerRequest, board: MethodBoard, card_id: int) -> HttpResponse:
    """Put a card on a pile, on a new one, or by itself again."""
    card = find_card(request, board, card_id)
    asked = request.POST.get("pile", "")
    pile, title = None, ""
    if asked.isascii() and asked.isdigit():
        pile = get_object_or_404(CardPile.objects.visible_to(request.viewer), board=board, pk=int(asked))
    elif asked == "new":
        form = PileForm(request.POST)
        title = form.cleaned_data["title"] if form.is_valid() else card.text[:60]
    return _acted(
        request,
        board,
        lambda: method_cards.put_on_pile(
            card=card, pile=pile, title=title, by=request.viewer, at=timezone.now()
        ),
    )


@require_POST
@with_board
def pile_name(request: ViewerRequest, board: MethodBoard, pile_id: int) -> HttpResponse:
    pile: CardPile = get_object_or_404(CardPile.objects.visible_to(request.viewer), board=board, pk=pile_id)
    pile.board = board
    form = PileForm(request.POST)
    if not form.is_valid():
        return _refused(request, board, _faults(form))
    title = form.cleaned_data["title"]
    return _acted(request, board, lambda: method_cards.name_pile(pile=pile, title=title, by=request.viewer))


@require_POST
@with_board
def board_dots(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """Put a dot on something, or take one back."""
    on = _key(request)
    viewer, at = request.viewer, timezone.now()
    if request.POST.get("to") == "back":
        return _acted(request, board, lambda: method_votes.take_dot_back(board=board, on=on, by=viewer))
    return _acted(request, board, lambda: method_votes.put_dot(board=board, on=on, by=viewer, at=at))


@require_POST
@with_board
def board_places(request: ViewerRequest, board: MethodBoard) -> HttpResponse:
    """Say where one sees something on the two axes."""
    on, form = _key(request), PlacingForm(request.POST)
    if not form.is_valid():
        return _refused(request, board, _("Choose a point on both axes."))
    return _acted(
        request,
        board,
        lambda: method_votes.place_on_axes(
            board=board, on=on, **form.cleaned_data, by=request.viewer, at=timezone.now()
        ),
    )


def board_page(
    request: ViewerRequest, board: MethodBoard, *, refusal: str = "", typed: Any = None
) -> HttpResponse:
    """The page, or its part that changes; with what was typed where it was refused."""
    run = board.run
    context = {
        "run": run,
        "board": board,
        "now": board_now(request.viewer, board),
        "topics": (run.topic, board_topic(board)),
        "form_key": secrets.token_hex(8),
        "refusal": refusal,
        "typed": typed,
        "may_lead": can_lead_methods(request.viewer, run.edition),
    }
    status = 422 if refusal else 200
    return edition_page(
        request, run.edition, "workshops/methods/board.html", context, partial="now", status=status
    )


def _acted(
    request: ViewerRequest, board: MethodBoard, act: Callable[[], object], *, typed: Any = None
) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        return _refused(request, board, str(error), code=error.code, typed=typed)
    if wants_fragment(request):
        return board_page(request, board)
    return redirect("workshops:method_board", board.run.edition.slug, board.run_id, board.pk)


def _refused(
    request: ViewerRequest, board: MethodBoard, refusal: str, *, code: str = "invalid", typed: Any = None
) -> HttpResponse:
    """Said to the script, which keeps what was typed; else on the page, with what was typed."""
    if wants_fragment(request):
        return JsonResponse({"code": code, "message": refusal}, status=422)
    messages.warning(request, refusal)
    return board_page(request, board, refusal=refusal, typed=typed)


def _faults(form: Form) -> str:
    return " ".join(str(fault) for faults in form.errors.values() for fault in faults)


def _key(request: ViewerRequest) -> Key:
    kind, _dash, key = request.POST.get("on", "").partition("-")
    if kind not in (CARD, PILE) or not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    return kind, int(key)
