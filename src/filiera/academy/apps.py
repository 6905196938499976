from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcademyConfig(AppConfig):
    name = "filiera.academy"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.academy import facts
        from filiera.academy.actions import held, publication  # noqa: F401
        from filiera.design.navigation import Place, register

        facts.register_kinds()
        register("main", Place("academies", _("Academies"), "academy:edition_list", order=10))
