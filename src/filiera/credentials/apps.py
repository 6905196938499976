from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "filiera.credentials"

    def ready(self) -> None:
        from filiera.credentials import desk_places, facts, permissions, receivers

        facts.register_kinds()
        permissions.register_own()
        desk_places.register_desk_places()
        receivers.connect()
