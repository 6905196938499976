"""The plan of a round at the desk: searched, looked at, taken, published."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import plans as actions
from filiera.meetings.actions.meetings import publish_meetings
from filiera.meetings.actions.rounds import topic_of
from filiera.meetings.models import MeetingPlan, MeetingRound
from filiera.meetings.queries.desk import (
    figures_of,
    has_unanswered_changes,
    impossible_pairs,
    latest_plan,
)
from filiera.meetings.queries.plans import changes_of, conflict_sentences, unmet_wishes
from filiera.meetings.queries.standing import organiser_sentence, standing_of
from filiera.shared.http import after_change, tried

from .common import now_in
from .meetings_common import desk_page, planning

SHOWN = 40


@require_safe
@planning
def desk_round(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """How the round stands, the plan that is searched or proposed, what is not met and why."""
    standing = standing_of(round_)
    plan = latest_plan(request.viewer, round_)
    is_proposed = plan is not None and plan.is_found and plan.taken_at is None
    unmet = unmet_wishes(round_, by=request.viewer, standing=standing) if standing.meetings else []
    impossible = impossible_pairs(request.viewer, standing)
    context = {
        "here": "plan",
        "figures": figures_of(request.viewer, standing),
        "plan": plan,
        "gap_percent": 100 * plan.gap if plan is not None and plan.gap is not None else None,
        "is_running": plan is not None and plan.finished_at is None,
        "is_proposed": is_proposed,
        "changes": changes_of(plan, by=request.viewer) if plan is not None and is_proposed else None,
        "left_out": [standing.attendees[key] for key in plan.left_out if key in standing.attendees]
        if plan is not None
        else [],
        "is_outrun": plan is not None and has_unanswered_changes(plan, round_),
        "unfit": standing.unfit(),
        "unmet": [
            (line, organiser_sentence(line.why, line.first.name, line.second.name)) for line in unmet[:SHOWN]
        ],
        "unmet_count": len(unmet),
        "impossible": impossible[:SHOWN],
        "impossible_count": len(impossible),
        "conflict": conflict_sentences(plan, standing) if plan is not None else [],
        "topic": topic_of(round_.pk),
        "has_meetings": bool(standing.meetings),
    }
    return desk_page(request, round_, "meetings/desk/round.html", context, partial="board")


@require_POST
@planning
def desk_plan_new(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """Search anew, or (`keeps=1`) with as few moves as possible."""
    tried(
        request,
        lambda: actions.begin_plan(
            round_=round_,
            keeps_plan=request.POST.get("keeps") == "1",
            by=request.viewer,
            at=now_in(round_.edition),
        ),
    )
    return after_change(request, _board(round_))


@require_POST
@planning
def desk_plan_stop(request: ViewerRequest, round_: MeetingRound, plan_id: int) -> HttpResponse:
    actions.stop_plan(plan=_plan(request, round_, plan_id), by=request.viewer, at=now_in(round_.edition))
    messages.info(request, _("The search stops. The best plan found until now can be taken."))
    return after_change(request, _board(round_))


@require_POST
@planning
def desk_plan_take(request: ViewerRequest, round_: MeetingRound, plan_id: int) -> HttpResponse:
    tried(
        request,
        lambda: actions.take_plan(
            plan=_plan(request, round_, plan_id), by=request.viewer, at=now_in(round_.edition)
        ),
        _("The change is made. Whoever it touches has a mail.")
        if round_.published_at
        else _("The plan is taken. Nobody sees it before you publish it."),
    )
    return after_change(request, _board(round_))


@require_POST
@planning
def desk_publish(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    tried(
        request,
        lambda: publish_meetings(round_=round_, by=request.viewer, at=now_in(round_.edition)),
        _("The meetings are published. Everybody who has one gets a mail."),
    )
    return after_change(request, _board(round_))


def _board(round_: MeetingRound) -> str:
    return reverse("meetings:desk_round", args=[round_.edition.slug, round_.pk])


def _plan(request: ViewerRequest, round_: MeetingRound, plan_id: int) -> MeetingPlan:
    """Raises Http404."""
    plans = MeetingPlan.objects.visible_to(request.viewer).select_related("round__edition")
    return get_object_or_404(plans, round=round_, pk=plan_id)
