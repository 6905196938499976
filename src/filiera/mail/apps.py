from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "filiera.mail"
    label = "mail"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.mail import actions  # noqa: F401
