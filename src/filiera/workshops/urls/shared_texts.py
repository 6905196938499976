"""Texts that several write at once: in an edition, and in an organisation's own workspace."""

from django.urls import path

from filiera.workshops.views import shared_texts

_TEXT = "texts/<slug:text_kind>/<int:row_id>/<slug:text_name>/"
urlpatterns = [
    path(f"academy/<slug:edition_slug>/{_TEXT}", shared_texts.text_operations, name="text_operations"),
    path(f"academy/<slug:edition_slug>/{_TEXT}writers/", shared_texts.text_writers, name="text_writers"),
    path(f"o/<slug:slug>/{_TEXT}", shared_texts.text_operations, name="home_text_operations"),
    path(f"o/<slug:slug>/{_TEXT}writers/", shared_texts.text_writers, name="home_text_writers"),
]
