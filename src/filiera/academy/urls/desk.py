"""Addresses of the organiser's desk."""

from django.urls import path

from filiera.academy.views import short_talks
from filiera.academy.views.desk import (
    checklist,
    editions,
    imports,
    places,
    programme,
    publication,
    running,
    sessions,
    speakers,
    team,
    today,
)
from filiera.academy.views.desk import short_talks as desk_short_talks

DESK = "<slug:edition_slug>/desk/"

urlpatterns = [
    path("new/edition/", editions.edition_new, name="edition_new"),
    path("<slug:edition_slug>/sessions/<slug:slug>/talks/", short_talks.short_talks, name="short_talks"),
    path(
        "<slug:edition_slug>/sessions/<slug:slug>/talks/end/",
        short_talks.short_talk_end,
        name="short_talk_end",
    ),
    path(DESK, today.desk, name="desk"),
    path(f"{DESK}programme/", programme.desk_programme, name="desk_programme"),
    path(f"{DESK}steps/undone/", programme.desk_undo, name="desk_undo"),
    path(f"{DESK}steps/redone/", programme.desk_redo, name="desk_redo"),
    path(f"{DESK}sessions/", sessions.desk_sessions, name="desk_sessions"),
    path(f"{DESK}sessions/new/", sessions.desk_session_new, name="desk_session_new"),
    path(f"{DESK}sessions/<int:session_id>/", sessions.desk_session, name="desk_session"),
    path(f"{DESK}sessions/<int:session_id>/move/", sessions.desk_move, name="desk_move"),
    path(f"{DESK}sessions/<int:session_id>/tray/", sessions.desk_shelve, name="desk_shelve"),
    path(f"{DESK}sessions/<int:session_id>/copies/", sessions.desk_duplicate, name="desk_duplicate"),
    path(
        f"{DESK}sessions/<int:session_id>/cancellation/", sessions.desk_cancellation, name="desk_cancellation"
    ),
    path(
        f"{DESK}sessions/<int:session_id>/cancellation/end/",
        sessions.desk_cancellation_end,
        name="desk_cancellation_end",
    ),
    path(f"{DESK}sessions/<int:session_id>/deletion/", sessions.desk_deletion, name="desk_deletion"),
    path(f"{DESK}sessions/<int:session_id>/overlaps/", sessions.desk_overlap_new, name="desk_overlap_new"),
    path(f"{DESK}overlaps/<int:allowance_id>/end/", sessions.desk_overlap_end, name="desk_overlap_end"),
    path(
        f"{DESK}sessions/<int:session_id>/speakers/",
        sessions.desk_contribution_new,
        name="desk_contribution_new",
    ),
    path(
        f"{DESK}contributions/<int:contribution_id>/end/",
        sessions.desk_contribution_end,
        name="desk_contribution_end",
    ),
    path(f"{DESK}sessions/<int:session_id>/materials/", sessions.desk_material_new, name="desk_material_new"),
    path(f"{DESK}materials/<int:material_id>/end/", sessions.desk_material_end, name="desk_material_end"),
    path(
        f"{DESK}talks/<int:talk_id>/earlier/",
        desk_short_talks.desk_short_talk_earlier,
        name="desk_short_talk_earlier",
    ),
    path(f"{DESK}late/", running.desk_late, name="desk_late"),
    path(f"{DESK}publication/", publication.desk_publish, name="desk_publish"),
    path(f"{DESK}import/", imports.desk_import, name="desk_import"),
    path(f"{DESK}versions/", publication.desk_versions, name="desk_versions"),
    path(f"{DESK}speakers/", speakers.desk_speakers, name="desk_speakers"),
    path(f"{DESK}speakers/new/", speakers.desk_speaker_new, name="desk_speaker_new"),
    path(f"{DESK}speakers/reminders/", speakers.desk_reminders, name="desk_reminders"),
    path(f"{DESK}speakers/<int:speaker_id>/", speakers.desk_speaker, name="desk_speaker"),
    path(
        f"{DESK}speakers/<int:speaker_id>/invitation/",
        speakers.desk_speaker_invitation,
        name="desk_speaker_invitation",
    ),
    path(
        f"{DESK}speakers/<int:speaker_id>/deletion/",
        speakers.desk_speaker_deletion,
        name="desk_speaker_deletion",
    ),
    path(f"{DESK}team/", team.desk_team, name="desk_team"),
    path(f"{DESK}team/<int:member_id>/end/", team.desk_team_end, name="desk_team_end"),
    path(f"{DESK}checklist/", checklist.desk_checklist, name="desk_checklist"),
    path(f"{DESK}checklist/new/", checklist.desk_task_new, name="desk_task_new"),
    path(f"{DESK}checklist/usual/", checklist.desk_usual_tasks, name="desk_usual_tasks"),
    path(f"{DESK}checklist/<int:task_id>/", checklist.desk_task, name="desk_task"),
    path(f"{DESK}checklist/<int:task_id>/done/", checklist.desk_task_done, name="desk_task_done"),
    path(f"{DESK}checklist/<int:task_id>/open/", checklist.desk_task_reopened, name="desk_task_reopened"),
    path(f"{DESK}checklist/<int:task_id>/deletion/", checklist.desk_task_deletion, name="desk_task_deletion"),
    path(f"{DESK}parts/", places.desk_parts, name="desk_parts"),
    path(f"{DESK}parts/new/", places.desk_part_new, name="desk_part_new"),
    path(f"{DESK}parts/<int:part_id>/", places.desk_part, name="desk_part"),
    path(f"{DESK}parts/<int:part_id>/deletion/", places.desk_part_deletion, name="desk_part_deletion"),
    path(f"{DESK}days/<int:day_id>/", places.desk_day, name="desk_day"),
    path(f"{DESK}rooms/", places.desk_rooms, name="desk_rooms"),
    path(f"{DESK}rooms/new/", places.desk_room_new, name="desk_room_new"),
    path(f"{DESK}rooms/<int:room_id>/", places.desk_room, name="desk_room"),
    path(f"{DESK}rooms/<int:room_id>/deletion/", places.desk_room_deletion, name="desk_room_deletion"),
    path(f"{DESK}rooms/<int:room_id>/closures/", places.desk_closure_new, name="desk_closure_new"),
    path(f"{DESK}closures/<int:closure_id>/end/", places.desk_closure_end, name="desk_closure_end"),
    path(f"{DESK}venues/new/", places.desk_venue_new, name="desk_venue_new"),
    path(f"{DESK}venues/<int:venue_id>/", places.desk_venue, name="desk_venue"),
    path(f"{DESK}venues/<int:venue_id>/deletion/", places.desk_venue_deletion, name="desk_venue_deletion"),
    path(f"{DESK}edition/", editions.desk_edition, name="desk_edition"),
    path(f"{DESK}edition/state/", editions.desk_edition_state, name="desk_edition_state"),
    path(f"{DESK}edition/objectives/", editions.desk_objectives, name="desk_objectives"),
    path(f"{DESK}edition/copies/", editions.desk_edition_copy, name="desk_edition_copy"),
]
