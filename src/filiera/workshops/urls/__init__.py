"""Addresses of the rooms where an edition works; a module for each resource."""

from filiera.workshops.urls import challenges, dossier, groups, methods, plans, shared_texts, trends

app_name = "workshops"
urlpatterns = [
    *challenges.urlpatterns,
    *dossier.urlpatterns,
    *groups.urlpatterns,
    *methods.urlpatterns,
    *plans.urlpatterns,
    *shared_texts.urlpatterns,
    *trends.urlpatterns,
]
