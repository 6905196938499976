from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "filiera.credentials"

    def ready(self) -> None:
        from filiera.credentials import dossier_part, facts, permissions, places, receivers

        facts.register_kinds()
        permissions.register_own()
        places.register_places()
        receivers.connect()
        dossier_part.register_part()
