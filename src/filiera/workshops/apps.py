from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "filiera.workshops"

    def ready(self) -> None:
        from filiera.workshops import permissions

        permissions.register_own()
