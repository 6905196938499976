from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignConfig(AppConfig):
    name = "filiera.design"

    def ready(self) -> None:
        from filiera.design.navigation import Place, register

        register("footer", Place("components", _("Components"), "design:index", order=90))
        register(
            "specimen",
            Place("desk", _("A desk"), "design:desk", icon="calendar", group=_("Plan")),
            Place("components", _("Components"), "design:index", icon="grid", group=_("Plan")),
        )
