"""Declared figures: the page of all, the form of one, and the second person's word."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import asking
from filiera.indicators.actions import declaring as actions
from filiera.indicators.definition import Definition
from filiera.indicators.forms.declarations import AskingForm, DeclarationForm, ReturnForm
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import Period, day_of, parse_period
from filiera.indicators.queries.declaration_links import is_told_by
from filiera.indicators.queries.declarations import (
    DeclaredState,
    declared_figure,
    declared_page,
    figures_to_declare,
    team_to_ask,
)
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried

from .common import definition_in, period_in, workspace_view
from .years import years_to_choose


@require_safe
@workspace_view()
def declarations(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """What is asked, declared, confirmed, sent back and late."""
    return _list(request, organisation)


@require_POST
@workspace_view(policies.can_declare)
def request_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """Ask somebody of the team, or somebody outside, for a figure."""
    form = _asking_form(request, organisation)
    if form.is_valid():
        given = form.cleaned_data
        try:
            asking.ask_for_declaration(
                organisation=organisation,
                code=given["code"],
                period=parse_period(given["period"]),
                owner=form.asked_owner(),
                due_on=given["due_on"],
                note=given["note"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It is asked for by mail, with a link to the form."))
            return redirect("indicators:declarations", organisation.slug)
    return _list(request, organisation, asking_form=form, status=422)


@require_POST
@workspace_view(policies.can_declare)
def request_withdraw(
    request: ViewerRequest, organisation: Organisation, figure_request_id: int
) -> HttpResponse:
    """Ask no more for a figure."""
    visible = DeclarationRequest.objects.visible_to(request.viewer).filter(organisation=organisation)
    found = get_object_or_404(visible.select_related("organisation"), pk=figure_request_id)
    asking.withdraw_request(request=found, by=request.viewer, at=timezone.now())
    messages.success(request, _("It is no longer asked for, and the link in the mail has ended."))
    return redirect("indicators:declarations", organisation.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view()
def declaration(
    request: ViewerRequest, organisation: Organisation, indicator: str, period: str
) -> HttpResponse:
    """One figure of one period: what was declared, and the form to declare it."""
    definition, span = definition_in(indicator), period_in(period)
    is_sent = request.method == "POST"
    form = DeclarationForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, definition=definition
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.declare_figure(
                code=definition.code,
                organisation=organisation,
                period=span,
                value=given["value"],
                note=given["note"],
                upload=given["upload"],
                source_url=given["source_url"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("It is declared. It counts when a second person confirms it."))
            return _back(organisation, definition, span)
    status = 422 if form.is_bound else 200
    return _page(request, organisation, definition, span, form=form, status=status)


@require_POST
@workspace_view(policies.can_declare)
def confirmation_create(
    request: ViewerRequest, organisation: Organisation, declaration_id: int
) -> HttpResponse:
    found = _declaration(request, organisation, declaration_id)
    tried(
        request,
        lambda: actions.confirm_declaration(declaration=found, by=request.viewer, at=timezone.now()),
        _("It is confirmed, and counts from now on."),
    )
    return _back(organisation, definition_in(found.code), found.period)


@require_POST
@workspace_view(policies.can_declare)
def return_create(request: ViewerRequest, organisation: Organisation, declaration_id: int) -> HttpResponse:
    """Send it back with a comment."""
    found = _declaration(request, organisation, declaration_id)
    form = ReturnForm(request.POST, key=found.pk)
    definition = definition_in(found.code)
    if not form.is_valid():
        return _page(request, organisation, definition, found.period, return_form=form, status=422)
    because, at = form.cleaned_data["because"], timezone.now()
    # What no longer waits has no form at which a refusal could stand.
    tried(
        request,
        lambda: actions.return_declaration(declaration=found, because=because, by=request.viewer, at=at),
        _("It is sent back with your comment."),
    )
    return _back(organisation, definition, found.period)


def _list(
    request: ViewerRequest,
    organisation: Organisation,
    *,
    asking_form: AskingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("state", "")
    can_declare = policies.can_declare(request.viewer, organisation)
    page = declared_page(
        request.viewer,
        organisation,
        day_of(timezone.now()),
        asked if asked in DeclaredState.values else "",
    )
    context = {
        "organisation": organisation,
        "page": page,
        "state": asked,
        "can_declare": can_declare,
        "asking_form": asking_form or (_asking_form(request, organisation) if can_declare else None),
    }
    return render_page(request, "indicators/declarations/list.html", context, status=status)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    definition: Definition,
    period: Period,
    *,
    form: DeclarationForm | None = None,
    return_form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    page = declared_figure(request.viewer, organisation, definition, period)
    can_declare = policies.can_declare(request.viewer, organisation)
    rows = [
        (
            row,
            return_form if return_form is not None and return_form.key == row.pk else ReturnForm(key=row.pk),
            can_declare and row.is_waiting and not _is_own(request, row),
        )
        for row in page.declarations
    ]
    context = {
        "organisation": organisation,
        "page": page,
        "definition": definition,
        "period": period,
        "rows": rows,
        "form": form or DeclarationForm(definition=definition),
        "can_declare": can_declare,
        "waits": any(row.is_waiting for row in page.declarations),
    }
    return render_page(request, "indicators/declarations/one.html", context, status=status)


def _is_own(request: ViewerRequest, row: Declaration) -> bool:
    return request.viewer.person is not None and is_told_by(row, request.viewer.person)


def _asking_form(request: ViewerRequest, organisation: Organisation) -> AskingForm:
    return AskingForm(
        request.POST if request.method == "POST" else None,
        definitions=figures_to_declare(),
        periods=years_to_choose(timezone.now()),
        team=team_to_ask(organisation),
    )


def _declaration(request: ViewerRequest, organisation: Organisation, declaration_id: int) -> Declaration:
    """Raises Http404."""
    visible = Declaration.objects.visible_to(request.viewer).filter(organisation=organisation)
    return get_object_or_404(visible.select_related("organisation", "declared_by"), pk=declaration_id)


def _back(organisation: Organisation, definition: Definition, period: Period) -> HttpResponse:
    return redirect("indicators:declaration", organisation.slug, definition.code, period.code)
