"""Addresses of the rooms where an edition works; a module for each resource."""

from filiera.workshops.urls import challenges, plans, shared_texts

app_name = "workshops"
urlpatterns = [*challenges.urlpatterns, *plans.urlpatterns, *shared_texts.urlpatterns]
