from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "filiera.push"
    label = "push"
