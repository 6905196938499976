"""Tasks at the desk: set, seen through, answered, and printed for the debrief."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import tasks as actions
from filiera.admissions.forms.tasks import CommentForm, TaskForm
from filiera.admissions.models import HandIn, Task
from filiera.admissions.policies.people import can_coach, can_edit_tasks, can_see_hand_ins
from filiera.admissions.queries.tasks import audience_of, debrief_lines, tasks_for_desk
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page

seeing = for_those_who(can_see_hand_ins)
editing = for_those_who(can_edit_tasks)
coaching = for_those_who(can_coach)


@require_safe
@seeing
def desk_tasks(request: ViewerRequest, edition: Edition) -> HttpResponse:
    tasks = tasks_for_desk(request.viewer, edition)
    context = {
        "edition": edition,
        "tasks": tasks,
        "to_see": sum(getattr(task, "to_see", 0) for task in tasks if task.hand_in),
        "may_edit": can_edit_tasks(request.viewer, edition),
    }
    return render_page(request, "admissions/tasks/desk.html", context, partial="tasks")


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_task_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _task_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_task(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    return _task_form(request, edition, _find(request, edition, task_id))


@require_POST
@editing
def desk_task_deletion(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    try:
        actions.delete_task(task=_find(request, edition, task_id), by=request.viewer, at=timezone.now())
        messages.success(request, _("The task is deleted."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, reverse("admissions:desk_tasks", args=[edition.slug]))


@require_safe
@seeing
def desk_debrief(request: ViewerRequest, edition: Edition, task_id: int) -> HttpResponse:
    """Who handed in what and what was learnt, to be read together or printed."""
    task = _find(request, edition, task_id)
    lines = debrief_lines(request.viewer, task)
    context = {
        "edition": edition,
        "task": task,
        "lines": lines,
        "done": sum(line.hand_in is not None for line in lines),
        "asked": audience_of(task).count(),
        "may_coach": can_coach(request.viewer, edition),
    }
    return render_page(request, "admissions/tasks/debrief.html", context, partial="lines")


@require_http_methods(["GET", "HEAD", "POST"])
@coaching
def desk_comment(request: ViewerRequest, edition: Edition, hand_in_id: int) -> HttpResponse:
    visible = HandIn.objects.visible_to(request.viewer).select_related(
        "task__edition", "participation", "file"
    )
    given = get_object_or_404(visible, task__edition=edition, pk=hand_in_id)
    form = CommentForm(request.POST or None, given=given)
    if request.method == "POST" and form.is_valid():
        actions.comment(
            given=given,
            state=form.cleaned_data["state"],
            words=form.cleaned_data["comment"],
            by=request.viewer,
            at=timezone.now(),
        )
        messages.success(request, _("The comment is saved."))
        return after_change(request, reverse("admissions:desk_debrief", args=[edition.slug, given.task_id]))
    context = {"edition": edition, "given": given, "form": form, "heading": given.participation.name}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/tasks/comment.html", context, status=status)


def _task_form(request: ViewerRequest, edition: Edition, task: Task | None) -> HttpResponse:
    form = TaskForm(request.POST or None, edition=edition, task=task)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_task(
                edition=edition, task=task, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The task is saved; its participants see it."))
            return after_change(request, reverse("admissions:desk_tasks", args=[edition.slug]))
    context = {"edition": edition, "form": form, "task": task}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/tasks/task_form.html", context, status=status)


def _find(request: ViewerRequest, edition: Edition, task_id: int) -> Task:
    visible = Task.objects.visible_to(request.viewer).select_related("edition", "part", "session")
    return get_object_or_404(visible, edition=edition, pk=task_id)
