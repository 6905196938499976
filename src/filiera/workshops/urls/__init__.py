"""Addresses of the rooms where an edition works; a module for each resource."""

from django.urls import URLPattern

app_name = "workshops"
urlpatterns: list[URLPattern] = []
