"""Addresses that people reach by the link of their place, outside the workspace of an edition."""

from django.urls import path

from filiera.admissions.views import places, practical, surveys

app_name = "place"
urlpatterns = [
    path("<str:token>/", places.place, name="place"),
    path("<str:token>/answer/", places.place_answer, name="answer"),
    path("<str:token>/days/", places.place_days, name="days"),
    path("<str:token>/sessions/<int:sign_up_id>/", places.place_session, name="session"),
    path("<str:token>/registration/", places.place_registration, name="registration"),
    path("<str:token>/registration/draft/", places.place_registration_draft, name="registration_draft"),
    path("<str:token>/cancellation/", places.place_cancellation, name="cancellation"),
    path("<str:token>/surveys/", surveys.place_surveys, name="surveys"),
    path("<str:token>/surveys/<int:survey_id>/", surveys.place_survey, name="survey"),
    path(
        "<str:token>/surveys/<int:survey_id>/<int:session_id>/", surveys.place_survey, name="session_survey"
    ),
    path("<str:token>/practical/", practical.place_practical, name="practical"),
    path("<str:token>/invitation.pdf", practical.place_invitation, name="invitation"),
    path("<str:token>/account/", places.place_account, name="account"),
]
