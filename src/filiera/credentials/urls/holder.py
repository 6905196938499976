"""Addresses that a holder reaches by the link of a certificate, without an account."""

from django.urls import path

from filiera.credentials.views import holder

app_name = "holder"
urlpatterns = [
    path("<str:token>/", holder.certificate, name="certificate"),
    path("<str:token>/certificate-<slug:language>.pdf", holder.certificate_file, name="pdf"),
    path("<str:token>/badge.jwt", holder.badge_token, name="jwt"),
    path("<str:token>/badge.json", holder.badge_json, name="json"),
    path("<str:token>/badge.png", holder.badge_png, name="png"),
    path("<str:token>/badge.svg", holder.badge_svg, name="svg"),
]
