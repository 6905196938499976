"""The place of the selection at an edition's desk."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions import permissions
from filiera.admissions.desk_groups import COHORT
from filiera.design.navigation import Place, register


def register_selection_place() -> None:
    register(
        "edition",
        Place(
            "selection",
            _("Selection"),
            "admissions:desk_selection",
            icon="list-checks",
            order=44,
            group=COHORT,
            permission=permissions.VIEW_APPLICATIONS,
        ),
    )
