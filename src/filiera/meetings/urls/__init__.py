"""Addresses of meetings, visits and dinner; each resource has a module with its `urlpatterns`."""

from django.urls import URLPattern

from . import dinner, meetings, visits

app_name = "meetings"
urlpatterns: list[URLPattern] = [
    *dinner.urlpatterns,
    *meetings.urlpatterns,
    *visits.urlpatterns,
]
