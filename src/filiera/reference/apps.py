from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "filiera.reference"
    label = "reference"
    verbose_name = _("Reference tables")

    def ready(self) -> None:
        # Places are registered once all apps are there.
        from filiera.design.navigation import Place, register

        register("footer", Place("reference", _("Reference tables"), "reference:tables", order=60))
