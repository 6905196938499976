"""Addresses that the programs of others read when they verify a badge."""

from django.urls import path

from filiera.credentials.views import badges

app_name = "badges"
urlpatterns = [
    path("issuer/", badges.issuer, name="issuer"),
    path("achievements/<uuid:award_id>/", badges.achievement, name="achievement"),
    path("documents/<slug:name>.json", badges.packaged_document, name="document"),
    path("status/<int:number>/", badges.status_list, name="status_list"),
]
