"""Plans of an edition and of an organisation: the list, one plan to read, its canvas to write."""

import secrets
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried, wants_fragment
from filiera.workshops import plan_texts
from filiera.workshops.actions import plans as actions
from filiera.workshops.actions.presentations import adopt_plan
from filiera.workshops.actions.shared_texts import merge_text, restore_text
from filiera.workshops.documents.plan import plan_pdf
from filiera.workshops.forms.plans import MeasureForm, PlanForm, ReadersForm, TextsForm
from filiera.workshops.models import ActionPlan, Group, Measure, PlanKind
from filiera.workshops.plan_stage import stage_topic
from filiera.workshops.policies.editions import can_lead, can_take_part
from filiera.workshops.policies.home import homes_of
from filiera.workshops.policies.plans import can_present, can_write_for_cluster, can_write_plan
from filiera.workshops.queries.plan_choices import Choices, choices_for
from filiera.workshops.queries.plans import (
    canvas_of,
    feedback_of,
    groups_without_plan,
    history_of,
    members_of,
    plans_of_edition,
    plans_of_organisation,
    team_of,
)
from filiera.workshops.queries.readiness import missing_at
from filiera.workshops.queries.shared_texts import find_place

from .common import own_wait_ms
from .plan_places import PlanPlace, in_organisation, with_plan


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_take_part)
def plan_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The plans of the groups; POST opens the plan of one's own group."""
    leads = can_lead(request.viewer, edition)
    if request.method == "POST":
        key = request.POST.get("group", "")
        groups = Group.objects.visible_to(request.viewer).select_related(
            "round__series__edition", "facilitator"
        )
        group = get_object_or_404(
            groups, round__series__edition=edition, pk=int(key) if key.isdecimal() and len(key) < 18 else 0
        )
        title = group.theme or _("Action plan of group %(number)s") % {"number": group.number}
        plan = actions.begin_plan(group=group, title=title, by=request.viewer, at=timezone.now())
        return redirect(PlanPlace(plan).of_plan("plan_writing"))
    context = {
        "plans": plans_of_edition(request.viewer, edition),
        "groups": groups_without_plan(request.viewer, edition, leads=leads),
        "leads": leads,
    }
    return edition_page(request, edition, "workshops/plans/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_organisation
def home_plan_list(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """The organisation's own plans; POST opens one more."""
    if request.method == "POST":
        title = _("Action plan of %(name)s") % {"name": organisation.name}
        plan = actions.begin_cluster_plan(
            organisation=organisation, title=title[:200], by=request.viewer, at=timezone.now()
        )
        return redirect(PlanPlace(plan).of_plan("plan_writing"))
    context = {
        "organisation": organisation,
        "plans": plans_of_organisation(request.viewer, organisation),
        "can_write": can_write_for_cluster(request.viewer, organisation),
    }
    return render_page(request, "workshops/plans/home_list.html", context)


@require_safe
@with_plan
def plan_page(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """A plan to read, with what was said of it and how far it is."""
    canvas = canvas_of(plan)
    context = {
        "canvas": canvas,
        "members": members_of(plan),
        "feedback": feedback_of(plan),
        "readers": plan.readers.select_related("person").order_by("person__sort_name"),
        "can_write": can_write_plan(request.viewer, plan),
        "can_present": plan.kind == PlanKind.GROUP and can_present(request.viewer, plan.edition),
        "homes": homes_of(request.viewer) if plan.kind == PlanKind.GROUP else (),
        "today": timezone.localdate(),
    }
    if plan.edition_id is not None:
        context |= {"topic": stage_topic(plan.edition_id), "wait_ms": own_wait_ms()}
    return _page(request, plan, "workshops/plans/plan.html", context, partial="plan")


@require_safe
@with_plan
def plan_document(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """The plan as a PDF, as it is now."""
    language = request.LANGUAGE_CODE
    content = plan_pdf(canvas_of(plan), members_of(plan), feedback_of(plan), language=language)
    headers = {
        "Content-Disposition": f'inline; filename="action-plan-{plan.pk}.pdf"',
        "Cache-Control": "private, no-cache",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def plan_writing(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """The canvas. POST keeps its head: what is chosen, and without scripts the texts too."""
    _ask_writer(request, plan)
    if request.method != "POST":
        return _canvas(request, plan)
    choices = choices_for(request.viewer, plan)
    form = PlanForm(request.POST, plan=plan, challenges=choices.challenges, trends=choices.trends)
    texts = TextsForm(request.POST, names=list(plan_texts.PLAN_TEXTS), most=plan_texts.PLAN_TEXTS)
    if form.is_valid() and texts.is_valid():
        try:
            actions.edit_plan(plan=plan, details=form.details(), by=request.viewer, at=timezone.now())
            _merge(request, plan_texts.PLAN, plan.pk, texts)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _kept(request, plan)
    return _canvas(request, plan, plan_form=form, status=422)


@require_POST
@with_plan
def measure_create(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    try:
        measure = actions.add_measure(plan=plan, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(PlanPlace(plan).of_plan("plan_writing"))
    if wants_fragment(request):
        return _canvas(request, plan)
    return redirect(f"{PlanPlace(plan).of_plan('plan_writing')}#measure-{measure.pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def measure_edit(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> HttpResponse:
    """POST keeps the choices of a measure, and without scripts its texts; GET leads to it on the canvas."""
    _ask_writer(request, plan)
    measure = _measure(request, plan, measure_id)
    if request.method != "POST":
        return redirect(f"{PlanPlace(plan).of_plan('plan_writing')}#measure-{measure.pk}")
    choices = choices_for(request.viewer, plan)
    form = _measure_form(measure, choices, request.POST)
    texts = TextsForm(request.POST, names=list(plan_texts.MEASURE_TEXTS), most=plan_texts.MEASURE_TEXTS)
    if form.is_valid() and texts.is_valid():
        try:
            actions.edit_measure(
                measure=measure, details=form.details(), by=request.viewer, at=timezone.now()
            )
            _merge(request, plan_texts.MEASURE, measure.pk, texts)
        except DomainError as error:
            show_refusal(form, error)
        else:
            if wants_fragment(request):
                return _said_of(request, plan, _measure(request, plan, measure_id))
            return _kept(request, plan, f"#measure-{measure.pk}")
    if wants_fragment(request):
        return _said_of(request, plan, measure, form=form, status=422)
    return _canvas(request, plan, measure_form=form, status=422)


@require_POST
@with_plan
def measure_remove(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> HttpResponse:
    measure = _measure(request, plan, measure_id)
    tried(
        request,
        lambda: actions.remove_measure(measure=measure, by=request.viewer, at=timezone.now()),
        _("The measure is removed. Its words stay in the history."),
    )
    if wants_fragment(request):
        return _canvas(request, plan)
    return redirect(PlanPlace(plan).of_plan("plan_writing"))


@require_safe
@with_plan
def plan_history(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """Everything that was changed, with a way back for texts."""
    _ask_writer(request, plan)
    context = {"entries": history_of(plan), "labels": plan_texts.LABELS}
    return _page(request, plan, "workshops/plans/history.html", context)


@require_POST
@with_plan
def text_restore(
    request: ViewerRequest, plan: ActionPlan, text_kind: str, row_id: int, text_name: str, revision: int
) -> HttpResponse:
    """Bring back a text as it was before a revision."""
    place = find_place(request.viewer, text_kind, row_id, text_name)
    plan_id = None if place is None else getattr(place.row, "plan_id", place.row.pk)
    if place is None or plan_id != plan.pk or revision < 1:
        return redirect(PlanPlace(plan).of_plan("plan_history"))
    tried(
        request,
        lambda: restore_text(place=place, revision=revision - 1, by=request.viewer, at=timezone.now()),
        _("The earlier words are back."),
    )
    return redirect(PlanPlace(plan).of_plan("plan_history"))


@require_POST
@with_plan
def plan_adopt(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """A cluster makes its plan binding for itself."""
    try:
        adopt_plan(plan=plan, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect(PlanPlace(plan).of_plan("plan_writing"))
    messages.success(request, _("The plan is adopted. Its owners are asked after 30, 90 and 180 days."))
    return redirect(PlanPlace(plan).of_plan("plan_page"))


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def plan_readers(request: ViewerRequest, plan: ActionPlan) -> HttpResponse:
    """Who of the own team reads the plan besides those who write it."""
    if plan.kind != PlanKind.CLUSTER:
        raise PermissionDenied
    _ask_writer(request, plan)
    reading = [str(key) for key in plan.readers.values_list("person_id", flat=True)]
    form = ReadersForm(
        request.POST if request.method == "POST" else None,
        team=team_of(plan.organisation),
        initial={"readers": reading},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_readers(plan=plan, people=form.people(), by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The readers are kept."))
            return redirect(PlanPlace(plan).of_plan("plan_page"))
    status = 422 if request.method == "POST" else 200
    return _page(request, plan, "workshops/plans/readers.html", {"form": form}, status=status)


def _page(
    request: ViewerRequest,
    plan: ActionPlan,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"plan": plan, "place": PlanPlace(plan), "edition": plan.edition, **context}
    response = render_page(request, template, context, partial=partial, status=status)
    response["Cache-Control"] = "private, no-cache"
    return response


def _ask_writer(request: ViewerRequest, plan: ActionPlan) -> None:
    if not can_write_plan(request.viewer, plan):
        raise PermissionDenied


def _measure(request: ViewerRequest, plan: ActionPlan, measure_id: int) -> Measure:
    measures = Measure.objects.visible_to(request.viewer).with_names()
    measure: Measure = get_object_or_404(measures, plan=plan, pk=measure_id)
    measure.plan = plan
    return measure


def _measure_form(measure: Measure, choices: Choices, data: Any = None) -> MeasureForm:
    return MeasureForm(
        data,
        measure=measure,
        participants=choices.participants,
        team=choices.team,
        clusters=choices.clusters,
    )


def _merge(request: ViewerRequest, kind: str, row_id: int, texts: TextsForm) -> None:
    for name, revision, words in texts.given():
        place = find_place(request.viewer, kind, row_id, name)
        if place is not None:
            merge_text(
                place=place,
                revision=revision,
                words=words,
                form=texts.cleaned_data["copy"],
                by=request.viewer,
                at=timezone.now(),
            )


def _kept(request: ViewerRequest, plan: ActionPlan, tail: str = "") -> HttpResponse:
    if wants_fragment(request):
        return HttpResponse(status=204)
    messages.success(request, _("Kept. What others wrote meanwhile is in the text too."))
    return redirect(f"{PlanPlace(plan).of_plan('plan_writing')}{tail}")


def _canvas(
    request: ViewerRequest,
    plan: ActionPlan,
    *,
    plan_form: PlanForm | None = None,
    measure_form: MeasureForm | None = None,
    status: int = 200,
) -> HttpResponse:
    canvas = canvas_of(plan)
    choices = choices_for(request.viewer, plan)
    cards = []
    for each in canvas.measures:
        each.measure.plan = plan
        is_wrong = measure_form is not None and measure_form.measure.pk == each.measure.pk
        cards.append((each, measure_form if is_wrong else _measure_form(each.measure, choices)))
    typed = request.POST if status == 422 else {}
    context = {
        "plan": plan,
        "place": PlanPlace(plan),
        "edition": plan.edition,
        "canvas": canvas,
        "cards": cards,
        "form": plan_form or PlanForm(plan=plan, challenges=choices.challenges, trends=choices.trends),
        "typed": typed,
        "typed_in": measure_form.measure.pk if measure_form else 0,
        "copy": secrets.token_hex(8),
    }
    return render_page(request, "workshops/plans/writing.html", context, partial="fresh", status=status)


def _said_of(
    request: HttpRequest,
    plan: ActionPlan,
    measure: Measure,
    *,
    form: MeasureForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"measure": measure, "missing": missing_at(measure), "form": form, "place": PlanPlace(plan)}
    return render_page(request, "workshops/plans/_measure_said.html", context, status=status)
