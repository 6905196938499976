"""The reference tables: what they are, where they come from, and newer files for them."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.reference import queries
from filiera.reference.forms import LoadForm
from filiera.reference.load import TableHasMistakes, load_table
from filiera.reference.models import SourceTable
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page, send_to


@require_GET
def tables(request: ViewerRequest) -> HttpResponse:
    context = {"tables": queries.source_tables(), "versions": queries.mapping_versions()}
    return render_page(request, "reference/tables.html", context)


@require_http_methods(["GET", "POST"])
def table_load(request: ViewerRequest, name: str) -> HttpResponse:
    if not request.viewer.is_known:
        address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
        return send_to(request, address)
    if not request.viewer.administering:
        raise PermissionDenied
    table = get_object_or_404(SourceTable, name=name)
    form = LoadForm(request.POST or None, request.FILES or None)
    problems: tuple[object, ...] = ()
    checked = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            loaded = load_table(
                name,
                file.read(),
                file.name,
                source=form.table_source(),
                by=request.viewer,
                at=timezone.now(),
                dry_run=form.cleaned_data["dry_run"],
            )
        except TableHasMistakes as refusal:
            problems = refusal.problems
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            if not form.cleaned_data["dry_run"]:
                messages.success(request, _("The table was taken over."))
                return redirect("reference:tables")
            checked = loaded
    context = {"table": table, "form": form, "problems": problems, "checked": checked}
    refused = request.method == "POST" and checked is None
    return render_page(request, "reference/load.html", context, status=422 if refused else 200)
