"""Applications and offers to host at the desk: the list, one of them, and the files."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.reviews import write_remark
from filiera.admissions.forms.application_list import ApplicationListForm, as_query, asked_in
from filiera.admissions.forms.reviews import RemarkForm
from filiera.admissions.models import Application, ApplicationState, Call, CallKind
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.applications import (
    application_for_page,
    applications_for_table,
    applications_page,
    flags_of,
    list_choices,
    progress_of,
)
from filiera.admissions.queries.calls import call_of
from filiera.admissions.queries.reviews import given_reviews, remarks_on, scores_of
from filiera.admissions.queries.summaries import organisation_name, summary_of
from filiera.shared.http import render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, Cell, as_csv, as_xlsx

viewing = for_those_who(policies.can_view_applications)
_HEADER = [
    "number", "state", "organisation", "organisation_kind", "candidate", "email", "position", "country",
    "languages", "ecosystem", "maturity", "gender", "returning", "challenge_title", "challenge", "score",
    "reviews", "submitted_at_utc", "demonstration",
]  # fmt: skip


@require_safe
@viewing
def desk_applications(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    """What came in, one page at a time."""
    call = call_of(request.viewer, edition, kind)
    context: dict[str, object] = {"edition": edition, "call": call, "is_for_hosts": kind == CallKind.HOSTS}
    if call is not None:
        asked = asked_in(request.GET)
        page = applications_page(
            request.viewer, call, asked, after=_number(request, "after"), before=_number(request, "before")
        )
        query = as_query(asked)
        scores = scores_of(call, page.applications)
        context |= {
            "page": page,
            "lines": [(application, scores.get(application.pk)) for application in page.applications],
            "form": ApplicationListForm(asked, list_choices(call)),
            "query": urlencode(query),
            "is_filtered": query != {"state": ApplicationState.SUBMITTED},
            "next_url": f"?{urlencode({**query, 'after': page.next_key})}" if page.next_key else "",
            "previous_url": f"?{urlencode({**query, 'before': page.previous_key})}"
            if page.previous_key
            else "",
        }
    return render_page(request, "admissions/desk/applications.html", context, partial="applications")


@require_safe
@viewing
def desk_applications_table(request: ViewerRequest, edition: Edition, kind: str, form: str) -> HttpResponse:
    """The list as it is filtered, whole, as a table to take along."""
    call = call_of(request.viewer, edition, kind)
    if call is None:
        raise Http404
    rows = _rows(request, call)
    if form == "xlsx":
        content, content_type = as_xlsx(_("Applications"), _HEADER, rows), XLSX_TYPE
    else:
        content, content_type = as_csv(_HEADER, rows), CSV_TYPE
    name = f"{edition.slug}-{'offers' if kind == CallKind.HOSTS else 'applications'}.{form}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=disposition)


@require_safe
@viewing
def desk_application(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    """One application with its reviews and the discussion of it."""
    return _page(request, edition, _find(request, edition, application_id), status=200)


@require_POST
@viewing
def desk_remark(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    found = _find(request, edition, application_id)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, edition, found, remark_form=form, status=422)
    write_remark(application=found, text=form.cleaned_data["text"], by=request.viewer, at=timezone.now())
    return redirect("admissions:desk_application", edition.slug, found.pk)


def _find(request: ViewerRequest, edition: Edition, application_id: int) -> Application:
    found = application_for_page(request.viewer, application_id).filter(call__edition=edition)
    # Somebody of the team may have a draft of their own; at the desk nobody's drafts are read.
    return get_object_or_404(found.exclude(state=ApplicationState.DRAFT))


def _page(
    request: ViewerRequest,
    edition: Edition,
    found: Application,
    *,
    remark_form: RemarkForm | None = None,
    status: int,
) -> HttpResponse:
    call = found.call
    context = {
        "edition": edition,
        "application": found,
        "call": call,
        "name": organisation_name(found),
        "stages": progress_of(found),
        "zone": call.time_zone,
        "sections": summary_of(found, request.viewer),
        "flags": flags_of(found, timezone.now()),
        "score": scores_of(call, [found]).get(found.pk),
        "reviews": given_reviews(found),
        "remarks": remarks_on(request.viewer, found),
        "remark_form": remark_form or RemarkForm(),
    }
    return render_page(request, "admissions/desk/application.html", context, status=status)


def _rows(request: ViewerRequest, call: Call) -> Iterator[list[Cell]]:
    scores = scores_of(call)
    for application in applications_for_table(request.viewer, call, asked_in(request.GET)):
        score = scores.get(application.pk)
        yield [
            application.number,
            application.state,
            organisation_name(application),
            application.organisation_kind,
            application.candidate_name,
            application.candidate_email,
            application.candidate_position,
            application.country_id or "",
            "|".join(application.languages),
            application.ecosystem_id or "",
            application.maturity,
            application.gender,
            "yes" if application.is_returning else "no",
            application.challenge_title,
            application.challenge,
            float(score.score) if score is not None else None,
            score.reviews if score is not None else 0,
            application.submitted_at,
            "yes" if application.is_demonstration else "no",
        ]


def _number(request: ViewerRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
