"""Addresses of figures; a module for each resource."""

from filiera.indicators.urls import (
    declarations,
    editions,
    figures,
    history,
    impact,
    peers,
    readiness,
    reports,
    rounds,
    sets,
    targets,
)

app_name = "indicators"
# What has a word of its own comes before the addresses in which any code can stand.
urlpatterns = [
    *editions.urlpatterns,
    *history.urlpatterns,
    *readiness.urlpatterns,
    *peers.urlpatterns,
    *impact.urlpatterns,
    *rounds.urlpatterns,
    *sets.urlpatterns,
    *targets.urlpatterns,
    *declarations.urlpatterns,
    *reports.urlpatterns,
    *figures.urlpatterns,
]
