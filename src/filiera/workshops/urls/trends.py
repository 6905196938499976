"""Addresses of trends: the people's, the desk's, the projector's."""

from django.urls import URLPattern, path

from filiera.workshops.views import trend_desk, trends

_PEOPLE = "academy/<slug:edition_slug>/trends/"
_ONE = f"{_PEOPLE}<int:trend_id>/"
_DESK = "academy/<slug:edition_slug>/desk/trends/"
_DESK_ONE = f"{_DESK}<int:trend_id>/"
_STAGE = "academy/<slug:edition_slug>/stage/trends/"

urlpatterns: list[URLPattern] = [
    path(_PEOPLE, trends.trend_list, name="trends"),
    path(_ONE, trends.trend, name="trend"),
    path(f"{_ONE}rating/", trends.rating_create, name="trend_rating"),
    path(f"{_ONE}comments/", trends.trend_comment_create, name="trend_comment_create"),
    path(
        f"{_ONE}comments/<int:comment_id>/removal/",
        trends.trend_comment_removal,
        name="trend_comment_removal",
    ),
    path(_DESK, trend_desk.desk_trends, name="desk_trends"),
    path(f"{_DESK}new/", trend_desk.desk_trend_new, name="desk_trend_new"),
    path(f"{_DESK}copies/", trend_desk.desk_trend_copies, name="desk_trend_copies"),
    path(f"{_DESK}state/", trend_desk.desk_trends_state, name="desk_trends_state"),
    path(_DESK_ONE, trend_desk.desk_trend, name="desk_trend"),
    path(f"{_DESK_ONE}state/", trend_desk.desk_trend_state, name="desk_trend_state"),
    path(f"{_DESK_ONE}reasons/", trend_desk.desk_trend_reasons, name="desk_trend_reasons"),
    path(f"{_DESK_ONE}removal/", trend_desk.desk_trend_removal, name="desk_trend_removal"),
    path(f"{_STAGE}radar/", trends.trend_stage, name="trend_stage"),
    path(f"{_STAGE}<int:trend_id>/", trends.trend_stage_one, name="trend_stage_one"),
]
