"""Presenting plans: the steps of whoever leads, the screen of the hall, the cards from phones."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.design.codes import qr_code
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.workshops.actions import presentations as actions
from filiera.workshops.forms.plans import FeedbackForm
from filiera.workshops.models import ActionPlan, FeedbackKind
from filiera.workshops.plan_stage import stage_topic
from filiera.workshops.policies.editions import can_take_part
from filiera.workshops.queries.plans import canvas_of, feedback_of, members_of, presented_now

from .common import own_wait_ms
from .plan_places import PlanPlace, with_plan


@require_POST
@with_plan
def presentation_start(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    tried(request, lambda: actions.start_presentation(plan=plan, by=request.viewer, at=timezone.now()))
    return redirect(PlanPlace(plan).of_plan("plan_page"))


@require_POST
@with_plan
def presentation_break_off(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    tried(request, lambda: actions.break_off_presentation(plan=plan, by=request.viewer))
    return redirect(PlanPlace(plan).of_plan("plan_page"))


@require_POST
@with_plan
def presentation_finish(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """It was presented: on our stage or elsewhere."""
    tried(
        request,
        lambda: actions.finish_presentation(plan=plan, by=request.viewer, at=timezone.now()),
        _("Presented. Its measures are promises now; owners are asked after 30, 90 and 180 days."),
    )
    return redirect(PlanPlace(plan).of_plan("plan_page"))


@require_safe
@for_those_who(can_take_part)
def plan_stage(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The screen of the hall: the plan that is presented, its time, and the way to the cards."""
    plan = presented_now(edition)
    path = reverse("workshops:plan_now", args=[edition.slug])
    address = f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    context: dict[str, Any] = {
        "edition": edition,
        "plan": plan,
        "topic": stage_topic(edition.pk),
        "address": address.split("://", 1)[-1].rstrip("/"),
        "qr": qr_code(address),
    }
    if plan is not None and plan.presenting_since is not None:
        context |= {
            "canvas": canvas_of(plan),
            "members": members_of(plan),
            "card_count": plan.feedback.count(),
            "ends_at": plan.presenting_since + timedelta(minutes=plan.presentation_minutes),
        }
    response = render_page(request, "workshops/plans/stage.html", context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@for_those_who(can_take_part)
def plan_now(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Where the QR of the stage leads: to the cards of the plan that is presented now."""
    plan = presented_now(edition)
    if plan is None:
        messages.info(request, _("No plan is on stage just now. Choose the one you heard."))
        return redirect("workshops:plan_list", edition.slug)
    return redirect("workshops:plan_feedback", edition.slug, plan.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def plan_feedback(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """The page of phones: give a card, see those that were given."""
    assert plan.edition is not None
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_feedback(
                plan=plan,
                kind=FeedbackKind(form.cleaned_data["kind"]),
                text=form.cleaned_data["text"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your card is with the group. Thank you."))
            return redirect("workshops:plan_feedback", plan.edition.slug, plan.pk)
    context = {
        "plan": plan,
        "place": PlanPlace(plan),
        "form": form,
        "feedback": feedback_of(plan),
        "topic": stage_topic(plan.edition.pk),
        "wait_ms": own_wait_ms(),
    }
    status = 422 if request.method == "POST" else 200
    template = "workshops/plans/feedback.html"
    return edition_page(request, plan.edition, template, context, partial="cards", status=status)
