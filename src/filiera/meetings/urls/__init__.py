"""Addresses of meetings, visits and dinner; each resource has a module with its `urlpatterns`."""

from django.urls import URLPattern

from . import meetings, visits

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    *meetings.urlpatterns,
    *visits.urlpatterns,
]
