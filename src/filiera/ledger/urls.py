"""Addresses of the ledger: each organisation's own in its workspace, the whole for administrators."""

from django.urls import path

from filiera.ledger.views import imports, reading

app_name = "ledger"
OWN = "o/<slug:slug>/ledger/"
IMPORTS = f"{OWN}imports/"
urlpatterns = [
    path("ledger/", reading.whole_ledger, name="whole"),
    path("ledger/facts.csv", reading.whole_table, name="whole_csv"),
    path("ledger/<int:year>/<uuid:fact_id>/", reading.whole_fact, name="whole_fact"),
    path(OWN, reading.organisation_ledger, name="organisation"),
    path(f"{OWN}facts.csv", reading.organisation_table, name="organisation_csv"),
    path(f"{OWN}<int:year>/<uuid:fact_id>/", reading.organisation_fact, name="organisation_fact"),
    path(IMPORTS, imports.import_list, name="imports"),
    path(f"{IMPORTS}<int:table_id>/", imports.import_page, name="import"),
    path(f"{IMPORTS}<int:table_id>/reversal/", imports.reversal_create, name="import_reversal"),
    path(f"{IMPORTS}uploads/<int:upload_id>/", imports.upload_page, name="upload"),
    path(f"{IMPORTS}uploads/<int:upload_id>/deletion/", imports.deletion_create, name="upload_deletion"),
]
