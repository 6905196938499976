from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "filiera.admissions"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.admissions import facts, permissions, purposes
        from filiera.admissions.actions import participations  # noqa: F401

        facts.register_kinds()
        permissions.register_own()
        purposes.register_purposes()
