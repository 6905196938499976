"""Addresses of check-in at the desk."""

from django.urls import path

from filiera.admissions.views import badges, desk_stations, presence, presence_imports, self_check_in

DESK = "<slug:edition_slug>/desk/"

urlpatterns = [
    path("<slug:edition_slug>/here/", self_check_in.here, name="here"),
    path(f"{DESK}presence/days/<int:day_id>/screen/", self_check_in.desk_screen, name="desk_screen_day"),
    path(
        f"{DESK}presence/sessions/<int:session_id>/screen/",
        self_check_in.desk_screen,
        name="desk_screen_session",
    ),
    path(f"{DESK}presence/", presence.desk_presence, name="desk_presence"),
    path(f"{DESK}presence/days/<int:day_id>/", presence.desk_presence_list, name="desk_presence_day"),
    path(
        f"{DESK}presence/sessions/<int:session_id>/",
        presence.desk_presence_list,
        name="desk_presence_session",
    ),
    path(
        f"{DESK}presence/sessions/<int:session_id>/like/",
        presence.desk_presence_like,
        name="desk_presence_like",
    ),
    path(f"{DESK}presence/<int:presence_id>/undo/", presence.desk_presence_undo, name="desk_presence_undo"),
    path(
        f"{DESK}presence/sessions/<int:session_id>/import/",
        presence_imports.desk_presence_import,
        name="desk_presence_import",
    ),
    path(
        f"{DESK}presence/imports/<int:import_id>/",
        presence_imports.desk_presence_review,
        name="desk_presence_review",
    ),
    path(
        f"{DESK}presence/imports/<int:import_id>/columns/",
        presence_imports.desk_presence_columns,
        name="desk_presence_columns",
    ),
    path(
        f"{DESK}presence/imports/<int:import_id>/aside/",
        presence_imports.desk_presence_aside,
        name="desk_presence_aside",
    ),
    path(f"{DESK}presence.csv", presence.desk_presence_csv, name="desk_presence_csv"),
    path(f"{DESK}presence.xlsx", presence.desk_presence_xlsx, name="desk_presence_xlsx"),
    path(
        f"{DESK}presence/days/<int:day_id>/sheet.pdf", badges.desk_attendance_pdf, name="desk_attendance_pdf"
    ),
    path(f"{DESK}presence/badges/", badges.desk_badges, name="desk_badges"),
    path(
        f"{DESK}presence/badges/<int:participation_id>/code/",
        badges.desk_code_renewal,
        name="desk_code_renewal",
    ),
    path(f"{DESK}presence/badges/<slug:name>.pdf", badges.desk_badges_pdf, name="desk_badges_pdf"),
    path(f"{DESK}presence/stations/", desk_stations.desk_stations, name="desk_stations"),
    path(f"{DESK}presence/stations/<int:station_id>/", desk_stations.desk_station, name="desk_station"),
    path(
        f"{DESK}presence/stations/<int:station_id>/end/",
        desk_stations.desk_station_end,
        name="desk_station_end",
    ),
]
