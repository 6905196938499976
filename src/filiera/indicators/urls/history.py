"""Addresses of the starter set in a workspace."""

from django.urls import path

from filiera.indicators.views import history

OWN = "o/<slug:slug>/indicators/starter/"

urlpatterns = [
    path(OWN, history.starter, name="starter"),
    path(f"{OWN}<int:history_id>/", history.history, name="history"),
    path(f"{OWN}<int:history_id>/confirmation/", history.history_confirmation, name="history_confirmation"),
    path(f"{OWN}<int:history_id>/deletion/", history.history_deletion, name="history_deletion"),
]
