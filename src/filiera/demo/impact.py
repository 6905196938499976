"""A panel of made-up firms with an effect that is known, and a study that finds it."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from filiera.accounts.viewer import SYSTEM
from filiera.indicators.actions import impact as actions
from filiera.indicators.models import ImpactPanel
from filiera.indicators.panel_files import PanelColumns
from filiera.organisations.models import Organisation

BODY = "sistema-poli-di-innovazione-piemonte"
SEED = 2025
FIRMS = 420
COLUMNS = PanelColumns(
    firm="firm",
    year="year",
    joined="joined",
    outcomes=("turnover",),
    covariates=("employees", "productivity"),
    classes=("sector", "size_class", "region"),
)


@transaction.atomic
def load_impact(at: datetime) -> None:
    """The panel and one study, which stands in the logic model; what is there already stays as it is."""
    organisation = Organisation.objects.filter(slug=BODY).first()
    if organisation is None or ImpactPanel.objects.filter(organisation=organisation).exists():
        return
    from filiera.indicators.impact import simulation  # brings numpy

    table = simulation.as_table(simulation.simulated(SEED, firms=FIRMS))
    panel = actions.upload_panel(
        organisation=organisation,
        title=_("Made-up firms, 2014 to 2022"),
        source=_("Generated from a seed, with a known effect of about 1; no real firm is in it."),
        keep_until=(at + timedelta(days=700)).date(),
        upload=ContentFile(table.encode(), name="made-up-firms.csv"),
        by=SYSTEM,
        at=at,
    )
    panel.is_demonstration = True
    panel.save(update_fields=["is_demonstration"])
    panel = actions.read_columns(panel=panel, columns=COLUMNS, by=SYSTEM, at=at)
    # Compared by the worker: a first start need not wait for it.
    actions.ask_for_study(
        panel=panel,
        outcome="turnover",
        unit=_("million euro"),
        choices={
            "method": "propensity",
            "neighbours": 3,
            "years_before": 3,
            "years_after": 3,
            "scale": "level",
            "covariates": list(COLUMNS.covariates),
            "classes": list(COLUMNS.classes),
            "is_shown": True,
        },
        by=SYSTEM,
        at=at,
    )
