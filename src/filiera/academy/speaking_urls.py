"""Addresses that speakers reach by their link, outside the workspace of an edition."""

from django.urls import path

from filiera.academy.views import speaking

app_name = "speaking"
urlpatterns = [
    path("<str:token>/", speaking.speaking, name="speaking"),
    path("<str:token>/answer/", speaking.speaking_answer, name="answer"),
    path("<str:token>/slides/", speaking.speaking_slides, name="slides"),
]
