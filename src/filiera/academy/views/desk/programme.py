"""The editor's grid, and taking steps back."""

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions.steps import desk_topic
from filiera.academy.actions.undo import redo_step, undo_last_step
from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Edition, EditStep
from filiera.academy.queries.board import board_of
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.http import after_change, render_page
from filiera.texts.languages import translated


@require_safe
@desk_view()
def desk_programme(request: ViewerRequest, edition: Edition) -> HttpResponse:
    board = board_of(edition, request.viewer, request.GET.get("day", ""))
    context = {
        "edition": edition,
        "board": board,
        "topic": desk_topic(edition.pk),
        "may_edit": policies.can_edit_programme(request.viewer, edition),
        "may_publish": policies.can_publish_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/programme.html", context, partial="board")


@require_POST
@desk_view(policies.can_edit_programme)
def desk_undo(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        step = undo_last_step(edition=edition, by=request.viewer, at=timezone.now())
        messages.success(request, _("Taken back: %(step)s.") % {"step": step_name(step)})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _programme(edition))


@require_POST
@desk_view(policies.can_edit_programme)
def desk_redo(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        step = redo_step(edition=edition, by=request.viewer, at=timezone.now())
        messages.success(request, _("Done again: %(step)s.") % {"step": step_name(step)})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _programme(edition))


def step_name(step: EditStep) -> str:
    return _("%(what)s “%(title)s”") % {
        "what": step.get_kind_display(),
        "title": translated(step.subject),
    }


def _programme(edition: Edition) -> str:
    return reverse("academy:desk_programme", args=[edition.slug])
