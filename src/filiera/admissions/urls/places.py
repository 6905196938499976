"""Addresses of places below an edition."""

from django.urls import path

from filiera.admissions.views import places

urlpatterns = [
    path("<slug:edition_slug>/place/", places.my_place, name="my_place"),
]
