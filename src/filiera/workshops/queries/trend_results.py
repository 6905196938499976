"""What came out of the ratings of trends, told only where it tells about nobody.

While a trend is open nobody sees what others said, so that nobody follows them. Closed, it shows figures
from five people up; a part of them (a country, an ecosystem, a group) only if neither it nor the rest of
the others is smaller than that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import mean

from django.utils.translation import gettext as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.disclosure import SMALLEST_GROUP, disclosable
from filiera.admissions.models import Participation
from filiera.reference.models import Country, Ecosystem
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key
from filiera.workshops.models import (
    Group,
    GroupRound,
    Scale,
    Seat,
    Trend,
    TrendRating,
    TrendState,
)

from .spread import Spread, is_far_out, spread_of

COUNTRY, ECOSYSTEM, GROUP = "country", "ecosystem", "group"


@dataclass(frozen=True, slots=True)
class Result:
    """The spreads of one trend by scale; none where they may not be told."""

    trend: Trend
    # How many have said all four; a count of people may always be told.
    answers: int
    spreads: dict[str, Spread] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        return bool(self.spreads)

    @property
    def polarisation(self) -> float:
        """Over the four scales, for one mark on a chart."""
        return mean(spread.polarisation for spread in self.spreads.values()) if self.spreads else 0.0


@dataclass(frozen=True, slots=True)
class PartLine:
    """The ratings of one country, ecosystem or group."""

    name: str
    answers: int
    spreads: dict[str, Spread]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The parts that may be told, by name, and how many people stand in the others."""

    lines: list[PartLine]
    hidden: int


def result_of(trend: Trend) -> Result:
    return results_of([trend])[0]


def results_of(trends: Iterable[Trend]) -> list[Result]:
    """The results of several trends in one query, in the order given."""
    trends = list(trends)
    told: dict[int, list[TrendRating]] = {trend.pk: [] for trend in trends}
    for rating in _whole_ratings(trends):
        told[rating.trend_id].append(rating)
    return [
        Result(
            trend,
            answers=len(told[trend.pk]),
            spreads=_spreads(told[trend.pk]) if _may_show(trend, told[trend.pk]) else {},
        )
        for trend in trends
    ]


def breakdown(trend: Trend, *, by: str, round_id: int | None = None) -> Breakdown:
    """The results of a trend in parts: by country, ecosystem, or the groups of one round."""
    ratings = list(_whole_ratings([trend]))
    if not _may_show(trend, ratings):
        return Breakdown([], hidden=0)
    keys = _keys(ratings, by, round_id)
    parts: dict[str, list[TrendRating]] = {}
    for rating in ratings:
        parts.setdefault(keys.get(rating.pk, ""), []).append(rating)
    shown = disclosable({key: len(rows) for key, rows in parts.items()}) - {""}
    names = _names(by, shown)
    lines = [PartLine(names[key], len(parts[key]), _spreads(parts[key])) for key in shown]
    return Breakdown(
        lines=sorted(lines, key=lambda line: sort_key(line.name)),
        hidden=len(ratings) - sum(line.answers for line in lines),
    )


def over_editions(viewer: Viewer, trend: Trend) -> list[PartLine]:
    """What came out of the same trend edition by edition, the latest first; nothing while there is but one.

    The figures tell about nobody, so whoever sees an edition sees them, without belonging to it.
    """
    editions = Edition.objects.visible_to(viewer).filter(series=trend.edition.series_id, is_template=False)
    rows = Trend.objects.filter(edition__in=editions, code=trend.code, state=TrendState.CLOSED)
    shown = [result for result in results_of(rows.select_related("edition")) if result.is_shown]
    if all(result.trend.pk == trend.pk for result in shown):
        return []
    shown.sort(key=lambda result: (result.trend.edition.number, result.trend.pk), reverse=True)
    return [
        PartLine(
            f"{translated(result.trend.edition.name)} ({result.trend.closed_at:%Y})",
            result.answers,
            result.spreads,
        )
        for result in shown
    ]


def published_rounds(viewer: Viewer, edition: Edition) -> list[tuple[int, str]]:
    """The rounds of groups by which results can be looked at, as their titles say."""
    rounds = (
        GroupRound.objects.visible_to(viewer)
        .filter(series__edition=edition, series__published_at__isnull=False)
        .select_related("series")
        .order_by("series", "number")
    )
    return [(each.pk, f"{translated(each.series.title)}, {each.number}") for each in rounds]


def own_ratings(viewer: Viewer, edition: Edition) -> dict[int, TrendRating]:
    """What the viewer has said, by trend."""
    rows = TrendRating.objects.visible_to(viewer).filter(trend__edition=edition)
    return {row.trend_id: row for row in rows}


def people_who_may_rate(edition: Edition) -> int:
    return Participation.objects.confirmed().filter(edition=edition).count()


def scales_asked_about(viewer: Viewer, trend: Trend) -> list[Scale]:
    """On which scales the viewer rated far from the others, once reasons were asked for.

    Only the person themself is ever told.
    """
    if trend.outliers_asked_at is None:
        return []
    own = TrendRating.objects.visible_to(viewer).filter(trend=trend, completed_at__isnull=False).first()
    result = result_of(trend)
    if own is None or not result.is_shown:
        return []
    return [scale for scale in Scale if is_far_out(getattr(own, scale), result.spreads[scale])]


def is_asked_for_reasons(viewer: Viewer, trend: Trend) -> bool:
    return bool(scales_asked_about(viewer, trend))


def _whole_ratings(trends: Iterable[Trend]) -> Iterable[TrendRating]:
    rows = TrendRating.objects.filter(trend__in=[trend.pk for trend in trends], completed_at__isnull=False)
    return rows.select_related("participation").order_by("trend", "completed_at", "pk")


def _may_show(trend: Trend, ratings: list[TrendRating]) -> bool:
    if trend.state != TrendState.CLOSED or len(ratings) < SMALLEST_GROUP:
        return False
    if trend.last_shown_at is None:
        return True
    # Beside what was shown before, the new figures would tell about the few who changed them.
    changed = sum(rating.rated_at > trend.last_shown_at for rating in ratings)
    return changed == 0 or changed >= SMALLEST_GROUP


def _spreads(ratings: list[TrendRating]) -> dict[str, Spread]:
    return {scale.value: spread_of([getattr(rating, scale.value) for rating in ratings]) for scale in Scale}


def _keys(ratings: list[TrendRating], by: str, round_id: int | None) -> Mapping[int, str]:
    """To which part each rating belongs; one that belongs nowhere is left out."""
    if by == GROUP:
        seats = Seat.objects.filter(round=round_id).values_list("participation", "group")
        group_of = dict(seats)
        return {
            rating.pk: str(group_of[rating.participation_id])
            for rating in ratings
            if rating.participation_id in group_of
        }
    name = "country_id" if by == COUNTRY else "ecosystem_id"
    told = {rating.pk: getattr(rating.participation, name) for rating in ratings}
    return {key: str(value) for key, value in told.items() if value is not None}


def _names(by: str, keys: Iterable[str]) -> dict[str, str]:
    if by == GROUP:
        groups = Group.objects.filter(pk__in=[int(key) for key in keys])
        return {
            str(group.pk): group.theme or _("Group %(number)s") % {"number": group.number} for group in groups
        }
    rows = Country.objects.filter(pk__in=keys) if by == COUNTRY else Ecosystem.objects.filter(pk__in=keys)
    return {str(row.pk): translated(row.names) for row in rows}
