from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    name = "filiera.admissions"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.admissions import facts, file_policies, permissions, purposes, recipient_filters
        from filiera.admissions.actions import (  # noqa: F401
            assessments,
            mailings,
            participations,
            people_imports,
            presence_imports,
            ratings,
            surveys,
            tasks,
        )
        from filiera.admissions.call_places import register_call_places
        from filiera.admissions.day_parts import register_day_parts
        from filiera.admissions.desk_places import register_desk_places
        from filiera.admissions.people_places import register_people_places
        from filiera.admissions.presence_places import register_presence_places
        from filiera.admissions.receivers import applications as application_receivers
        from filiera.admissions.receivers import people as people_receivers
        from filiera.admissions.receivers import places as places_receivers
        from filiera.admissions.receivers import presence as presence_receivers
        from filiera.admissions.receivers import surveys as survey_receivers
        from filiera.admissions.selection_ready import register_selection
        from filiera.admissions.session_offer import register_session_offer

        facts.register_kinds()
        # Before the applications: these let go of the person by whom the selection finds its own.
        register_selection()
        permissions.register_own()
        purposes.register_purposes()
        register_call_places()
        application_receivers.connect()
        register_desk_places()
        register_people_places()
        survey_receivers.connect()
        people_receivers.connect()
        register_presence_places()
        presence_receivers.connect()
        recipient_filters.register_own_filters()
        file_policies.register_file_policies()
        register_session_offer()
        register_day_parts()
        # Last: it takes the person out of the places by which the others find what is theirs.
        places_receivers.connect()
