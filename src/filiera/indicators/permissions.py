from enum import StrEnum

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions
from filiera.organisations.permissions import register


class Permission(StrEnum):
    INDICATORS_VIEW = "indicators.view"
    INDICATORS_EDIT = "indicators.edit"
    FIGURES_DECLARE = "indicators.declare"
    IMPACT_STUDY = "indicators.impact"
    ROUNDS_RUN = "indicators.rounds"
    REPORTS_WRITE = "indicators.reports"


# To see what came of an edition, in figures.
VIEW_EDITION_FIGURES = "indicators.view_edition"


def register_own() -> None:
    register(
        "indicators",
        {
            Permission.INDICATORS_VIEW: ("manager", "staff"),
            Permission.INDICATORS_EDIT: ("manager",),
            Permission.FIGURES_DECLARE: ("manager", "staff"),
            Permission.IMPACT_STUDY: ("manager",),
            Permission.ROUNDS_RUN: ("manager", "staff"),
            Permission.REPORTS_WRITE: ("manager", "staff"),
        },
    )
    register_permissions(
        "indicators",
        {
            EditionRole.DIRECTOR: frozenset({VIEW_EDITION_FIGURES}),
            EditionRole.PROGRAMME: frozenset({VIEW_EDITION_FIGURES}),
            EditionRole.DESK: frozenset({VIEW_EDITION_FIGURES}),
            EditionRole.VIEWER: frozenset({VIEW_EDITION_FIGURES}),
        },
    )
