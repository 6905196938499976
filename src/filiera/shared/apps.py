from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "filiera.shared"
