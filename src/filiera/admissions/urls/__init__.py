"""Addresses below /academy/ from call to certificate; each resource has a module with its `urlpatterns`."""

from django.urls import URLPattern

from . import places

app_name = "admissions"
urlpatterns: list[URLPattern] = [
    *places.urlpatterns,
]
