from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "filiera.meetings"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.meetings import dinner_day, facts, permissions, visits_day
        from filiera.meetings.actions import (  # noqa: F401
            dinner_planning,
            dinner_seating,
            outcomes,
            plans,
            visits_draw,
            visits_manifests,
            visits_places,
            wishes,
        )
        from filiera.meetings.meetings_ready import register_meetings
        from filiera.meetings.receivers import dinner as dinner_receivers
        from filiera.meetings.receivers import meetings as meeting_receivers
        from filiera.meetings.receivers import visits as visit_receivers
        from filiera.meetings.visits_ready import register_visits

        facts.register_kinds()
        permissions.register_own()
        register_meetings()
        register_visits()
        visits_day.register_day_parts()
        dinner_day.register_day_parts()
        meeting_receivers.connect()
        visit_receivers.connect()
        dinner_receivers.connect()
