"""Addresses below /academy/ from call to certificate; each resource has a module with its `urlpatterns`."""

from django.urls import URLPattern

app_name = "admissions"
urlpatterns: list[URLPattern] = []
