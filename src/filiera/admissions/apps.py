from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "filiera.admissions"

    def ready(self) -> None:
        from filiera.admissions import facts, permissions, purposes

        facts.register_kinds()
        permissions.register_own()
        purposes.register_purposes()
