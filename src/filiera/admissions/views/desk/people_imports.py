"""Importing people who were selected elsewhere: upload, choose the columns, look, import."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.participations import offer_to_all
from filiera.admissions.actions.people_imports import (
    PeopleHaveMistakes,
    PeopleReport,
    import_upload,
    upload_people,
)
from filiera.admissions.forms.people_imports import PeopleMappingForm, PeopleUploadForm
from filiera.admissions.models import PeopleImport
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.people_imports import earlier_imports
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import RowProblem

_SHOWN_ROWS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_edit_participants)
def people_import_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Give a table; nobody is imported yet."""
    form = PeopleUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = upload_people(
                edition=edition,
                content=file.read(),
                name=file.name,
                encoding=form.cleaned_data["encoding"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("admissions:desk_people_import_columns", edition.slug, upload.pk)
    context = {"edition": edition, "form": form, "earlier": earlier_imports(request.viewer, edition)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/desk/people_import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_edit_participants)
def people_import_columns(request: ViewerRequest, edition: Edition, upload_id: int) -> HttpResponse:
    """Choose the columns, look what would happen (`step=look`), import (`step=import`)."""
    visible = PeopleImport.objects.visible_to(request.viewer).select_related("edition")
    upload = get_object_or_404(visible, edition=edition, pk=upload_id)
    form = PeopleMappingForm(request.POST or None, headings=upload.headings, mapping=upload.mapping)
    report: PeopleReport | None = None
    problems: tuple[RowProblem, ...] = ()
    rows = len(upload.rows)
    if request.method == "POST" and form.is_valid():
        try:
            report = import_upload(
                upload=upload,
                mapping=form.mapping(),
                is_confirmed=form.is_confirmed,
                dry_run=request.POST.get("step") != "import",
                by=request.viewer,
                at=edition.clock_at or timezone.now(),
            )
        except PeopleHaveMistakes as refusal:
            problems = refusal.problems
        except DomainError as error:
            show_refusal(form, error)
    if report is not None and not report.is_dry_run:
        messages.success(request, _("The people were imported."))
    context = {
        "edition": edition,
        "upload": upload,
        "form": form,
        "report": report,
        "problems": problems[:200],
        "problem_count": len(problems),
        "row_count": rows,
        "sample": [cells for _number, cells in upload.rows[:_SHOWN_ROWS]],
    }
    status = 422 if problems or form.errors else 200
    return render_page(request, "admissions/desk/people_import_columns.html", context, status=status)


@require_POST
@for_those_who(policies.can_edit_participants)
def offers_to_all(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Offer their places to all who were imported or added and not told yet."""
    try:
        offered = offer_to_all(edition=edition, by=request.viewer, at=edition.clock_at or timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        words = ngettext("One offer is on its way.", "%(count)s offers are on their way.", len(offered))
        messages.success(request, words % {"count": len(offered)})
    return redirect(reverse("admissions:desk_participants", args=[edition.slug]))
