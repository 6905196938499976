"""What a method left: a page to read and print, a table, and the ways on."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.edition_pages import edition_page
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.tables import CSV_TYPE, as_csv
from filiera.workshops.actions import method_results as actions
from filiera.workshops.actions.plans import begin_plan
from filiera.workshops.forms.methods import CarryOnForm
from filiera.workshops.models import MethodBoard, MethodCard, MethodRun
from filiera.workshops.policies.methods import can_carry_on, can_lead_methods
from filiera.workshops.policies.plans import can_begin_plan
from filiera.workshops.queries.method_results import (
    cards_table,
    challenges_to_choose,
    plans_to_choose,
    results_of,
)
from filiera.workshops.queries.methods import boards_to_open, history_of

from .method_common import find_card, with_board, with_run


@require_safe
@with_run
def method_results(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    """What each board left, in the order of the steps."""
    boards = boards_to_open(request.viewer, run)
    context = {
        "run": run,
        "boards": results_of(request.viewer, run, boards),
        "history": history_of(run) if can_lead_methods(request.viewer, run.edition) else [],
        "may_lead": can_lead_methods(request.viewer, run.edition),
    }
    return edition_page(request, run.edition, "workshops/methods/results.html", context)


@require_safe
@with_run
def method_cards_csv(request: ViewerRequest, run: MethodRun) -> HttpResponse:
    table = cards_table(request.viewer, run, boards_to_open(request.viewer, run))
    name = f"{run.edition.slug}-method-{run.pk}.csv"
    # Names of people: for whoever asked, and kept by nobody between.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(as_csv(table.header, table.rows), content_type=CSV_TYPE, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@with_board
def card_measure(request: ViewerRequest, board: MethodBoard, card_id: int) -> HttpResponse:
    """Make a measure of a card, in a plan that one writes."""
    card = _carried(request, board, card_id)
    viewer, at = request.viewer, timezone.now()
    plans = plans_to_choose(viewer, board.run)
    group = board.group
    may_begin = group is not None and not plans and can_begin_plan(viewer, group)
    own = next((plan for plan in plans if board.group_id and plan.group_id == board.group_id), None)
    form = CarryOnForm(request.POST if request.method == "POST" else None, plans=plans, initial={"plan": own})
    del form.fields["challenge"]
    if request.method == "POST" and form.is_valid():
        plan = form.cleaned_data["plan"]
        try:
            if plan is None and may_begin and group is not None:
                plan = begin_plan(group=group, title=board.works_on or board.run.name, by=viewer, at=at)
            if plan is not None:
                measure = actions.make_measure(card=card, plan=plan, by=viewer, at=at)
                messages.success(request, _("The card is a measure now. Say in the plan who does it."))
                to = redirect("workshops:plan_page", board.run.edition.slug, plan.pk)
                to["Location"] = f"{to['Location']}#measure-{measure.pk}"
                return to
            form.add_error("plan", _("Choose an action plan."))
        except DomainError as error:
            show_refusal(form, error)
    context = {
        "run": board.run,
        "board": board,
        "card": card,
        "form": form,
        "may_choose": bool(plans) or may_begin,
        "may_begin": may_begin,
        "is_measure": True,
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, board.run.edition, "workshops/methods/carry_on.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_board
def card_challenge(request: ViewerRequest, board: MethodBoard, card_id: int) -> HttpResponse:
    """Put a card into the thread of a challenge."""
    card = _carried(request, board, card_id)
    challenges = challenges_to_choose(request.viewer, board.run)
    form = CarryOnForm(
        request.POST if request.method == "POST" else None,
        challenges=challenges,
        initial={"challenge": board.challenge},
    )
    del form.fields["plan"]
    if request.method == "POST" and form.is_valid():
        challenge = form.cleaned_data["challenge"]
        if challenge is None:
            form.add_error("challenge", _("Choose a challenge."))
        else:
            try:
                comment = actions.give_to_challenge(
                    card=card, challenge=challenge, by=request.viewer, at=timezone.now()
                )
            except DomainError as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The card stands with the challenge as an idea."))
                to = redirect("workshops:challenge", board.run.edition.slug, challenge.pk)
                to["Location"] = f"{to['Location']}#comment-{comment.pk}"
                return to
    context = {
        "run": board.run,
        "board": board,
        "card": card,
        "form": form,
        "may_choose": bool(challenges),
        "is_measure": False,
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, board.run.edition, "workshops/methods/carry_on.html", context, status=status)


def _carried(request: ViewerRequest, board: MethodBoard, card_id: int) -> MethodCard:
    if not can_carry_on(request.viewer, board):
        raise Http404
    return find_card(request, board, card_id)
