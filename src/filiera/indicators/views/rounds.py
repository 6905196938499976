"""Collection rounds as whoever opens them sees them: list, draft, table of who is missing, report."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.actions import round_freezing, round_mails
from filiera.indicators.actions import rounds as actions
from filiera.indicators.documents.round_tables import report_rows
from filiera.indicators.forms.rounds import FreezeForm, QuestionForm, RoundForm
from filiera.indicators.models import (
    MOST_QUESTIONS,
    CollectionPart,
    CollectionQuestion,
    CollectionRound,
    PartState,
)
from filiera.indicators.periods import day_of
from filiera.indicators.queries.round_asked import poles_to_ask
from filiera.indicators.queries.round_report import RoundReport, round_report
from filiera.indicators.queries.rounds import former_rounds, round_table, rounds_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.shared.tables import CSV_TYPE, as_csv

from .common import workspace_view
from .years import years_to_choose


@require_safe
@workspace_view(policies.can_see_rounds)
def round_list(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """Rounds that one opened, and rounds in which one is asked."""
    context = {
        "organisation": organisation,
        "rounds": rounds_of(request.viewer, organisation),
        "today": day_of(timezone.now()),
        "can_run": policies.can_run_rounds(request.viewer, organisation),
    }
    return render_page(request, "indicators/rounds/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_run_rounds)
def round_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = _form(request, organisation)
    if form.is_bound and form.is_valid():
        former = form.cleaned_data.get("former")
        rows = former_rounds(request.viewer, organisation)
        try:
            made = actions.create_round(
                organisation=organisation,
                details=form.details(),
                former=rows.select_related("questionnaire").get(pk=former) if former else None,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is prepared. Nobody is asked before you open it."))
            return redirect("indicators:round", organisation.slug, made.pk)
    context = {"organisation": organisation, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/rounds/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_run_rounds)
def round_edit(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    if not round_.is_draft:
        messages.warning(request, str(actions.RoundNoDraft()))
        return _back(organisation, round_)
    form = _form(request, organisation, round_)
    if form.is_bound and form.is_valid():
        try:
            actions.change_round(round_=round_, details=form.details(), by=request.viewer, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The changes are kept."))
            return _back(organisation, round_)
    context = {"organisation": organisation, "form": form, "round": round_}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/rounds/edit.html", context, status=status)


@require_safe
@workspace_view(policies.can_see_rounds)
def round_page(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """A draft with what it will ask; an open or frozen round with its table of who is missing.

    A pole is led to its own part.
    """
    round_ = _round(request, collection_id)
    if round_.organisation_id != organisation.pk:
        part = get_object_or_404(
            CollectionPart.objects.visible_to(request.viewer), round=round_, organisation=organisation
        )
        return redirect("indicators:round_part", organisation.slug, round_.pk, part.pk)
    return _page(request, organisation, round_)


@require_POST
@workspace_view(policies.can_run_rounds)
def question_create(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    form = QuestionForm(request.POST)
    if form.is_valid():
        taken = list(round_.questions.values_list("question__code", flat=True))
        try:
            actions.add_question(
                round_=round_, question=form.question(taken), by=request.viewer, at=timezone.now()
            )
        except actions.RoundNoDraft as refusal:
            messages.warning(request, str(refusal))
            return _back(organisation, round_)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The question is added."))
            return _back(organisation, round_)
    return _page(request, organisation, round_, question_form=form, status=422)


@require_POST
@workspace_view(policies.can_run_rounds)
def question_remove(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_question_id: int
) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    rows = CollectionQuestion.objects.visible_to(request.viewer).filter(round=round_)
    question = get_object_or_404(
        rows.select_related("round__organisation", "question__questionnaire"), pk=asked_question_id
    )
    tried(
        request,
        lambda: actions.remove_question(question=question, by=request.viewer, at=timezone.now()),
        _("The question is taken out."),
    )
    return _back(organisation, round_)


@require_POST
@workspace_view(policies.can_run_rounds)
def opening_create(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    tried(
        request,
        lambda: actions.open_round(round_=round_, by=request.viewer, at=timezone.now()),
        _("The round is open: poles and firms are being written to."),
    )
    return _back(organisation, round_)


@require_POST
@workspace_view(policies.can_run_rounds)
def reminders_create(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """Remind who is missing: poles, firms (`who=poles`, `who=firms`), or both."""
    round_ = _own_round(request, organisation, collection_id)
    who = request.POST.get("who", "")
    try:
        count = round_mails.remind(
            round_=round_,
            poles=who != "firms",
            firms=who != "poles",
            by=request.viewer,
            at=timezone.now(),
        )
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        told = ngettext("One reminder is on its way.", "%(count)s reminders are on their way.", count)
        messages.success(request, told % {"count": count})
    return _back(organisation, round_)


@require_POST
@workspace_view(policies.can_run_rounds)
def freezing_create(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    form = FreezeForm(request.POST)
    if form.is_valid():
        try:
            round_freezing.freeze_round(
                round_=round_,
                without_missing=form.cleaned_data["without_missing"],
                by=request.viewer,
                at=timezone.now(),
            )
        except round_mails.RoundNotOpen as refusal:
            messages.warning(request, str(refusal))
            return _back(organisation, round_)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The round is frozen. Its report no longer changes."))
            return redirect("indicators:round_report", organisation.slug, round_.pk)
    return _page(request, organisation, round_, freeze_form=form, status=422)


@require_POST
@workspace_view(policies.can_run_rounds)
def round_deletion(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    round_ = _own_round(request, organisation, collection_id)
    deleted = tried(
        request,
        lambda: actions.delete_round(round_=round_, by=request.viewer, at=timezone.now()),
        _("The draft is deleted."),
    )
    return redirect("indicators:rounds", organisation.slug) if deleted else _back(organisation, round_)


@require_safe
@workspace_view(policies.can_see_rounds)
def report(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """Figures for the whole and per pole, with response rates and who accepted when."""
    told = _report(request, organisation, collection_id)
    context = {"organisation": organisation, "round": told.round, "report": told}
    return render_page(request, "indicators/rounds/report.html", context)


@never_cache
@require_safe
@workspace_view(policies.can_see_rounds)
def report_csv(request: ViewerRequest, organisation: Organisation, collection_id: int) -> HttpResponse:
    """The same as rows: one for each figure and pole."""
    told = _report(request, organisation, collection_id)
    name = f"{told.round.organisation.slug}-round-{told.round.period.code}.csv"
    return HttpResponse(
        as_csv(*report_rows(told)),
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _report(request: ViewerRequest, organisation: Organisation, collection_id: int) -> RoundReport:
    """The opener's at any time, a pole's once it is frozen. Raises Http404."""
    round_ = _round(request, collection_id)
    is_own = round_.organisation_id == organisation.pk
    is_asked = round_.is_frozen and round_.parts.filter(organisation=organisation).exists()
    if round_.is_draft or not (is_own or is_asked):
        raise Http404
    return round_report(request.viewer, round_, timezone.now())


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    round_: CollectionRound,
    *,
    question_form: QuestionForm | None = None,
    freeze_form: FreezeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("state", "")
    today = day_of(timezone.now())
    definitions = queries.current_definitions()
    questions = list(round_.questions.select_related("question").order_by("position"))
    context: dict[str, Any] = {
        "organisation": organisation,
        "round": round_,
        "table": round_table(round_, today, asked if asked in PartState.values else ""),
        "state": asked,
        "today": today,
        "definitions": [definitions[code] for code in round_.codes if code in definitions],
        "questions": questions,
        "can_add_question": len(questions) < MOST_QUESTIONS,
        "question_form": question_form or QuestionForm(),
        "freeze_form": freeze_form or FreezeForm(),
        "can_run": policies.can_run_round(request.viewer, round_),
    }
    template = "indicators/rounds/draft.html" if round_.is_draft else "indicators/rounds/round.html"
    return render_page(request, template, context, status=status)


def _form(
    request: ViewerRequest, organisation: Organisation, round_: CollectionRound | None = None
) -> RoundForm:
    return RoundForm(
        request.POST if request.method == "POST" else None,
        definitions=queries.current_definitions(),
        poles=list(poles_to_ask(organisation)),
        former=list(former_rounds(request.viewer, organisation)) if round_ is None else (),
        periods=years_to_choose(timezone.now()),
        round_=round_,
    )


def _round(request: ViewerRequest, collection_id: int) -> CollectionRound:
    """Raises Http404."""
    visible = CollectionRound.objects.visible_to(request.viewer).select_related(
        "organisation", "questionnaire", "opened_by", "frozen_by", "former"
    )
    return get_object_or_404(visible, pk=collection_id)


def _own_round(request: ViewerRequest, organisation: Organisation, collection_id: int) -> CollectionRound:
    """Raises Http404, PermissionDenied."""
    round_ = _round(request, collection_id)
    if round_.organisation_id != organisation.pk:
        raise Http404
    if not policies.can_run_round(request.viewer, round_):
        raise PermissionDenied
    return round_


def _back(organisation: Organisation, round_: CollectionRound) -> HttpResponse:
    return redirect("indicators:round", organisation.slug, round_.pk)
