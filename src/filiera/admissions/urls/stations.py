"""Addresses that a helper reaches by the link of a station, without an account."""

from django.urls import path

from filiera.admissions.views import stations

app_name = "station"
urlpatterns = [
    # Before the tokens: no token is spelled like this.
    path("worker.js", stations.worker, name="worker"),
    path("<str:token>/", stations.station, name="station"),
    path("<str:token>/people.json", stations.people, name="people"),
    path("<str:token>/scans/", stations.scans, name="scans"),
]
