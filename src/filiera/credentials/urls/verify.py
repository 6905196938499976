"""Addresses at which strangers verify a certificate."""

from django.urls import path

from filiera.credentials.views import verify

app_name = "verify"
urlpatterns = [
    path("", verify.verify_form, name="form"),
    path("<str:code>/", verify.verify_certificate, name="certificate"),
]
