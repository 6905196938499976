from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "filiera.texts"
    label = "texts"
