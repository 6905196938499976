from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationsConfig(AppConfig):
    name = "filiera.organisations"
    label = "organisations"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        # Models can only be imported once all apps are loaded.
        from filiera.organisations import invitations, navigation, permissions, receivers

        permissions.register_own()
        invitations.register()
        navigation.register_places()
        receivers.connect()
