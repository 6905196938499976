"""The desk of methods: what is prepared, held and over, and the buttons of whoever leads."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.workshops.actions import method_runs as actions
from filiera.workshops.actions.methods import MethodNotReady
from filiera.workshops.forms.methods import BoardForm, RunForm
from filiera.workshops.models import MethodRun
from filiera.workshops.queries.method_board import boards_now
from filiera.workshops.queries.method_results import challenges_to_choose
from filiera.workshops.queries.methods import boards_to_open, library, run_lines, turns_of

from .method_common import find_board, leading, with_led_run
from .method_library import find_line, own_method


@require_safe
@leading
def desk_methods(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What goes on, and the library."""
    lines = run_lines(request.viewer, edition)
    context = {
        "edition": edition,
        "lines": lines,
        "running": sum(line.run.is_running for line in lines),
        "library": library(request.viewer, edition),
    }
    return render_page(request, "workshops/methods/desk/methods.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def desk_method_run_new(request: ViewerRequest, edition: Edition, method_key: str) -> HttpResponse:
    """Prepare a method for groups or for everybody."""
    line = find_line(request, edition, method_key)
    form = RunForm(
        request.POST if request.method == "POST" else None,
        viewer=request.viewer,
        edition=edition,
        initial={"held_by": "everybody"},
    )
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            method = own_method(request, edition, line, at)
            run = actions.prepare_run(method=method, details=form.details(), by=request.viewer, at=at)
        except MethodNotReady as error:
            for sentence in error.missing:
                form.add_error(None, sentence)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("It is prepared. Nobody sees it before you start it."))
            return redirect("workshops:desk_method_run", edition.slug, run.pk)
    context = {"edition": edition, "line": line, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/methods/desk/run_new.html", context, status=status)


@require_safe
@with_led_run
def desk_method_run(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """Where it is, what comes, and how much there is on each board."""
    boards = boards_to_open(request.viewer, run)
    steps = run.content.steps
    context = {
        "edition": run.edition,
        "run": run,
        "steps": list(enumerate(steps)),
        "boards": boards_now(request.viewer, run, boards),
        "turns": turns_of(run, run.now),
        "next_step": steps[run.step + 1] if run.step + 1 < len(steps) else None,
        "after_next": run.step + 2 if run.step + 2 < len(steps) else None,
        "topics": (run.topic, run.counts_topic),
        "is_hidden": run.is_hidden(run.now),
    }
    return render_page(request, "workshops/methods/desk/run.html", context, partial="run-now")


@require_http_methods(["GET", "HEAD", "POST"])
@with_led_run
def desk_method_board(request: ViewerRequest, run: MethodRun, board_id: int) -> HttpResponse:
    """Say what one group works on."""
    board = find_board(request, run, board_id)
    form = BoardForm(
        request.POST if request.method == "POST" else None,
        challenges=challenges_to_choose(request.viewer, run),
        initial={"topic": board.topic, "challenge": board.challenge},
    )
    if request.method == "POST" and form.is_valid():
        actions.describe_board(board=board, **form.cleaned_data, by=request.viewer)
        messages.success(request, _("The board says it now."))
        return _back(run)
    context = {"edition": run.edition, "run": run, "board": board, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/methods/desk/board.html", context, status=status)


@require_POST
@with_led_run
def desk_method_start(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    return _acted(request, run, lambda: actions.start_run(run=run, by=request.viewer, at=timezone.now()))


@require_POST
@with_led_run
def desk_method_move(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """On, back, or over some steps; a button names the step and the turn."""
    step, _dot, turn = request.POST.get("to", "").partition(".")
    place = _number(step)
    return _acted(
        request,
        run,
        lambda: actions.move_run(
            run=run,
            step=place,
            turn=_number(turn) if turn else 1,
            seen=_number(request.POST.get("seen", "")),
            by=request.viewer,
            at=timezone.now(),
        ),
    )


@require_POST
@with_led_run
def desk_method_extension(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    minutes, seen = _number(request.POST.get("minutes", "")), _number(request.POST.get("seen", ""))
    return _acted(
        request,
        run,
        lambda: actions.extend_step(
            run=run, minutes=minutes, seen=seen, by=request.viewer, at=timezone.now()
        ),
    )


@require_POST
@with_led_run
def desk_method_showing(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """Show to all what was done in silence."""
    seen = _number(request.POST.get("seen", ""))
    return _acted(
        request,
        run,
        lambda: actions.show_step(run=run, seen=seen, by=request.viewer, at=timezone.now()),
    )


@require_POST
@with_led_run
def desk_method_end(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    seen = _number(request.POST.get("seen", ""))
    return _acted(
        request, run, lambda: actions.end_run(run=run, seen=seen, by=request.viewer, at=timezone.now())
    )


@require_POST
@with_led_run
def desk_method_run_removal(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    try:
        actions.remove_run(run=run, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
        return _back(run)
    messages.success(request, _("What was prepared is taken away."))
    return redirect("workshops:desk_methods", run.edition.slug)


def _acted(request: ViewerRequest, run: MethodRun, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        messages.warning(request, str(error))
    return _back(run)


def _back(run: MethodRun) -> HttpResponse:
    return redirect("workshops:desk_method_run", run.edition.slug, run.pk)


def _number(said: str) -> int:
    if not said.isascii() or not said.isdigit() or len(said) > 6:
        raise Http404
    return int(said)
