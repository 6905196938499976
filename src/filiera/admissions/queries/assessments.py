"""Self-assessments: one's own change for oneself, the group in figures from five answers up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count, Max, Min, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.disclosure import SMALLEST_GROUP, disclosable
from filiera.admissions.models import (
    AssessmentMoment,
    CompetenceItem,
    Participation,
    ParticipationState,
    SelfAssessment,
    SelfRating,
)
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

END_LASTS = timedelta(days=60)
LATER_AFTER = timedelta(days=90)
LATER_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OpenAssessment:
    """A self-assessment that waits for somebody's answers."""

    participation: Participation
    moment: str
    closes_on: date

    @property
    def moment_name(self) -> str:
        return str(AssessmentMoment(self.moment).label)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One thing rated: own level at each moment, and the group's mean where it may be told."""

    item: CompetenceItem
    levels: dict[str, int]
    means: dict[str, float]

    @property
    def change(self) -> int | None:
        """From the first to the latest answer of one's own."""
        told = [self.levels[moment] for moment in AssessmentMoment.values if moment in self.levels]
        return told[-1] - told[0] if len(told) > 1 else None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The means of a group, moment by moment; a moment that may not be told has none."""

    answers: dict[str, int]
    means: dict[str, dict[int, float]]

    @property
    def moments(self) -> list[str]:
        return [moment for moment in AssessmentMoment.values if moment in self.means]


@dataclass(frozen=True, slots=True)
class Division:
    """By what the group can be looked at in parts: only values that tell about nobody."""

    code: str
    values: list[tuple[str, str]] = field(default_factory=list)


COUNTRY, ECOSYSTEM = "country", "ecosystem"
_DIVISIONS = {COUNTRY: "participation__country", ECOSYSTEM: "participation__ecosystem"}


def moment_windows(edition: Edition) -> dict[str, tuple[date | None, date]]:
    """From when until when each moment takes answers; the first is open to whoever is confirmed."""
    dates = edition.parts.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    if dates["first"] is None:
        return {}
    last = dates["last"]
    return {
        AssessmentMoment.START: (None, dates["first"]),
        AssessmentMoment.END: (last, last + END_LASTS),
        AssessmentMoment.LATER: (last + LATER_AFTER, last + LATER_AFTER + LATER_LASTS),
    }


def open_moments(edition: Edition, at: datetime) -> dict[str, date]:
    """The moments that take answers now, each with its last day."""
    today = at_zone(at, edition.time_zone).date()
    return {
        moment: closes
        for moment, (opens, closes) in moment_windows(edition).items()
        if (opens is None or opens <= today) and today <= closes
    }


def open_for(participation: Participation, *, at: datetime) -> list[OpenAssessment]:
    """What somebody with a confirmed place can answer now and has not."""
    edition = participation.edition
    if participation.state != ParticipationState.CONFIRMED or not edition.competence_items.exists():
        return []
    answered = set(participation.self_assessments.values_list("moment", flat=True))
    return [
        OpenAssessment(participation, moment, closes)
        for moment, closes in open_moments(edition, at).items()
        if moment not in answered
    ]


def open_self_assessments(person: Person, *, at: datetime) -> list[OpenAssessment]:
    """Every self-assessment that waits for a person, in all editions."""
    places = Participation.objects.confirmed().filter(person=person).select_related("edition")
    return [
        found for place in places.order_by("pk") for found in open_for(place, at=place.edition.clock_at or at)
    ]


def items_of(edition: Edition) -> list[CompetenceItem]:
    return list(CompetenceItem.objects.filter(edition=edition).order_by("position", "pk"))


def by_area(lines: list[ItemLine]) -> list[tuple[str, list[ItemLine]]]:
    """The lines under the name of their area, in the order of the items."""
    areas: dict[str, list[ItemLine]] = {}
    for line in lines:
        areas.setdefault(translated(line.item.area), []).append(line)
    return list(areas.items())


def own_lines(viewer: Viewer, participation: Participation) -> list[ItemLine]:
    """One's own levels beside the means of the whole group."""
    ratings = SelfRating.objects.visible_to(viewer).filter(assessment__participation=participation)
    levels: dict[int, dict[str, int]] = {}
    for item_id, moment, level in ratings.values_list("item", "assessment__moment", "level"):
        levels.setdefault(item_id, {})[moment] = level
    group = group_result(participation.edition)
    return [
        ItemLine(
            item,
            levels.get(item.pk, {}),
            {moment: means[item.pk] for moment, means in group.means.items() if item.pk in means},
        )
        for item in items_of(participation.edition)
    ]


def group_lines(edition: Edition, result: GroupResult) -> list[ItemLine]:
    return [
        ItemLine(
            item, {}, {moment: means[item.pk] for moment, means in result.means.items() if item.pk in means}
        )
        for item in items_of(edition)
    ]


def group_result(edition: Edition, *, division: str = "", value: str = "") -> GroupResult:
    """How a group answered, in means with one decimal; only moments where that tells about nobody.

    Answers enter in fives, in the order in which they came: between two looks never one alone is added.
    Means of those who answered twice are not made: beside the means of all they would tell about the rest.
    """
    answered: dict[str, dict[str, list[int]]] = {}
    rows = _of_edition(edition).order_by("answered_at", "pk")
    for moment, key, part in rows.values_list("moment", "pk", _DIVISIONS.get(division, "moment")):
        answered.setdefault(moment, {}).setdefault("" if part is None else str(part), []).append(key)
    entered: dict[str, list[int]] = {}
    for moment, by_value in answered.items():
        if division in _DIVISIONS:
            counts = {part: len(keys) for part, keys in by_value.items()}
            keys = by_value[value] if value in disclosable(counts) else []
        else:
            keys = by_value[moment]
        if whole_fives := keys[: len(keys) - len(keys) % SMALLEST_GROUP]:
            entered[moment] = whole_fives
    means: dict[str, dict[int, float]] = {}
    rated = SelfRating.objects.filter(assessment__in=[key for keys in entered.values() for key in keys])
    by_item = rated.values_list("assessment__moment", "item").annotate(mean=Avg("level"))
    for moment, item_id, mean in by_item:
        means.setdefault(moment, {})[item_id] = round(mean, 1)
    return GroupResult(answers={moment: len(keys) for moment, keys in entered.items()}, means=means)


def divisions(edition: Edition) -> list[Division]:
    """By what the results can be divided, with the values that may be shown at one moment at least."""
    found = []
    for code, name in _DIVISIONS.items():
        allowed: set[str] = set()
        for counts in _counts_by(edition, name).values():
            allowed |= disclosable(counts)
        allowed.discard("")
        rows = _of_edition(edition).filter(**{f"{name}__in": allowed})
        named = dict(rows.values_list(name, f"{name}__names").distinct())
        values = sorted(
            ((str(key), translated(names)) for key, names in named.items()),
            key=lambda choice: sort_key(choice[1]),
        )
        found.append(Division(code, values))
    return found


def answer_counts(edition: Edition) -> dict[str, int]:
    """How many have answered at each moment: a count of people, which may always be told."""
    rows = _of_edition(edition).values_list("moment").annotate(count=Count("pk"))
    counts = dict(rows)
    return {moment: counts.get(moment, 0) for moment in AssessmentMoment.values}


def answered_item_ids(edition: Edition) -> frozenset[int]:
    items = CompetenceItem.objects.filter(edition=edition, ratings__isnull=False)
    return frozenset(items.values_list("pk", flat=True))


def editions_to_copy_from(viewer: Viewer, edition: Edition) -> list[Edition]:
    """Editions of the same series that have items of their own."""
    visible = Edition.objects.visible_to(viewer).filter(series=edition.series_id)
    return list(
        visible.exclude(pk=edition.pk).filter(competence_items__isnull=False).distinct().order_by("-number")
    )


def _of_edition(edition: Edition) -> QuerySet[SelfAssessment]:
    return SelfAssessment.objects.filter(participation__edition=edition)


def _counts_by(edition: Edition, name: str) -> Mapping[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    rows = _of_edition(edition).values_list("moment", name).annotate(count=Count("pk"))
    for moment, value, count in rows:
        counts.setdefault(moment, Counter())["" if value is None else str(value)] += count
    return counts
