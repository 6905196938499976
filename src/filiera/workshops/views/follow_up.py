"""What became of measures: by the link of a mail, from the plan's page, for who organises and pays."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import XLSX_TYPE
from filiera.workshops.actions import follow_up as actions
from filiera.workshops.forms.plans import NoteForm, ProofForm, ReportForm
from filiera.workshops.models import ActionPlan, Measure, MeasureState, ProofKind
from filiera.workshops.policies.editions import can_view_follow_up
from filiera.workshops.policies.plans import can_report
from filiera.workshops.queries.follow_up import follow_up_of_edition, follow_up_table
from filiera.workshops.queries.follow_up_links import ANSWERS, follow_up_of, serves, viewer_by_link

from .plan_places import PlanPlace, with_plan


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_answer(request: ViewerRequest, token: str, state: str) -> HttpResponse:
    """A page with one button: programs that read mails and try their links change nothing by it."""
    follow_up = follow_up_of(token)
    if follow_up is None or state not in ANSWERS:
        return _answer(request, {"follow_up": None}, 404)
    wanted, at = MeasureState(state), timezone.now()
    context: dict[str, Any] = {"follow_up": follow_up, "measure": follow_up.measure, "state": wanted}
    if not serves(follow_up, at):
        return _answer(request, {**context, "is_over": True}, 410)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_by_link(
                follow_up=follow_up,
                state=wanted,
                note=form.cleaned_data["note"],
                by=viewer_by_link(follow_up),
                at=at,
            )
        except actions.LinkServesNoMore:
            return _answer(request, {**context, "is_over": True}, 410)
        return _answer(request, {**context, "is_kept": True}, 200)
    return _answer(request, {**context, "form": form}, 422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def measure_follow_up(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> HttpResponse:
    """What was said of a promised measure, what proves it, and, for its people, how far it is now."""
    measure = _promised(request, plan, measure_id)
    may_report = can_report(request.viewer, measure)
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"state": measure.state})
    if request.method == "POST" and not may_report:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_measure(
                measure=measure,
                state=MeasureState(form.cleaned_data["state"]),
                note=form.cleaned_data["note"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Kept. Everybody who reads the plan sees it."))
            return redirect(PlanPlace(plan).of_plan("measure_follow_up", measure.pk))
    return _measure_page(request, plan, measure, form=form, status=422 if request.method == "POST" else 200)


@require_http_methods(["POST"])
@with_plan
def measure_proof(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> HttpResponse:
    """Add a file, a link or a figure."""
    measure = _promised(request, plan, measure_id)
    if not can_report(request.viewer, measure):
        raise PermissionDenied
    form = ProofForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_proof(
                measure=measure,
                kind=ProofKind(form.cleaned_data["kind"]),
                label=form.cleaned_data["label"],
                upload=form.cleaned_data["upload"],
                url=form.cleaned_data["url"],
                figure=form.cleaned_data["figure"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("upload", str(error))
        else:
            messages.success(request, _("The proof is added."))
            return redirect(PlanPlace(plan).of_plan("measure_follow_up", measure.pk))
    return _measure_page(request, plan, measure, proof_form=form, status=422)


@require_safe
@for_those_who(can_view_follow_up)
def desk_follow_up(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What was promised, done and blocked: by edition and theme, and each measure of this edition."""
    found = follow_up_of_edition(request.viewer, edition, today=timezone.localdate())
    context = {"edition": edition, "found": found, "today": timezone.localdate()}
    return render_page(request, "workshops/desk/follow_up.html", context)


@require_safe
@for_those_who(can_view_follow_up)
def desk_follow_up_table(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The same as a table to take along."""
    content = follow_up_table(request.viewer, edition, today=timezone.localdate())
    headers = {"Content-Disposition": f'attachment; filename="follow-up-{edition.slug}.xlsx"'}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)


def _promised(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> Measure:
    measures = Measure.objects.visible_to(request.viewer).promised().with_names()
    measure: Measure = get_object_or_404(measures, plan=plan, pk=measure_id)
    if measure.plan_id != plan.pk:
        raise Http404
    measure.plan = plan
    return measure


def _measure_page(
    request: ViewerRequest,
    plan: ActionPlan,
    measure: Measure,
    *,
    form: ReportForm | None = None,
    proof_form: ProofForm | None = None,
    status: int,
) -> HttpResponse:
    may_report = can_report(request.viewer, measure)
    context = {
        "plan": plan,
        "place": PlanPlace(plan),
        "edition": plan.edition,
        "measure": measure,
        "reports": measure.reports.select_related("person").order_by("-reported_at", "-pk"),
        "proofs": measure.proofs.select_related("file", "person").order_by("-added_at", "-pk"),
        "form": form or ReportForm(initial={"state": measure.state}) if may_report else None,
        "proof_form": proof_form or ProofForm() if may_report else None,
        "today": timezone.localdate(),
    }
    response = render_page(request, "workshops/plans/measure.html", context, status=status)
    response["Cache-Control"] = "private, no-cache"
    return response


def _answer(request: ViewerRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render_page(request, "workshops/plans/answer.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
