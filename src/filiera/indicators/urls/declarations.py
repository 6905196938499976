"""Addresses of declared figures, and of the link by which an owner tells one."""

from django.urls import path

from filiera.indicators.views import declaration_links, declarations

_ALL = "o/<slug:slug>/indicators/declarations/"

urlpatterns = [
    path(_ALL, declarations.declarations, name="declarations"),
    path(f"{_ALL}requests/", declarations.request_create, name="declaration_request"),
    path(
        f"{_ALL}requests/<int:figure_request_id>/withdrawal/",
        declarations.request_withdraw,
        name="declaration_withdrawal",
    ),
    path(
        f"{_ALL}<int:declaration_id>/confirmation/",
        declarations.confirmation_create,
        name="declaration_confirm",
    ),
    path(f"{_ALL}<int:declaration_id>/return/", declarations.return_create, name="declaration_return"),
    path(f"{_ALL}<slug:indicator>/<slug:period>/", declarations.declaration, name="declaration"),
    path("indicators/declarations/<str:figure_token>/", declaration_links.figure_link, name="figure_link"),
    path(
        "indicators/declarations/<str:figure_token>/declining/",
        declaration_links.figure_declining,
        name="figure_declining",
    ),
]
