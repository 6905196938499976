"""Addresses of meetings, visits and dinner; a module for each resource."""

from django.urls import URLPattern

app_name = "meetings"
urlpatterns: list[URLPattern] = []
