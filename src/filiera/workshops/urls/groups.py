"""Addresses of groups: a participant's page, the organiser's desk."""

from django.urls import path

from filiera.workshops.views import desk_groups, desk_seats, group_files, groups

EDITION = "academy/<slug:edition_slug>/"
DESK = f"{EDITION}desk/groups/"
SERIES = f"{DESK}<int:series_id>/"
ROUND = f"{SERIES}rounds/<int:number>/"
SEAT = f"{ROUND}people/<int:participation_id>/"

urlpatterns = [
    path(f"{EDITION}groups/", groups.groups, name="groups"),
    path(f"{EDITION}groups/<int:series_id>/wishes/", groups.group_wishes, name="group_wishes"),
    path(DESK, desk_groups.desk_groups, name="desk_groups"),
    path(f"{DESK}new/", desk_groups.desk_series_new, name="desk_series_new"),
    path(SERIES, desk_groups.desk_series, name="desk_series"),
    path(f"{SERIES}settings/", desk_groups.desk_series_settings, name="desk_series_settings"),
    path(f"{SERIES}deletion/", desk_groups.desk_series_deletion, name="desk_series_deletion"),
    path(f"{SERIES}proposal/", desk_groups.desk_group_proposal, name="desk_group_proposal"),
    path(f"{SERIES}absorption/", desk_groups.desk_group_absorption, name="desk_group_absorption"),
    path(f"{DESK}runs/<int:run_id>/cancel/", desk_groups.desk_group_run_cancel, name="desk_group_run_cancel"),
    path(f"{SERIES}undo/", desk_groups.desk_group_undo, name="desk_group_undo"),
    path(f"{SERIES}publication/", desk_groups.desk_group_publication, name="desk_group_publication"),
    path(f"{SERIES}reopening/", desk_groups.desk_group_reopening, name="desk_group_reopening"),
    path(f"{SERIES}rules/new/", desk_seats.desk_group_rule_new, name="desk_group_rule_new"),
    path(f"{DESK}rules/<int:rule_id>/end/", desk_seats.desk_group_rule_end, name="desk_group_rule_end"),
    path(f"{DESK}one/<int:group_id>/", desk_seats.desk_group, name="desk_group"),
    path(ROUND, desk_seats.desk_round, name="desk_round"),
    path(SEAT, desk_seats.desk_seat, name="desk_seat"),
    path(f"{SEAT}move/", desk_seats.desk_seat_move, name="desk_seat_move"),
    path(f"{SEAT}fixing/", desk_seats.desk_seat_fixing, name="desk_seat_fixing"),
    path(f"{SEAT}absence/", desk_seats.desk_seat_absence, name="desk_seat_absence"),
    path(f"{SEAT}wishes/", desk_seats.desk_seat_wishes, name="desk_seat_wishes"),
    path(f"{SERIES}groups.csv", group_files.groups_csv, name="groups_csv"),
    path(f"{SERIES}groups.xlsx", group_files.groups_xlsx, name="groups_xlsx"),
    path(f"{ROUND}breakout-rooms.csv", group_files.breakout_rooms_csv, name="breakout_rooms_csv"),
    path(f"{SERIES}table-cards.pdf", group_files.table_cards, name="group_table_cards"),
]
