from django.apps import AppConfig


class PushConfig(AppConfig):
    name = "filiera.push"
    label = "push"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.push import actions  # noqa: F401
