"""The checklist of the team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions import checklist as actions
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.team import TaskForm
from filiera.academy.models import ChecklistTask, Edition
from filiera.academy.queries.desk import task_lines
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page

editing = desk_view(policies.can_edit_checklist)


@require_safe
@desk_view()
def desk_checklist(request: ViewerRequest, edition: Edition) -> HttpResponse:
    lines = task_lines(edition, (edition.clock_at or timezone.now()).date())
    context = {
        "edition": edition,
        "lines": lines,
        "done": sum(line.task.done_at is not None for line in lines),
        "may_edit": policies.can_edit_checklist(request.viewer, edition),
    }
    return render_page(request, "academy/desk/checklist.html", context, partial="tasks")


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_task_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _task_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_task(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    return _task_form(request, edition, _find(request, edition, task_id))


@require_POST
@desk_view()
def desk_task_done(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    try:
        actions.finish_task(task=_find(request, edition, task_id), by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.info(request, str(error))
    return after_change(request, _list(edition))


@require_POST
@desk_view()
def desk_task_reopened(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    actions.reopen_task(task=_find(request, edition, task_id), by=request.viewer, at=timezone.now())
    return after_change(request, _list(edition))


@require_POST
@editing
def desk_task_deletion(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    actions.delete_task(task=_find(request, edition, task_id), by=request.viewer, at=timezone.now())
    messages.success(request, pgettext("checklist", "The task is deleted."))
    return after_change(request, _list(edition))


@require_POST
@editing
def desk_usual_tasks(request: ViewerRequest, edition: Edition) -> HttpResponse:
    count = actions.add_usual_tasks(edition=edition, by=request.viewer, at=timezone.now())
    said = ngettext("%(count)s task is added.", "%(count)s tasks are added.", count)
    messages.success(request, said % {"count": count})
    return after_change(request, _list(edition))


def _task_form(request: ViewerRequest, edition: Edition, task: ChecklistTask | None) -> HttpResponse:
    form = TaskForm(request.POST or None, edition=edition, task=task)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_task(
                edition=edition, task=task, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The task is saved."))
            return after_change(request, _list(edition))
    context = {"edition": edition, "form": form, "task": task}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "academy/desk/task.html", context, status=status)


def _find(request: ViewerRequest, edition: Edition, task_id: int) -> ChecklistTask:
    visible = ChecklistTask.objects.visible_to(request.viewer).select_related("edition")
    return get_object_or_404(visible, edition=edition, pk=task_id)


def _list(edition: Edition) -> str:
    return reverse("academy:desk_checklist", args=[edition.slug])
