from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "filiera.live"

    def ready(self) -> None:
        from filiera.design.navigation import Place, register
        from filiera.live import facts, permissions, receivers
        from filiera.live.permissions import MODERATE

        facts.register_kinds()
        permissions.register_own()
        receivers.connect()
        register("footer", Place("live", _("Join by code"), "live:join", order=5))
        register(
            "edition",
            Place(
                "live",
                _("Questions and polls"),
                "live:desk_channels",
                icon="mic",
                order=35,
                permission=MODERATE,
            ),
        )
