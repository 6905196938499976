from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "filiera.live"

    def ready(self) -> None:
        from filiera.admissions.desk_groups import ON_THE_DAY
        from filiera.design.navigation import Place, register
        from filiera.live import facts, permissions, receivers
        from filiera.live.day_parts import register_day_parts
        from filiera.live.permissions import MODERATE

        facts.register_kinds()
        permissions.register_own()
        receivers.connect()
        register_day_parts()
        register("footer", Place("live", _("Join by code"), "live:join", order=5))
        register(
            "edition",
            Place(
                "live",
                _("Questions and polls"),
                "live:desk_channels",
                icon="mic",
                order=52,
                group=ON_THE_DAY,
                permission=MODERATE,
            ),
        )
