"""The starter set: eight indicators with their past, from a spreadsheet that is there already."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions.history import (
    confirm_history,
    declare_history,
    delete_history,
    table_of,
    upload_history,
)
from filiera.indicators.forms.history import HistoryForm, SeriesForm
from filiera.indicators.history_files import HistoryHasMistakes
from filiera.indicators.models import Declaration, HistoryUpload
from filiera.indicators.queries import current_definitions
from filiera.indicators.starter import STARTER_CODES
from filiera.indicators.views.common import workspace_view
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.texts.languages import translated

declaring = workspace_view(policies.can_declare)


@require_http_methods(["GET", "POST"])
@declaring
def starter(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """The eight, the tables brought so far, and the form for another."""
    form = HistoryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = upload_history(
                organisation=organisation,
                upload=form.cleaned_data["file"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("indicators:history", organisation.slug, made.pk)
    definitions = current_definitions()
    tables = HistoryUpload.objects.visible_to(request.viewer).filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "form": form,
        "starters": [definitions[code] for code in STARTER_CODES if code in definitions],
        "tables": list(tables.select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:50]),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/history/starter.html", context, status=status)


@require_http_methods(["GET", "POST"])
@declaring
def history(request: ViewerRequest, organisation: Organisation, history_id: int) -> HttpResponse:
    """Which series is which indicator; then all figures are checked or declared. Later what was declared."""
    found = _history(request, organisation, history_id)
    if found.declared_at is not None:
        return _declared(request, organisation, found)
    table = table_of(found)
    form = SeriesForm(request.POST or None, history=found, table=table)
    context: dict[str, Any] = {"organisation": organisation, "history": found, "table": table, "form": form}
    if request.method == "POST" and form.is_valid():
        is_check = "check" in request.POST
        try:
            count = declare_history(
                history=found,
                chosen=form.chosen(),
                by=request.viewer,
                at=timezone.now(),
                dry_run=is_check,
            )
        except HistoryHasMistakes as refusal:
            context["problems"] = refusal.problems
        except DomainError as error:
            show_refusal(form, error)
        else:
            if is_check:
                context["count"] = count
                return render_page(request, "indicators/history/series.html", context)
            said = ngettext("One figure is declared.", "%(count)s figures are declared.", count)
            messages.success(request, said % {"count": count})
            return redirect("indicators:history", organisation.slug, found.pk)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/history/series.html", context, status=status)


@require_POST
@declaring
def history_confirmation(request: ViewerRequest, organisation: Organisation, history_id: int) -> HttpResponse:
    found = _history(request, organisation, history_id)
    try:
        count = confirm_history(history=found, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        said = ngettext("One figure is confirmed.", "%(count)s figures are confirmed.", count)
        messages.success(request, said % {"count": count})
    return redirect("indicators:history", organisation.slug, found.pk)


@require_POST
@declaring
def history_deletion(request: ViewerRequest, organisation: Organisation, history_id: int) -> HttpResponse:
    found = _history(request, organisation, history_id)
    try:
        delete_history(history=found, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("indicators:history", organisation.slug, found.pk)
    messages.success(request, _("The table is deleted."))
    return redirect("indicators:starter", organisation.slug)


def _history(request: ViewerRequest, organisation: Organisation, history_id: int) -> HistoryUpload:
    rows = HistoryUpload.objects.visible_to(request.viewer).filter(organisation=organisation)
    return get_object_or_404(rows.select_related("file", "uploaded_by", "confirmed_by"), pk=history_id)


def _declared(request: ViewerRequest, organisation: Organisation, found: HistoryUpload) -> HttpResponse:
    """The figures of a table, a line for each indicator and a column for each year."""
    rows = Declaration.objects.visible_to(request.viewer).filter(
        organisation=organisation, evidence=found.file
    )
    values: dict[str, dict[int, Any]] = {}
    for row in rows.order_by("start_on"):
        values.setdefault(row.code, {})[row.start_on.year] = row.value
    years = sorted({year for told in values.values() for year in told})
    definitions = current_definitions()
    is_own = request.viewer.person_id is not None and request.viewer.person_id == found.uploaded_by_id
    context = {
        "organisation": organisation,
        "history": found,
        "years": years,
        "lines": [
            (translated(definitions[code].names), [values[code].get(year) for year in years])
            for code in STARTER_CODES
            if code in values and code in definitions
        ],
        "can_confirm": found.confirmed_at is None and not is_own,
    }
    return render_page(request, "indicators/history/declared.html", context)
