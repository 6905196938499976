"""The directory: everybody who takes part, for everybody to find."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.organisations import actions, queries
from filiera.organisations.drawings import country_map
from filiera.organisations.forms import CreateForm, DirectoryForm, UploadForm
from filiera.organisations.forms.directory import asked_in
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.organisations.queries import DirectoryFilter
from filiera.shared.http import render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, Cell, as_csv, as_xlsx
from filiera.texts.languages import translated

from .common import for_administrators


@require_GET
def directory(request: ViewerRequest) -> HttpResponse:
    asked = asked_in(request.GET)
    page = queries.directory_page(
        request.viewer, asked, after=_slug(request, "after"), before=_slug(request, "before")
    )
    choices = queries.filter_choices(request.viewer, asked)
    query = query_of(asked)
    names = {country.code: translated(country.names) for country in choices.countries}
    context = {
        "page": page,
        "form": DirectoryForm(asked, choices),
        "asked": asked,
        "query": urlencode(query),
        "is_filtered": bool(query),
        "kinds": [
            (kind.value, kind.label, page.kind_counts[kind.value], urlencode({**query, "kind": kind.value}))
            for kind in OrganisationKind
            if kind.value in page.kind_counts
        ],
        "countries": [
            (names[code], count, urlencode({**query, "country": code}))
            for code, count in sorted(page.country_counts.items(), key=lambda entry: (-entry[1], entry[0]))
            if code in names
        ],
        "map": country_map(
            page.country_counts, names, address=reverse("organisations:directory"), query=query
        ),
        "every_kind_address": urlencode({key: value for key, value in query.items() if key != "kind"}),
        "next_url": f"?{urlencode({**query, 'after': page.next_key})}" if page.next_key else "",
        "previous_url": f"?{urlencode({**query, 'before': page.previous_key})}" if page.previous_key else "",
    }
    return render_page(request, "organisations/directory.html", context, partial="results")


@require_GET
def directory_table(request: ViewerRequest, form: str) -> HttpResponse:
    """What the directory shows, whole, as a table to take along."""
    asked = asked_in(request.GET)
    found = asked.narrow(Organisation.objects.visible_to(request.viewer))
    header = ["name", "kind", "country", "region", "city", "website", "ecosystems", "s3_priorities",
              "source_url"]  # fmt: skip
    rows = _table_rows(queries.directory_rows(found))
    if form == "xlsx":
        content, content_type = as_xlsx(_("Directory"), header, rows), XLSX_TYPE
    else:
        content, content_type = as_csv(header, rows), CSV_TYPE
    disposition = {"Content-Disposition": f'attachment; filename="organisations.{form}"'}
    return HttpResponse(content, content_type=content_type, headers=disposition)


@require_http_methods(["GET", "POST"])
@for_administrators
def organisation_create(request: ViewerRequest) -> HttpResponse:
    form = CreateForm(request.POST or None)
    duplicates: tuple[queries.Duplicate, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            organisation = actions.create_organisation(
                profile=form.profile(),
                although_similar=form.cleaned_data["although_similar"],
                by=request.viewer,
                at=timezone.now(),
            )
        except actions.ProfileRefused as refusal:
            form.tell(refusal)
        except actions.LooksLikeDuplicate as refusal:
            duplicates = refusal.duplicates
        else:
            messages.success(request, _("%(name)s is in the directory now.") % {"name": organisation.name})
            return redirect(organisation)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "duplicates": duplicates}
    return render_page(request, "organisations/create.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_administrators
def organisation_import(request: ViewerRequest) -> HttpResponse:
    return import_page(request, None, "organisations/import.html")


def import_page(request: ViewerRequest, cluster: Organisation | None, template: str) -> HttpResponse:
    """A table is checked, and taken over only when nothing in it is wrong."""
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: tuple[object, ...] = ()
    report = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            report = actions.import_organisations(
                content=file.read(),
                filename=file.name,
                dry_run=form.cleaned_data["dry_run"],
                cluster=cluster,
                by=request.viewer,
                at=timezone.now(),
            )
        except actions.ImportHasMistakes as refusal:
            problems = refusal.problems
        except actions.UnreadableImport as refusal:
            form.add_error("file", str(refusal))
    context = {
        "form": form,
        "problems": problems,
        "report": report,
        "organisation": cluster,
        "columns": actions.IMPORT_COLUMNS,
    }
    refused = request.method == "POST" and report is None
    return render_page(request, template, context, status=422 if refused else 200)


def query_of(asked: DirectoryFilter) -> dict[str, str]:
    told = {
        "q": asked.text,
        "kind": asked.kind,
        "country": asked.country,
        "region": asked.region,
        "ecosystem": asked.ecosystem,
        "s3_priority": asked.s3_priority,
        "cluster": asked.cluster,
    }
    return {key: value for key, value in told.items() if value}


def _table_rows(organisations: list[Organisation]) -> Iterator[list[Cell]]:
    for organisation in organisations:
        yield [
            organisation.name,
            organisation.kind,
            organisation.country_id or "",
            organisation.region_id or "",
            organisation.city,
            organisation.website,
            "|".join(ecosystem.code for ecosystem in organisation.ecosystems.all()),
            "|".join(sorted(priority.code for priority in organisation.s3_priorities.all())),
            organisation.source_url,
        ]


def _slug(request: ViewerRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "")[:80]
