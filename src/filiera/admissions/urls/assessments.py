"""The self-assessment, one's own and at the desk."""

from django.urls import path

from filiera.admissions.views import assessments
from filiera.admissions.views.desk import assessments as desk

OWN = "<slug:edition_slug>/self-assessment/"
DESK = "<slug:edition_slug>/desk/self-assessment/"

urlpatterns = [
    path(OWN, assessments.self_assessment, name="self_assessment"),
    path(f"{OWN}<slug:moment>/", assessments.self_assessment_moment, name="self_assessment_moment"),
    path(DESK, desk.desk_self_assessment, name="desk_self_assessment"),
    path(f"{DESK}packaged/", desk.desk_packaged_items, name="desk_packaged_items"),
    path(f"{DESK}copies/", desk.desk_item_copies, name="desk_item_copies"),
    path(f"{DESK}new/", desk.desk_item_new, name="desk_item_new"),
    path(f"{DESK}<int:item_id>/", desk.desk_item, name="desk_item"),
    path(f"{DESK}<int:item_id>/deletion/", desk.desk_item_deletion, name="desk_item_deletion"),
]
