"""A participant's tasks: what is open, what was handed in, what the coach says."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import tasks as actions
from filiera.admissions.forms.tasks import OwnHandInForm
from filiera.admissions.models import HandIn, ParticipationState, Task
from filiera.admissions.policies.people import belongs_to
from filiera.admissions.queries.own import own_participation
from filiera.admissions.queries.tasks import own_tasks, shared_hand_ins, tasks_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal

taking_part = for_those_who(belongs_to)


@require_safe
@taking_part
def tasks(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Everything set to one, the next due first, with its state."""
    own = own_participation(request.viewer, edition)
    is_confirmed = own is not None and own.state == ParticipationState.CONFIRMED
    at = edition.clock_at or timezone.now()
    lines = own_tasks(request.viewer, own, at=at) if own is not None and is_confirmed else []
    context = {
        "is_confirmed": is_confirmed,
        "open": [line for line in lines if line.hand_in is None],
        "done": [line for line in lines if line.hand_in is not None],
    }
    return edition_page(request, edition, "admissions/tasks/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def task(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    """One task: how it is done, what one hands in, what others opened for everybody."""
    visible = Task.objects.visible_to(request.viewer).select_related("part", "session", "edition")
    found = get_object_or_404(visible, edition=edition, pk=task_id)
    own = own_participation(request.viewer, edition)
    if own is None or own.state != ParticipationState.CONFIRMED:
        raise Http404
    get_object_or_404(tasks_of(own), pk=found.pk)
    given = (
        HandIn.objects.visible_to(request.viewer)
        .filter(task=found, participation=own)
        .select_related("file", "commented_by")
        .first()
    )
    form = OwnHandInForm(request.POST or None, request.FILES or None, task=found, given=given)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_in(
                task=found, participation=own, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Handed in.") if found.hand_in else _("Done."))
            return redirect("admissions:tasks", edition.slug)
    context = {
        "task": found,
        "given": given,
        "form": form,
        "is_overdue": given is None and found.due_at < (edition.clock_at or timezone.now()),
        "shared": shared_hand_ins(request.viewer, found),
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "admissions/tasks/task.html", context, status=status)


@require_POST
@taking_part
def task_taking_back(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    own = HandIn.objects.visible_to(request.viewer).filter(
        task__edition=edition, participation__person_id=request.viewer.person_id or 0
    )
    given = get_object_or_404(own.select_related("participation", "file"), task=task_id)
    actions.take_back(given=given, by=request.viewer, at=timezone.now())
    messages.success(request, _("Taken back. The task is open again."))
    return redirect("admissions:task", edition.slug, task_id)
