from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "filiera.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        # The ledger hears from the apps below it; their signals exist once all models are loaded.
        from filiera.ledger import facts, navigation, permissions, receivers
        from filiera.ledger.actions import uploads  # noqa: F401  (the worker knows jobs that were imported)

        facts.register_kinds()
        permissions.register_own()
        navigation.register_places()
        receivers.connect()
