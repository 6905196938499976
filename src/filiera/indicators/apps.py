from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "filiera.indicators"
    label = "indicators"
    verbose_name = _("Indicators")

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.indicators import (
            declaration_files,
            evidence_files,
            history_access,
            impact_receivers,
            navigation,
            panel_policies,
            permissions,
            readiness_places,
            readiness_receivers,
            receivers,
            report_files,
            report_receivers,
            round_places,
            round_purposes,
            round_receivers,
            set_receivers,
        )
        from filiera.indicators.actions import (  # noqa: F401
            declaration_mails,
            declaration_owners,
            digests,
            impact,
            peers,
            refreshing,
            report_mail,
            round_mails,
            set_mails,
        )

        permissions.register_own()
        navigation.register_places()
        receivers.connect()
        evidence_files.register_file_policies()
        history_access.register_file_policies()
        panel_policies.register_file_policies()
        readiness_receivers.connect()
        impact_receivers.connect()
        readiness_places.register_places()
        declaration_files.register_file_policies()
        round_purposes.register_purposes()
        round_receivers.connect()
        round_places.register_places()
        report_files.register_file_policies()
        report_receivers.connect()
        set_receivers.connect()
