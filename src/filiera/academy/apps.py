from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademyConfig(AppConfig):
    name = "filiera.academy"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.academy import facts, file_policies, receivers
        from filiera.academy.actions import held, publication  # noqa: F401
        from filiera.academy.actions.team import register_invitation
        from filiera.academy.desk_places import register_desk_places
        from filiera.academy.push_topics import register_topics
        from filiera.design.navigation import Place, register

        facts.register_kinds()
        file_policies.register_file_policies()
        register_invitation()
        register_desk_places()
        register_topics()
        receivers.connect()
        register("main", Place("academies", _("Academies"), "academy:edition_list", order=10))
