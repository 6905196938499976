"""The definition of one indicator."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.indicators.definition.measures import Change, Measure, Ratio, codes_of, kinds_of


class Stage(models.TextChoices):
    """Where an indicator stands in the logic model."""

    INPUT = "input", pgettext_lazy("logic model", "Input")
    ACTIVITY = "activity", pgettext_lazy("logic model", "Activity")
    OUTPUT = "output", pgettext_lazy("logic model", "Output")
    OUTCOME = "outcome", pgettext_lazy("logic model", "Outcome")
    IMPACT = "impact", pgettext_lazy("logic model", "Impact")


class Unit(models.TextChoices):
    """What a figure is counted in."""

    COUNT = "count", pgettext_lazy("unit", "number")
    ORGANISATION = "organisation", pgettext_lazy("unit", "organisations")
    PERSON = "person", pgettext_lazy("unit", "people")
    HOUR = "hour", pgettext_lazy("unit", "hours")
    EURO = "euro", pgettext_lazy("unit", "euro")
    PERCENT = "percent", pgettext_lazy("unit", "%")
    DAY = "day", pgettext_lazy("unit", "days")
    YEAR = "year", pgettext_lazy("unit", "years")
    FTE = "fte", pgettext_lazy("unit", "full-time equivalents")
    SCORE = "score", pgettext_lazy("unit", "points")
    PER_ONE = "per_one", pgettext_lazy("unit", "for each")
    LEVEL = "level", pgettext_lazy("unit", "level")


class Better(models.TextChoices):
    """Which direction is better."""

    MORE = "more", _("more is better")
    LESS = "less", _("less is better")
    NEITHER = "neither", _("neither is better")


class PeriodKind(models.TextChoices):
    """For which periods a figure is formed."""

    MONTH = "month", pgettext_lazy("period", "month")
    QUARTER = "quarter", pgettext_lazy("period", "quarter")
    YEAR = "year", pgettext_lazy("period", "year")
    EDITION = "edition", pgettext_lazy("period", "edition")
    ANY = "any", pgettext_lazy("period", "any period")


class Breakdown(models.TextChoices):
    """What a figure can be broken down by."""

    ECOSYSTEM = "ecosystem", _("ecosystem")
    REGION = "region", _("region")
    SIZE_CLASS = "size_class", _("size class")
    MEMBER_TYPE = "member_type", _("type of organisation")
    COUNTRY = "country", _("country")
    EDITION = "edition", _("edition")
    S3_PRIORITY = "s3_priority", pgettext_lazy("breakdown", "S3 priority")


class Side(models.TextChoices):
    """Through which organisation a fact counts for a body."""

    ORGANISATION = "organisation", _("the organisation for which it counts")
    COUNTERPART = "counterpart", _("the other organisation")
    EITHER = "either", _("either of the two")


@dataclass(frozen=True, slots=True)
class Scheme:
    """An indicator of somebody else's scheme that this one serves, and where its wording stands."""

    scheme: str
    indicator: str
    source: str
    note: dict[str, str]


@dataclass(frozen=True, slots=True)
class Label:
    """What an indicator gives for one of the label: what is declared beside it, what proves it."""

    code: str
    declare: dict[str, str]
    evidence: dict[str, str]


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator, whole and checked; never changed, only replaced by a further version."""

    code: str
    version: int
    names: dict[str, str]
    descriptions: dict[str, str]
    stage: Stage
    leads_to: dict[str, str]
    unit: Unit
    precision: int
    better: Better
    period: PeriodKind
    breakdowns: tuple[Breakdown, ...]
    side: Side
    about: Side
    measure: Measure
    minimum_group: int
    owner: str
    is_public: bool
    labels: tuple[Label, ...]
    schemes: tuple[Scheme, ...]
    body: dict[str, Any]

    @property
    def kinds(self) -> tuple[str, ...]:
        return kinds_of(self.measure)

    @property
    def needs(self) -> tuple[str, ...]:
        """The codes that must be formed before."""
        return codes_of(self.measure)

    @property
    def looks_back(self) -> bool:
        """Whether a figure needs the period before."""
        return isinstance(self.measure, Change) or (
            isinstance(self.measure, Ratio) and self.measure.denominator_before
        )
