"""Taking a programme over from a file, and the files that lead out."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from filiera.academy import policies
from filiera.academy.actions.programme_import import ImportRefused, ImportReport, import_programme
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.imports import ProgrammeImportForm
from filiera.academy.imports.table import COLUMNS
from filiera.academy.models import Edition, SessionKind
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import RowProblem


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_edit_programme)
def desk_import(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The form, and after reading a file what it added or what is wrong in it."""
    form = ProgrammeImportForm(request.POST or None, request.FILES or None)
    report: ImportReport | None = None
    problems: tuple[RowProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report = import_programme(
                edition=edition,
                content=file.read(),
                name=file.name,
                dry_run=form.cleaned_data["dry_run"],
                by=request.viewer,
                at=timezone.now(),
            )
        except ImportRefused as refusal:
            problems = refusal.problems
        except DomainError as error:
            show_refusal(form, error)
    if report and not report.is_dry_run:
        messages.success(request, _added(report))
    context = {
        "edition": edition,
        "form": form,
        "report": report,
        "problems": problems,
        "columns": [(names[0], names[1:]) for names in COLUMNS.values()],
        "kinds": SessionKind.values,
    }
    status = 422 if problems or form.errors else 200
    return render_page(request, "academy/desk/import.html", context, status=status)


def _added(report: ImportReport) -> str:
    count = len(report.sessions)
    return ngettext("One session was added.", "%(count)s sessions were added.", count) % {"count": count}
