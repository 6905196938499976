"""Targets with their path, notes beside a figure, alerts and the choice of their digest."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.actions import targets as actions
from filiera.indicators.definition import PeriodKind
from filiera.indicators.forms.targets import NoteForm, PathForm
from filiera.indicators.models import DigestRefusal, FigureNote, FigureTarget, PathKind
from filiera.indicators.periods import Period, period_of
from filiera.indicators.queries.targets import alerts_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

from .common import definition_in, period_in, workspace_view
from .years import years_to_choose

_YEARS_AHEAD = 6


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_declare)
def target_edit(request: ViewerRequest, organisation: Organisation, indicator: str) -> HttpResponse:
    """On which path the figure should go."""
    definition = definition_in(indicator)
    target = _target(request, organisation, indicator)
    at = timezone.now()
    last_year = period_of(at, PeriodKind.YEAR).before()
    kept = list(target.points.all()) if target is not None else []
    form = PathForm(
        request.POST if request.method == "POST" else None,
        target=target,
        series=queries.series_of(request.viewer, organisation, [indicator]).get(indicator, []),
        bases=_with(years_to_choose(at)[1:], [row.period for row in kept if row.is_base])[::-1],
        years=_with(_years_from(last_year), [row.period for row in kept if not row.is_base]),
    )
    if form.is_bound and form.is_valid():
        try:
            actions.set_target(
                organisation=organisation,
                code=indicator,
                kind=PathKind(form.cleaned_data["kind"]),
                points=form.points(),
                reason=form.cleaned_data["reason"],
                by=request.viewer,
                at=at,
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The target and its path are kept."))
            return redirect("indicators:own_figure", organisation.slug, indicator, last_year.code)
    context = {
        "organisation": organisation,
        "definition": definition,
        "target": target,
        "form": form,
        "last_year": last_year,
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/targets/edit.html", context, status=status)


@require_POST
@workspace_view(policies.can_declare)
def target_remove(request: ViewerRequest, organisation: Organisation, indicator: str) -> HttpResponse:
    target = _target(request, organisation, indicator)
    if target is None:
        raise Http404
    actions.remove_target(target=target, by=request.viewer, at=timezone.now())
    messages.success(request, _("There is no target any more."))
    last = period_of(timezone.now(), PeriodKind.YEAR).before()
    return redirect("indicators:own_figure", organisation.slug, indicator, last.code)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_declare)
def note_create(
    request: ViewerRequest, organisation: Organisation, indicator: str, period: str
) -> HttpResponse:
    definition, span = definition_in(indicator), period_in(period)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.write_note(
            organisation=organisation,
            code=indicator,
            period=span,
            text=form.cleaned_data["text"],
            by=request.viewer,
            at=timezone.now(),
        )
        messages.success(request, _("The note stands at the figure."))
        return redirect("indicators:own_figure", organisation.slug, indicator, span.code)
    context = {"organisation": organisation, "definition": definition, "period": span, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/targets/note.html", context, status=status)


@require_POST
@workspace_view(policies.can_declare)
def note_remove(request: ViewerRequest, organisation: Organisation, figure_note_id: int) -> HttpResponse:
    rows = FigureNote.objects.visible_to(request.viewer).filter(organisation=organisation)
    note = get_object_or_404(rows.select_related("organisation"), pk=figure_note_id)
    actions.remove_note(note=note, by=request.viewer, at=timezone.now())
    messages.success(request, _("The note is gone."))
    return redirect("indicators:own_figure", organisation.slug, note.code, note.period.code)


@require_safe
@workspace_view()
def alerts(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """What calls for somebody, and whether it comes by mail."""
    refused = DigestRefusal.objects.visible_to(request.viewer).filter(organisation=organisation).exists()
    context = {
        "organisation": organisation,
        "alerts": alerts_of(request.viewer, organisation, timezone.now()),
        "has_digest": not refused,
        "can_choose": request.viewer.organisation_id == organisation.pk,
    }
    return render_page(request, "indicators/targets/alerts.html", context)


@require_POST
@workspace_view()
def digest_choice(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """Have the weekly mail (`wanted=yes`), or have it no more."""
    wanted = request.POST.get("wanted") == "yes"
    actions.choose_digest(organisation=organisation, wanted=wanted, by=request.viewer, at=timezone.now())
    messages.success(
        request, _("The mail comes on Mondays.") if wanted else _("No mail about alerts comes any more.")
    )
    return redirect("indicators:alerts", organisation.slug)


def _years_from(first: Period) -> list[Period]:
    years = [first]
    while len(years) < _YEARS_AHEAD + 1:
        years.append(years[-1].after())
    return years


def _with(years: Iterable[Period], of_path: Iterable[Period]) -> list[Period]:
    """These years and those that the path has already: it is kept whole, however long ago it began."""
    return sorted({*years, *of_path})


def _target(request: ViewerRequest, organisation: Organisation, code: str) -> FigureTarget | None:
    rows = FigureTarget.objects.visible_to(request.viewer).filter(organisation=organisation, code=code)
    return rows.select_related("organisation").prefetch_related("points").first()
