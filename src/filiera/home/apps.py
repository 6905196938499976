from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "filiera.home"
    verbose_name = _("Start page")

    def ready(self) -> None:
        from filiera.academy.permissions import RUN_DAY
        from filiera.admissions.desk_groups import ON_THE_DAY
        from filiera.design.navigation import Place, register

        register(
            "edition",
            Place(
                "day",
                _("The running day"),
                "home:desk_day",
                icon="clock",
                order=48,
                group=ON_THE_DAY,
                permission=RUN_DAY,
            ),
            Place(
                "late",
                _("Running late"),
                "academy:desk_late",
                icon="history",
                order=49,
                group=ON_THE_DAY,
                permission=RUN_DAY,
            ),
        )
