"""Addresses of the figures of an edition, on its desk."""

from django.urls import path

from filiera.indicators.views import editions

DESK = "academy/<slug:edition_slug>/desk/figures/"

urlpatterns = [
    path(DESK, editions.edition_dashboard, name="edition_dashboard"),
    path(f"{DESK}<slug:indicator>/", editions.edition_figure, name="edition_figure"),
]
