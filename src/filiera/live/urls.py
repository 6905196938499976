"""Addresses of the room: joining by a code, the telephone's page, the screen, the moderator's desk."""

from django.urls import path

from filiera.live.views import answering, audience, moderation, stage

app_name = "live"
_LIVE = "academy/<slug:edition_slug>/live/<slug:code>/"
_DESK = "academy/<slug:edition_slug>/desk/live/"
urlpatterns = [
    path("live/", audience.join, name="join"),
    path("answers/<str:token>/", answering.answering, name="answering"),
    path(_LIVE, audience.room, name="room"),
    path(f"{_LIVE}questions/", audience.question_create, name="question_create"),
    path(f"{_LIVE}questions/<int:question_id>/vote/", audience.vote, name="vote"),
    path(f"{_LIVE}votes.json", audience.votes, name="votes"),
    path(f"{_LIVE}polls/<int:poll_id>/ballot/", audience.ballot, name="ballot"),
    path("academy/<slug:edition_slug>/stage/<slug:code>/", stage.stage, name="stage"),
    path(_DESK, moderation.desk_channels, name="desk_channels"),
    path(f"{_DESK}new/", moderation.desk_channel_new, name="desk_channel_new"),
    path(f"{_DESK}<slug:code>/", moderation.desk_channel, name="desk_channel"),
    path(f"{_DESK}<slug:code>/presenter/", moderation.desk_presenter, name="desk_presenter"),
    path(f"{_DESK}<slug:code>/opening/", moderation.desk_channel_open, name="desk_channel_open"),
    path(f"{_DESK}<slug:code>/closing/", moderation.desk_channel_close, name="desk_channel_close"),
    path(f"{_DESK}<slug:code>/unanswered/", moderation.desk_unanswered, name="desk_unanswered"),
    path(f"{_DESK}<slug:code>/questions.xlsx", moderation.desk_export, name="desk_export"),
    path(
        f"{_DESK}<slug:code>/questions/<int:question_id>/state/",
        moderation.desk_question_state,
        name="desk_question_state",
    ),
    path(
        f"{_DESK}<slug:code>/questions/<int:question_id>/merging/",
        moderation.desk_question_merge,
        name="desk_question_merge",
    ),
    path(
        f"{_DESK}<slug:code>/questions/<int:question_id>/answer/",
        moderation.desk_question_answer,
        name="desk_question_answer",
    ),
    path(f"{_DESK}<slug:code>/polls/new/", moderation.desk_poll_new, name="desk_poll_new"),
    path(
        f"{_DESK}<slug:code>/polls/<int:poll_id>/state/", moderation.desk_poll_state, name="desk_poll_state"
    ),
    path(
        f"{_DESK}<slug:code>/ballots/<int:ballot_id>/hiding/",
        moderation.desk_ballot_hide,
        name="desk_ballot_hide",
    ),
]
