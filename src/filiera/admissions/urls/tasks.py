"""Tasks between the parts, for participants and at the desk."""

from django.urls import path

from filiera.admissions.views import tasks
from filiera.admissions.views.desk import tasks as desk

DESK = "<slug:edition_slug>/desk/tasks/"

urlpatterns = [
    path("<slug:edition_slug>/tasks/", tasks.tasks, name="tasks"),
    path("<slug:edition_slug>/tasks/<int:task_id>/", tasks.task, name="task"),
    path("<slug:edition_slug>/tasks/<int:task_id>/end/", tasks.task_taking_back, name="task_taking_back"),
    path(DESK, desk.desk_tasks, name="desk_tasks"),
    path(f"{DESK}new/", desk.desk_task_new, name="desk_task_new"),
    path(f"{DESK}<int:task_id>/", desk.desk_task, name="desk_task"),
    path(f"{DESK}<int:task_id>/deletion/", desk.desk_task_deletion, name="desk_task_deletion"),
    path(f"{DESK}<int:task_id>/debrief/", desk.desk_debrief, name="desk_debrief"),
    path(f"{DESK}hand-ins/<int:hand_in_id>/", desk.desk_comment, name="desk_comment"),
]
