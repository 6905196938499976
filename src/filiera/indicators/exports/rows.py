"""One figure as every file tells it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from filiera.indicators.computing import Computed
from filiera.indicators.definition import Definition
from filiera.indicators.periods import Period
from filiera.indicators.queries import Figure, has_made_up_members
from filiera.indicators.words import missing_words, part_names
from filiera.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A value or the reason why there is none, with what a reader of a file needs beside it.

    `body` is an organisation's slug or a region's code; `part` is one of the breakdown `dimension`.
    """

    definition: Definition
    body: str
    body_name: str
    period: Period
    value: Decimal | None
    missing: str
    facts: int
    is_region: bool = False
    is_public: bool = False
    dimension: str = ""
    part: str = ""
    part_name: str = ""
    is_declared: bool = False
    is_open: bool = False
    is_made_up: bool = False
    computed_at: datetime | None = None
    # Where its doors are, if not on the page of its body.
    page: str = ""

    @property
    def number(self) -> Decimal | None:
        """The value with as many decimals as the definition tells."""
        if self.value is None:
            return None
        return self.value.quantize(Decimal(1).scaleb(-self.definition.precision))

    @property
    def reason(self) -> str:
        return "" if self.value is not None else str(missing_words(self.missing))

    @property
    def address(self) -> str:
        """The page with the three doors: the public one where there is one."""
        code = self.definition.code
        if self.page:
            return absolute(self.page)
        return absolute(figure_path(self.body, code, self.period, self.is_region, self.is_public))


def figure_path(body: str, code: str, period: Period, is_region: bool, is_public: bool) -> str:
    name = "region_figure" if is_region else "public_figure" if is_public else "own_figure"
    return reverse(f"indicators:{name}", args=[body, code, period.code])


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def rows_of(figures: Iterable[Figure], dimension: str = "") -> list[FigureRow]:
    """Figures as rows of a file; `dimension` is what they are broken down by."""
    told = list(figures)
    names = part_names(dimension, {each.breakdown for each in told}) if dimension else {}
    bodies = {each.organisation for each in told if each.organisation is not None}
    made_up = {body.pk for body in bodies if has_made_up_members(body)}
    return [_row(each, dimension, names.get(each.breakdown, ""), made_up) for each in told]


def computed_rows(
    found: Iterable[Computed], slugs: Mapping[int, str], dimension: str, at: datetime
) -> list[FigureRow]:
    """What an engine computed as rows of a file; `slugs` are those of the organisations by number."""
    told = list(found)
    known = {row.pk: row for row in Organisation.objects.filter(pk__in=slugs)}
    made_up = {number for number, body in known.items() if has_made_up_members(body)}
    names = part_names(dimension, {each.breakdown for each in told}) if dimension else {}
    rows = []
    for each in told:
        body = known.get(int(each.body))
        rows.append(
            FigureRow(
                definition=each.definition,
                body=slugs[int(each.body)],
                body_name=body.name_here if body else slugs[int(each.body)],
                period=each.period,
                value=each.value,
                missing=each.missing,
                facts=each.facts,
                is_public=body is not None and body.is_listed and each.definition.is_public,
                dimension=dimension,
                part=each.breakdown,
                part_name=names.get(each.breakdown, ""),
                is_declared=each.is_declared,
                is_open=not each.period.is_closed(at),
                is_made_up=int(each.body) in made_up,
                computed_at=at,
            )
        )
    return rows


def _row(told: Figure, dimension: str, part_name: str, made_up: Collection[int]) -> FigureRow:
    organisation, region = told.organisation, told.region
    name = organisation.name_here if organisation else region.name_latin if region else ""
    return FigureRow(
        definition=told.definition,
        body=told.body_slug,
        body_name=name,
        period=told.period,
        value=told.value,
        missing=told.missing,
        facts=told.facts,
        is_region=region is not None,
        is_public=organisation is not None and organisation.is_listed and told.definition.is_public,
        dimension=dimension,
        part=told.breakdown,
        part_name=part_name,
        is_declared=told.is_declared,
        is_open=told.is_open,
        is_made_up=organisation is not None and organisation.pk in made_up,
        computed_at=told.computed_at,
    )
