"""Dinner: the participant's page and the desk."""

from django.urls import path

from filiera.meetings.views import dinner
from filiera.meetings.views.desk import dinner as desk

_EDITION = "academy/<slug:edition_slug>/"
_DESK = f"{_EDITION}desk/dinner/"
_DINNER = f"{_DESK}<int:dinner_id>/"

urlpatterns = [
    path(f"{_EDITION}dinner/", dinner.dinner, name="dinner"),
    path(f"{_EDITION}dinner/<int:dinner_id>/wishes/", dinner.dinner_wishes, name="dinner_wishes"),
    path(_DESK, desk.desk_dinners_page, name="desk_dinners"),
    path(f"{_DESK}new/", desk.desk_dinner_new, name="desk_dinner_new"),
    path(_DINNER, desk.desk_dinner, name="desk_dinner"),
    path(f"{_DINNER}change/", desk.desk_dinner_change, name="desk_dinner_change"),
    path(f"{_DINNER}tables/", desk.desk_dinner_tables, name="desk_dinner_tables"),
    path(f"{_DINNER}gathering/", desk.desk_dinner_gathering, name="desk_dinner_gathering"),
    path(f"{_DINNER}guests/new/", desk.desk_dinner_guest_new, name="desk_dinner_guest_new"),
    path(f"{_DINNER}pairs/new/", desk.desk_dinner_pair_new, name="desk_dinner_pair_new"),
    path(f"{_DINNER}proposal/", desk.desk_dinner_proposal, name="desk_dinner_proposal"),
    path(f"{_DINNER}publication/", desk.desk_dinner_publication, name="desk_dinner_publication"),
    path(f"{_DINNER}kitchen/", desk.desk_dinner_kitchen, name="desk_dinner_kitchen"),
    path(f"{_DINNER}<slug:printed>.pdf", desk.desk_dinner_pdf, name="desk_dinner_pdf"),
    path(f"{_DESK}tables/<int:table_id>/", desk.desk_dinner_table, name="desk_dinner_table"),
    path(
        f"{_DESK}tables/<int:table_id>/removal/",
        desk.desk_dinner_table_removal,
        name="desk_dinner_table_removal",
    ),
    path(f"{_DESK}guests/<int:guest_id>/", desk.desk_dinner_guest, name="desk_dinner_guest"),
    path(f"{_DESK}guests/<int:guest_id>/seat/", desk.desk_dinner_seat, name="desk_dinner_seat"),
    path(
        f"{_DESK}guests/<int:guest_id>/removal/",
        desk.desk_dinner_guest_removal,
        name="desk_dinner_guest_removal",
    ),
    path(
        f"{_DESK}pairs/<int:pair_id>/removal/",
        desk.desk_dinner_pair_removal,
        name="desk_dinner_pair_removal",
    ),
    path(f"{_DESK}runs/<int:seating_run_id>/stop/", desk.desk_dinner_stop, name="desk_dinner_stop"),
]
