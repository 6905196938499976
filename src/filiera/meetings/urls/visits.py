"""Visits: the participant's pages, the published draw, the desk."""

from django.urls import path

from filiera.meetings.views import visits
from filiera.meetings.views.desk import visits as desk

_EDITION = "academy/<slug:edition_slug>/"
_OWN = f"{_EDITION}visits/"
_DESK = f"{_EDITION}desk/visits/"
_ROUND = f"{_DESK}<int:visit_round_id>/"
_VISIT = f"{_DESK}laboratories/<int:visit_id>/"
_SLOT = f"{_DESK}slots/<int:visit_slot_id>/"

urlpatterns = [
    path(_OWN, visits.visits, name="visits"),
    path(f"{_OWN}<int:visit_round_id>/wishes/", visits.visit_wishes, name="visit_wishes"),
    path(f"{_OWN}<int:visit_round_id>/draw/", visits.visit_draw, name="visit_draw"),
    path(f"{_OWN}<int:visit_round_id>/draw.json", visits.visit_draw_data, name="visit_draw_data"),
    path(f"{_OWN}slots/<int:visit_slot_id>/place/", visits.visit_place_take, name="visit_place_take"),
    path(
        f"{_OWN}places/<int:visit_place_id>/giving-back/",
        visits.visit_place_give_back,
        name="visit_place_give_back",
    ),
    path(f"{_OWN}places/<int:visit_place_id>/document/", visits.visit_document, name="visit_document"),
    path(_DESK, desk.desk_visits, name="desk_visits"),
    path(f"{_DESK}new/", desk.desk_visit_round_new, name="desk_visit_round_new"),
    path(_ROUND, desk.desk_visit_round, name="desk_visit_round"),
    path(f"{_ROUND}change/", desk.desk_visit_round_change, name="desk_visit_round_change"),
    path(f"{_ROUND}removal/", desk.desk_visit_round_removal, name="desk_visit_round_removal"),
    path(f"{_ROUND}opening/", desk.desk_visit_opening, name="desk_visit_opening"),
    path(f"{_ROUND}draw/", desk.desk_visit_draw, name="desk_visit_draw"),
    path(f"{_ROUND}laboratories/new/", desk.desk_visit_new, name="desk_visit_new"),
    path(f"{_ROUND}places/", desk.desk_visit_place_new, name="desk_visit_place_new"),
    path(_VISIT, desk.desk_visit, name="desk_visit"),
    path(f"{_VISIT}removal/", desk.desk_visit_removal, name="desk_visit_removal"),
    path(f"{_VISIT}slots/new/", desk.desk_visit_slot_new, name="desk_visit_slot_new"),
    path(_SLOT, desk.desk_visit_slot, name="desk_visit_slot"),
    path(f"{_SLOT}removal/", desk.desk_visit_slot_removal, name="desk_visit_slot_removal"),
    path(f"{_SLOT}visitors/", desk.desk_visitors, name="desk_visitors"),
    path(
        f"{_DESK}places/<int:visit_place_id>/taking-back/",
        desk.desk_visit_place_end,
        name="desk_visit_place_end",
    ),
]
