"""Addresses that are known beforehand."""

from django.urls import path

from filiera.credentials.views import badges

app_name = "well_known"
urlpatterns = [path("did.json", badges.did_document, name="did")]
