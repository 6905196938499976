"""Addresses of surveys: for participants, and at the desk."""

from django.urls import path

from filiera.admissions.views import surveys
from filiera.admissions.views.desk import surveys as desk

OWN = "<slug:edition_slug>/surveys/"
DESK = "<slug:edition_slug>/desk/surveys/"

urlpatterns = [
    path(OWN, surveys.survey_list, name="surveys"),
    path(f"{OWN}<int:survey_id>/", surveys.survey, name="survey"),
    path(f"{OWN}<int:survey_id>/<int:session_id>/", surveys.survey, name="session_survey"),
    path(DESK, desk.desk_surveys, name="desk_surveys"),
    path(f"{DESK}new/", desk.desk_survey_new, name="desk_survey_new"),
    path(f"{DESK}<int:survey_id>/", desk.desk_survey, name="desk_survey"),
    path(f"{DESK}<int:survey_id>/deletion/", desk.desk_survey_deletion, name="desk_survey_deletion"),
    path(f"{DESK}<int:survey_id>/invitations/", desk.desk_survey_invitations, name="desk_survey_invitations"),
]
