"""Importing the past: a table is uploaded, its columns are named, its rows are checked and recorded."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.ledger import policies, queries
from filiera.ledger.actions import FactsHaveMistakes, ImportAlreadyReversed, reverse_import
from filiera.ledger.actions.uploads import UploadIsGone, delete_upload, record_upload, upload_facts
from filiera.ledger.forms import FactColumnsForm, UploadForm
from filiera.ledger.models import FactMapping, FactUpload
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, send_to, tried

View = Callable[..., HttpResponse]
EXAMPLE = (
    ("kind", "happened_on", "organisation", "counterpart"),
    ("membership.started", "2019-03-01", "north", "firm-a"),
    ("meeting.held", "2021-05-14", "north", "firm-b"),
)
"""Made up, to show how a table looks."""


def for_importers(view: View) -> View:
    """Give a view its organisation: 404 where it may not be known, 403 for who may not import there."""

    @wraps(view)
    def guarded(request: ViewerRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = get_object_or_404(Organisation.objects.visible_to(request.viewer), slug=slug)
        if not policies.can_import_facts(request.viewer, organisation):
            if request.viewer.is_known:
                raise PermissionDenied
            address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
            return send_to(request, address)
        request.workspace = organisation  # type: ignore[attr-defined]
        return view(request, organisation, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "POST"])
@for_importers
def import_list(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """What was imported, what waits, and the form for another table."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            upload = upload_facts(
                organisation=organisation,
                upload=form.cleaned_data["file"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("ledger:upload", organisation.slug, upload.pk)
    waiting = FactUpload.objects.visible_to(request.viewer).filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "form": form,
        "example": EXAMPLE,
        "tables": list(queries.tables_of(request.viewer, organisation)[:100]),
        "uploads": list(waiting.order_by("-uploaded_at", "-pk")[:20]),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "ledger/imports/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_importers
def upload_page(request: ViewerRequest, organisation: Organisation, upload_id: int) -> HttpResponse:
    """Which column holds what; then all rows are checked, or recorded."""
    uploads = FactUpload.objects.visible_to(request.viewer).select_related("organisation", "file")
    upload = get_object_or_404(uploads, organisation=organisation, pk=upload_id)
    mappings = FactMapping.objects.visible_to(request.viewer).filter(organisation=organisation)
    chosen = request.GET.get("mapping", "")
    mapping = mappings.filter(pk=chosen).first() if chosen.isascii() and chosen.isdigit() else None
    form = FactColumnsForm(request.POST or None, upload=upload, mapping=mapping)
    context: dict[str, Any] = {
        "organisation": organisation,
        "upload": upload,
        "form": form,
        "mappings": list(mappings.order_by("name")),
        "mapping": mapping,
    }
    if request.method == "POST" and form.is_valid():
        is_check = "check" in request.POST
        try:
            report = record_upload(
                upload=upload,
                columns=form.columns(),
                by=request.viewer,
                at=timezone.now(),
                dry_run=is_check,
                keep_as=form.cleaned_data["keep_as"].strip(),
            )
        except FactsHaveMistakes as refusal:
            context["problems"] = refusal.problems
        except UploadIsGone as refusal:
            messages.warning(request, str(refusal))
            return redirect("ledger:imports", organisation.slug)
        except DomainError as error:
            show_refusal(form, error)
        else:
            if is_check or report.table is None:
                return render_page(request, "ledger/imports/columns.html", {**context, "report": report})
            said = ngettext("One fact is recorded.", "%(count)s facts are recorded.", report.recorded)
            messages.success(request, said % {"count": report.recorded})
            return redirect("ledger:import", organisation.slug, report.table.pk)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "ledger/imports/columns.html", context, status=status)


@require_POST
@for_importers
def deletion_create(request: ViewerRequest, organisation: Organisation, upload_id: int) -> HttpResponse:
    uploads = FactUpload.objects.visible_to(request.viewer).select_related("organisation", "file")
    upload = get_object_or_404(uploads, organisation=organisation, pk=upload_id)
    tried(
        request,
        lambda: delete_upload(upload=upload, by=request.viewer, at=timezone.now()),
        _("The table is deleted; nothing was recorded."),
    )
    return redirect("ledger:imports", organisation.slug)


@require_GET
@for_importers
def import_page(request: ViewerRequest, organisation: Organisation, table_id: int) -> HttpResponse:
    table = get_object_or_404(queries.tables_of(request.viewer, organisation), pk=table_id)
    context = {"organisation": organisation, "table": table}
    return render_page(request, "ledger/imports/table.html", context)


@require_POST
@for_importers
def reversal_create(request: ViewerRequest, organisation: Organisation, table_id: int) -> HttpResponse:
    table = get_object_or_404(queries.tables_of(request.viewer, organisation), pk=table_id)
    try:
        count = reverse_import(table=table, by=request.viewer, at=timezone.now())
    except ImportAlreadyReversed as error:
        messages.warning(request, str(error))
    else:
        said = ngettext("One fact is taken back.", "%(count)s facts are taken back.", count)
        messages.success(request, said % {"count": count})
    return redirect("ledger:import", organisation.slug, table.pk)
