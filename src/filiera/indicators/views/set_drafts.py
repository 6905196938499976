"""Making a set: its first draft, the indicators in it, and publishing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators import queries as figures
from filiera.indicators.actions import sets as actions
from filiera.indicators.forms.sets import IndicatorForm, ItemForm, NewSetForm, SetForm
from filiera.indicators.models import IndicatorSet, SetItem, SetProposal, SetVersion
from filiera.indicators.queries import sets as queries
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried

from .common import workspace_view
from .sets import set_in


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_make_sets)
def set_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = NewSetForm(
        request.POST if request.method == "POST" else None, definitions=figures.current_definitions()
    )
    if form.is_bound and form.is_valid():
        try:
            made = actions.create_set(
                organisation=organisation,
                details=form.details(),
                codes=form.cleaned_data["code"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The draft is kept. Nobody else sees it before you publish it."))
            return redirect("indicators:set_draft", organisation.slug, made.pk)
    context = {"organisation": organisation, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/sets/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_make_sets)
def draft(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    """The draft; POST begins the next version."""
    found = _own_set(request, organisation, set_id)
    if request.method == "POST":
        tried(
            request,
            lambda: actions.begin_next_version(indicator_set=found, by=request.viewer, at=timezone.now()),
            _("The draft begins with what the last version says."),
        )
        return redirect("indicators:set_draft", organisation.slug, found.pk)
    return _page(request, organisation, found)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_make_sets)
def details(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    """Name, purpose, and who may adopt it."""
    found = _own_set(request, organisation, set_id)
    shown = _draft(request, found)
    form = SetForm(request.POST if request.method == "POST" else None, draft=shown)
    if form.is_bound and form.is_valid():
        tried(
            request,
            lambda: actions.change_details(
                indicator_set=found, details=form.details(), by=request.viewer, at=timezone.now()
            ),
            _("The changes are kept."),
        )
        return redirect("indicators:set_draft", organisation.slug, found.pk)
    context = {"organisation": organisation, "set": found, "draft": shown, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/sets/details.html", context, status=status)


@require_POST
@workspace_view(policies.can_make_sets)
def item_create(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    found = _own_set(request, organisation, set_id)
    form = IndicatorForm(request.POST, taken=())
    if form.is_valid():
        try:
            actions.add_indicator(
                indicator_set=found,
                code=form.cleaned_data["code"],
                note=form.cleaned_data["note"] or {},
                by=request.viewer,
                at=timezone.now(),
            )
        except actions.NoDraft as refusal:
            messages.warning(request, str(refusal))
            return redirect("indicators:set", organisation.slug, found.pk)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The indicator stands at the end of the set."))
            return redirect("indicators:set_draft", organisation.slug, found.pk)
    return _page(request, organisation, found, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(policies.can_make_sets)
def item(request: ViewerRequest, organisation: Organisation, set_id: int, set_item_id: int) -> HttpResponse:
    """By which version an indicator is meant, and the note beside it."""
    found = _own_set(request, organisation, set_id)
    shown = _item(request, found, set_item_id)
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        item=shown,
        versions=queries.versions_to_pin(shown.code),
    )
    if form.is_bound and form.is_valid():
        tried(
            request,
            lambda: actions.change_item(
                item=shown,
                definition=form.chosen,
                note=form.cleaned_data["note"] or {},
                by=request.viewer,
                at=timezone.now(),
            ),
            _("The changes are kept."),
        )
        return redirect("indicators:set_draft", organisation.slug, found.pk)
    row = queries.rows_of([shown], figures.current_definitions())[0]
    context = {"organisation": organisation, "set": found, "draft": shown.version, "row": row, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "indicators/sets/item.html", context, status=status)


@require_POST
@workspace_view(policies.can_make_sets)
def item_move(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_item_id: int
) -> HttpResponse:
    """One place up or down (`to=up`, `to=down`)."""
    found = _own_set(request, organisation, set_id)
    moved = _item(request, found, set_item_id)
    steps = -1 if request.POST.get("to") == "up" else 1
    tried(request, lambda: actions.move_item(item=moved, steps=steps, by=request.viewer, at=timezone.now()))
    return redirect("indicators:set_draft", organisation.slug, found.pk)


@require_POST
@workspace_view(policies.can_make_sets)
def item_removal(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_item_id: int
) -> HttpResponse:
    found = _own_set(request, organisation, set_id)
    removed = _item(request, found, set_item_id)
    tried(
        request,
        lambda: actions.remove_item(item=removed, by=request.viewer, at=timezone.now()),
        _("The indicator is taken out of the draft."),
    )
    return redirect("indicators:set_draft", organisation.slug, found.pk)


@require_POST
@workspace_view(policies.can_make_sets)
def publication_create(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    found = _own_set(request, organisation, set_id)
    is_done = tried(
        request,
        lambda: actions.publish_set(indicator_set=found, by=request.viewer, at=timezone.now()),
        _("The version is published. Those who may use it are being told."),
    )
    to = "indicators:set" if is_done else "indicators:set_draft"
    return redirect(to, organisation.slug, found.pk)


@require_POST
@workspace_view(policies.can_make_sets)
def deletion(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    found = _own_set(request, organisation, set_id)
    is_done = tried(
        request,
        lambda: actions.drop_draft(indicator_set=found, by=request.viewer, at=timezone.now()),
        _("The draft is dropped."),
    )
    if is_done:
        return redirect("indicators:sets", organisation.slug)
    return redirect("indicators:set_draft", organisation.slug, found.pk)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    found: IndicatorSet,
    *,
    form: IndicatorForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = SetVersion.objects.visible_to(request.viewer).filter(
        indicator_set=found, published_at__isnull=True
    )
    shown = rows.first()
    if shown is None:
        return redirect("indicators:set", organisation.slug, found.pk)
    known = figures.current_definitions()
    items = queries.rows_of(
        SetItem.objects.visible_to(request.viewer).filter(version=shown).in_order(), known
    )
    held = SetProposal.objects.filter(taken_in=shown)
    context = {
        "organisation": organisation,
        "set": found,
        "draft": shown,
        "rows": items,
        "proposals": queries.proposal_lines(request.viewer, held, known),
        "form": form or IndicatorForm(taken=[row.item.code for row in items]),
    }
    return render_page(request, "indicators/sets/draft.html", context, status=status)


def _own_set(request: ViewerRequest, organisation: Organisation, set_id: int) -> IndicatorSet:
    """Raises Http404, PermissionDenied."""
    found = set_in(request, organisation, set_id)
    if found.organisation_id != organisation.pk:
        raise Http404
    if not policies.can_make_set(request.viewer, found):
        raise PermissionDenied
    return found


def _draft(request: ViewerRequest, found: IndicatorSet) -> SetVersion:
    """Raises Http404."""
    rows = SetVersion.objects.visible_to(request.viewer).filter(published_at__isnull=True)
    return get_object_or_404(rows.select_related("indicator_set"), indicator_set=found)


def _item(request: ViewerRequest, found: IndicatorSet, set_item_id: int) -> SetItem:
    """An indicator of the draft. Raises Http404."""
    rows = SetItem.objects.visible_to(request.viewer).filter(
        version__indicator_set=found, version__published_at__isnull=True
    )
    return get_object_or_404(rows.select_related("definition", "version__indicator_set"), pk=set_item_id)
