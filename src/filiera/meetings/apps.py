from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "filiera.meetings"

    def ready(self) -> None:
        from filiera.meetings import permissions

        permissions.register_own()
