"""A pole's part of a round, as the pole and as whoever opened it see it."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import round_parts as actions
from filiera.indicators.forms.rounds import CommentForm
from filiera.indicators.models import CollectionPart
from filiera.indicators.queries.round_parts import part_page
from filiera.organisations.models import Organisation
from filiera.shared.http import render_page, tried
from filiera.texts.languages import translated

from .common import workspace_view


@require_safe
@workspace_view(policies.can_see_rounds)
def part(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_id: int
) -> HttpResponse:
    return _page(request, organisation, _part(request, organisation, collection_id, asked_id))


@require_POST
@workspace_view(policies.can_see_rounds)
def submission_create(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_id: int
) -> HttpResponse:
    """The pole lets its figures go."""
    found = _part(request, organisation, collection_id, asked_id)
    tried(
        request,
        lambda: actions.submit_part(part=found, by=request.viewer, at=timezone.now()),
        _("Your figures are submitted, as they stand now."),
    )
    return _back(organisation, found)


@require_POST
@workspace_view(policies.can_see_rounds)
def acceptance_create(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_id: int
) -> HttpResponse:
    """Whoever opened the round takes them."""
    found = _part(request, organisation, collection_id, asked_id)
    found.submitted_at = _moment(request.POST.get("submitted_at", ""))
    tried(
        request,
        lambda: actions.accept_part(part=found, by=request.viewer, at=timezone.now()),
        _("The figures are accepted."),
    )
    return _back(organisation, found)


@require_POST
@workspace_view(policies.can_see_rounds)
def comment_create(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_id: int, indicator: str
) -> HttpResponse:
    """A word at a figure: from the pole an answer, from whoever opened the round a question."""
    found = _part(request, organisation, collection_id, asked_id)
    if indicator not in found.round.codes:
        raise Http404
    form = CommentForm(request.POST, code=indicator)
    if not form.is_valid():
        return _page(request, organisation, found, comment_form=form, status=422)
    say = actions.comment_on_figure if found.organisation_id == organisation.pk else actions.ask_about_figure
    text, at = form.cleaned_data["text"], timezone.now()
    # A figure that takes no more words has no form at which a refusal could stand.
    tried(
        request,
        lambda: say(part=found, code=indicator, text=text, by=request.viewer, at=at),
        _("It stands at the figure."),
    )
    return _back(organisation, found)


def _page(
    request: ViewerRequest,
    organisation: Organisation,
    found: CollectionPart,
    *,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_own = found.organisation_id == organisation.pk
    page = part_page(request.viewer, found, timezone.now(), is_own=is_own)
    word = _("Answer at “%(figure)s”") if is_own else _("Question at “%(figure)s”")
    lines = [
        (
            line,
            comment_form
            if comment_form is not None and comment_form.code == line.figure.code
            else CommentForm(
                code=line.figure.code, label=word % {"figure": translated(line.figure.definition.names)}
            ),
        )
        for line in page.lines
    ]
    context = {
        "organisation": organisation,
        "round": found.round,
        "part": found,
        "page": page,
        "lines": lines,
        "is_own": is_own,
        "can_submit": policies.can_submit_part(request.viewer, found),
        "can_run": policies.can_run_round(request.viewer, found.round),
    }
    return render_page(request, "indicators/rounds/part.html", context, status=status)


def _part(
    request: ViewerRequest, organisation: Organisation, collection_id: int, asked_id: int
) -> CollectionPart:
    """The part, if the workspace in the address is one of its two sides. Raises Http404."""
    visible = CollectionPart.objects.visible_to(request.viewer).select_related(
        "round__organisation", "organisation", "submitted_by", "accepted_by"
    )
    found = get_object_or_404(visible.filter(round=collection_id), pk=asked_id)
    if organisation.pk not in (found.organisation_id, found.round.organisation_id):
        raise Http404
    if found.round.is_draft:
        raise Http404
    return found


def _back(organisation: Organisation, found: CollectionPart) -> HttpResponse:
    return redirect("indicators:round_part", organisation.slug, found.round_id, found.pk)


def _moment(text: str) -> datetime | None:
    """A moment as a page told it; None for what is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
