from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "filiera.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Receivers connect on import.
        from filiera.accounts import receivers  # noqa: F401
