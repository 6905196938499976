"""Addresses of targets, notes and alerts."""

from django.urls import path

from filiera.indicators.views import targets

_OWN = "o/<slug:slug>/indicators/"

urlpatterns = [
    path(f"{_OWN}alerts/", targets.alerts, name="alerts"),
    path(f"{_OWN}alerts/digest/", targets.digest_choice, name="digest_choice"),
    path(f"{_OWN}targets/<slug:indicator>/", targets.target_edit, name="target_edit"),
    path(f"{_OWN}targets/<slug:indicator>/removal/", targets.target_remove, name="target_remove"),
    path(f"{_OWN}notes/<int:figure_note_id>/removal/", targets.note_remove, name="figure_note_remove"),
    path(f"{_OWN}<slug:indicator>/<slug:period>/notes/", targets.note_create, name="figure_note_create"),
]
