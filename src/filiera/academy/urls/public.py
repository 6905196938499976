"""Addresses that visitors and participants read."""

from django.urls import path

from filiera.academy.views import editions, personal, schedule, sessions, speakers, versions

urlpatterns = [
    path("", editions.edition_list, name="edition_list"),
    path("<slug:edition_slug>/", editions.edition, name="edition"),
    path("<slug:edition_slug>/schedule/", schedule.schedule, name="schedule"),
    path("<slug:edition_slug>/changes/", versions.changes, name="changes"),
    path("<slug:edition_slug>/speakers/", speakers.speakers, name="speakers"),
    path("<slug:edition_slug>/speakers/<slug:slug>/", speakers.speaker, name="speaker"),
    path("<slug:edition_slug>/sessions/<slug:slug>/", sessions.session, name="session"),
    path("<slug:edition_slug>/sessions/<slug:slug>/star/", sessions.session_star, name="session_star"),
    path(
        "<slug:edition_slug>/sessions/<slug:slug>/not-held/",
        sessions.session_not_held,
        name="session_not_held",
    ),
    path("<slug:edition_slug>/my/", personal.my, name="my"),
    path("<slug:edition_slug>/told/", personal.told, name="told"),
    path("<slug:edition_slug>/my/worker.js", personal.my_worker, name="my_worker"),
    path("<slug:edition_slug>/my/feed/", personal.feed_create, name="feed_create"),
    path("<slug:edition_slug>/my/feed/revocation/", personal.feed_revoke, name="feed_revoke"),
]
