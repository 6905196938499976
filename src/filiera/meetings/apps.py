from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "filiera.meetings"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.meetings import facts, permissions
        from filiera.meetings.actions import visits_draw, visits_manifests, visits_places  # noqa: F401
        from filiera.meetings.receivers import visits as visit_receivers
        from filiera.meetings.visits_ready import register_visits

        facts.register_kinds()
        permissions.register_own()
        register_visits()
        visit_receivers.connect()
