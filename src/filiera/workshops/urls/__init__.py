"""Addresses of the rooms where an edition works; a module for each resource."""

from filiera.workshops.urls import challenges, shared_texts

app_name = "workshops"
urlpatterns = [*challenges.urlpatterns, *shared_texts.urlpatterns]
