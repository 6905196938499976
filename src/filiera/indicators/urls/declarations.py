"""Addresses of declared figures."""

from django.urls import path

from filiera.indicators.views import declarations

_ALL = "o/<slug:slug>/indicators/declarations/"

urlpatterns = [
    path(_ALL, declarations.declarations, name="declarations"),
    path(f"{_ALL}requests/", declarations.request_create, name="declaration_request"),
    path(
        f"{_ALL}<int:declaration_id>/confirmation/",
        declarations.confirmation_create,
        name="declaration_confirm",
    ),
    path(f"{_ALL}<int:declaration_id>/return/", declarations.return_create, name="declaration_return"),
    path(f"{_ALL}<slug:indicator>/<slug:period>/", declarations.declaration, name="declaration"),
]
