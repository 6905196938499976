"""Bringing measures of a group's plan into the plan of one's own cluster."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.workshops.actions.bringing_home import Baseline, bring_home
from filiera.workshops.forms.plans import HomeForm
from filiera.workshops.models import ActionPlan, PlanKind
from filiera.workshops.policies.home import homes_of
from filiera.workshops.queries.plans import team_of

from .plan_places import PlanPlace, with_plan


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def plan_home(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """Choose measures, say where the cluster stands today, and who of the own team reads along."""
    homes = list(homes_of(request.viewer).order_by("sort_key", "pk"))
    if plan.kind != PlanKind.GROUP or not homes:
        raise PermissionDenied
    asked = request.POST.get("organisation", "")
    home = next((each for each in homes if str(each.pk) == asked), homes[0])
    measures = [each for each in plan.measures.in_order().with_names() if each.text.strip()]
    own = [str(each.pk) for each in measures if each.cluster_id == home.pk]
    form = HomeForm(
        request.POST if request.method == "POST" else None,
        homes=homes,
        measures=measures,
        team=[person for person in team_of(home) if person.pk != request.viewer.person_id],
        initial={"organisation": str(home.pk), "measures": own},
    )
    if request.method == "POST" and form.is_valid():
        try:
            at_home = _bring(request, plan, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(
                request, _("The measures are in your cluster's plan; each is linked to its origin.")
            )
            return redirect(PlanPlace(at_home).of_plan("plan_page"))
    context: dict[str, Any] = {
        "plan": plan,
        "place": PlanPlace(plan),
        "edition": plan.edition,
        "form": form,
        "baselines": [(each, form[f"baseline_{each.pk}"]) for each in measures],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "workshops/plans/home.html", context, status=status)


def _bring(request: ViewerRequest, plan: ActionPlan, form: HomeForm) -> ActionPlan:
    given = form.cleaned_data
    chosen = [form.measure_of[key] for key in given["measures"]]
    today = timezone.localdate()
    baselines = {
        measure.pk: Baseline(value, today)
        for measure in chosen
        if (value := given[f"baseline_{measure.pk}"]) is not None
    }
    return bring_home(
        plan=plan,
        measures=chosen,
        baselines=baselines,
        organisation=form.homes[given["organisation"]],
        readers=[form.team[key] for key in given.get("readers", [])],
        by=request.viewer,
        at=timezone.now(),
    )
