"""New editions, copies and templates, and what an edition is called."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy import policies
from filiera.academy.actions import editions as actions
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.editions import CopyForm, EditionForm, NewEditionForm, ObjectivesForm, StateForm
from filiera.academy.models import Edition
from filiera.academy.queries.desk_editions import copyable_editions, organisers_to_be, series_to_run
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

editing = desk_view(policies.can_edit_edition)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edition_new(request: ViewerRequest) -> HttpResponse:
    """A new edition of a series that the viewer's organisation runs, or the first one of a new series."""
    series, organisers = series_to_run(request.viewer), organisers_to_be(request.viewer)
    if not series.exists() and not organisers.exists():
        raise PermissionDenied
    form = NewEditionForm(
        request.POST or None,
        viewer=request.viewer,
        series=series,
        organisers=organisers,
        sources=copyable_editions(request.viewer),
        initial={"series": series.first()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            edition = _make(request, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The edition is there, as a draft that only its team sees."))
            return redirect("academy:desk", edition.slug)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "academy/desk/edition_new.html", {"form": form}, status=status)


def _make(request: ViewerRequest, form: NewEditionForm) -> Edition:
    if form.source is not None:
        return actions.clone_edition(
            edition=form.source,
            details=form.details(),
            first_day=form.cleaned_data["first_day"],
            by=request.viewer,
            at=timezone.now(),
        )
    asked: dict[str, Any] = {
        "details": form.details(),
        "first_day": form.cleaned_data["first_day"],
        "with_programme": form.cleaned_data["start"] == form.FOUR_DAYS,
        "by": request.viewer,
        "at": timezone.now(),
    }
    if form.chosen_series is not None:
        return actions.add_edition(series=form.chosen_series, **asked)
    name, organiser = form.cleaned_data["series_name"], form.cleaned_data["organiser"]
    return actions.add_first_edition(series_name=name, organiser=organiser, **asked)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_edition(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = EditionForm(request.POST or None, viewer=request.viewer, edition=edition)
    if request.method == "POST" and form.is_valid():
        try:
            edition = actions.edit_edition(
                edition=edition, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The edition is saved."))
            return redirect("academy:desk_edition", edition.slug)
    return _edition_page(request, edition, form=form, status=422 if request.method == "POST" else 200)


@require_POST
@editing
def desk_edition_state(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = StateForm(request.POST)
    if form.is_valid():
        try:
            actions.open_edition(
                edition=edition, state=form.cleaned_data["state"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Who sees the edition is changed."))
            return redirect("academy:desk_edition", edition.slug)
    return _edition_page(request, edition, state_form=form, status=422)


@require_POST
@editing
def desk_objectives(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = ObjectivesForm(request.POST, edition=edition)
    if form.is_valid():
        actions.save_objectives(edition=edition, texts=form.texts(), by=request.viewer, at=timezone.now())
        messages.success(request, _("The objectives are saved."))
        return redirect("academy:desk_edition", edition.slug)
    return _edition_page(request, edition, objectives_form=form, status=422)


@require_POST
@editing
def desk_edition_copy(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = CopyForm(request.POST)
    if form.is_valid():
        try:
            copy = actions.clone_edition(
                edition=edition,
                details=form.details(edition),
                first_day=form.cleaned_data["first_day"],
                as_template=form.cleaned_data["as_template"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The copy is there, as a draft that only its team sees."))
            return redirect(reverse("academy:desk", args=[copy.slug]))
    return _edition_page(request, edition, copy_form=form, status=422)


def _edition_page(
    request: ViewerRequest,
    edition: Edition,
    *,
    status: int,
    form: EditionForm | None = None,
    state_form: StateForm | None = None,
    objectives_form: ObjectivesForm | None = None,
    copy_form: CopyForm | None = None,
) -> HttpResponse:
    context = {
        "edition": edition,
        "form": form or EditionForm(viewer=request.viewer, edition=edition),
        "state_form": state_form or StateForm(initial={"state": edition.state}),
        "objectives_form": objectives_form or ObjectivesForm(edition=edition),
        "copy_form": copy_form
        or CopyForm(
            initial={"name": edition.name, "number": edition.number + 1, "slug": f"{edition.slug}-copy"}
        ),
    }
    return render_page(request, "academy/desk/edition.html", context, status=status)
