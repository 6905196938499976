"""Addresses of the ledger: each organisation's own in its workspace, the whole for administrators."""

from django.urls import path

from filiera.ledger import views

app_name = "ledger"
urlpatterns = [
    path("ledger/", views.whole_ledger, name="whole"),
    path("ledger/facts.csv", views.whole_table, name="whole_csv"),
    path("ledger/<int:year>/<uuid:fact_id>/", views.whole_fact, name="whole_fact"),
    path("o/<slug:slug>/ledger/", views.organisation_ledger, name="organisation"),
    path("o/<slug:slug>/ledger/facts.csv", views.organisation_table, name="organisation_csv"),
    path(
        "o/<slug:slug>/ledger/<int:year>/<uuid:fact_id>/", views.organisation_fact, name="organisation_fact"
    ),
]
