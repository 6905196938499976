"""Addresses below /academy/ from call to certificate; each resource has a module with its `urlpatterns`."""

from django.urls import URLPattern

from . import (
    assessments,
    calls,
    forms,
    mailings,
    participants,
    people,
    places,
    practical,
    presence,
    selection,
    surveys,
    tasks,
)

app_name = "admissions"
urlpatterns: list[URLPattern] = [
    *assessments.urlpatterns,
    *calls.urlpatterns,
    *forms.urlpatterns,
    *mailings.urlpatterns,
    *participants.urlpatterns,
    *people.urlpatterns,
    *places.urlpatterns,
    *practical.urlpatterns,
    *presence.urlpatterns,
    *selection.urlpatterns,
    *surveys.urlpatterns,
    *tasks.urlpatterns,
]
