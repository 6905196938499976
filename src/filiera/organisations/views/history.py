"""What became of an organisation: recorded by administrators, because it may have no team any more."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.organisations import actions, policies
from filiera.organisations.forms import CloseForm, KnownDate, SuccessionForm
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .common import workspace_view


def _may_record(viewer: Viewer, organisation: Organisation) -> bool:
    return policies.can_record_history(viewer)


@require_GET
@workspace_view(_may_record)
def fate(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _page(request, organisation, SuccessionForm(), CloseForm())


@require_POST
@workspace_view(_may_record)
def succession_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = SuccessionForm(request.POST)
    if form.is_valid():
        heir = Organisation.objects.visible_to(request.viewer).filter(slug=form.cleaned_data["heir"]).first()
        if heir is None:
            form.add_error("heir", _("There is no organisation with this address. Look in the directory."))
        else:
            when: KnownDate = form.cleaned_data["when"]
            try:
                actions.record_succession(
                    kind=form.cleaned_data["kind"],
                    from_organisation=organisation,
                    to_organisation=heir,
                    happened_on=when.day,
                    precision=when.precision,
                    source_url=form.cleaned_data["source_url"],
                    by=request.viewer,
                    at=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("It is recorded and public."))
                return redirect(organisation)
    return _page(request, organisation, form, CloseForm(), status=422)


@require_POST
@workspace_view(_may_record)
def closing_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = CloseForm(request.POST)
    if form.is_valid():
        closed: KnownDate = form.cleaned_data["closed"]
        try:
            actions.close_organisation(
                organisation=organisation,
                closed_on=closed.day,
                precision=closed.precision,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("closed", str(refusal))
        else:
            messages.success(request, _("It is recorded and public."))
            return redirect(organisation)
    return _page(request, organisation, SuccessionForm(), form, status=422)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    succession_form: forms.Form,
    close_form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "organisation": organisation,
        "succession_form": succession_form,
        "close_form": close_form,
    }
    return render_page(request, "organisations/workspace/fate.html", context, status=status)
