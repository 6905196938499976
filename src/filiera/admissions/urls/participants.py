"""Addresses of the desk's pages about participants and their days."""

from django.urls import path

from filiera.admissions.views.desk import days, participants, people_imports, session_places

_DESK = "<slug:edition_slug>/desk/participants/"
_SIGN_UPS = "<slug:edition_slug>/desk/session-places/"

urlpatterns = [
    path(_DESK, participants.participant_list, name="desk_participants"),
    path(f"{_DESK}new/", participants.participant_new, name="desk_participant_new"),
    path(f"{_DESK}export.csv", participants.participants_csv, name="desk_participants_csv"),
    path(f"{_DESK}export.xlsx", participants.participants_xlsx, name="desk_participants_xlsx"),
    path(f"{_DESK}offers/", people_imports.offers_to_all, name="desk_offers_to_all"),
    path(f"{_DESK}import/", people_imports.people_import_new, name="desk_people_import"),
    path(
        f"{_DESK}import/<int:upload_id>/",
        people_imports.people_import_columns,
        name="desk_people_import_columns",
    ),
    path(f"{_DESK}<int:participation_id>/", participants.participant, name="desk_participant"),
    path(
        f"{_DESK}<int:participation_id>/details/", participants.participant_edit, name="desk_participant_edit"
    ),
    path(f"{_DESK}<int:participation_id>/days/", participants.participant_days, name="desk_participant_days"),
    path(
        f"{_DESK}<int:participation_id>/offer/", participants.participant_offer, name="desk_participant_offer"
    ),
    path(
        f"{_DESK}<int:participation_id>/confirmation/",
        participants.participant_confirmation,
        name="desk_participant_confirmation",
    ),
    path(
        f"{_DESK}<int:participation_id>/cancellation/",
        participants.participant_cancellation,
        name="desk_participant_cancellation",
    ),
    path(f"{_DESK}<int:participation_id>/link/", participants.participant_link, name="desk_participant_link"),
    path("<slug:edition_slug>/desk/attendance/", days.desk_days, name="desk_days"),
    path(_SIGN_UPS, session_places.sign_up_list, name="desk_sign_ups"),
    path(f"{_SIGN_UPS}<int:sign_up_id>/", session_places.sign_up, name="desk_sign_up"),
    path(f"{_SIGN_UPS}<int:sign_up_id>/people/", session_places.sign_up_person, name="desk_sign_up_person"),
    path(f"{_SIGN_UPS}<int:sign_up_id>/end/", session_places.sign_up_end, name="desk_sign_up_end"),
    path(
        f"{_SIGN_UPS}places/<int:place_id>/end/",
        session_places.sign_up_place_end,
        name="desk_sign_up_place_end",
    ),
]
