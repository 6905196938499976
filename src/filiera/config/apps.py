from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "filiera.config"
    label = "config"
