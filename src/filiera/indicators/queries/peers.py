"""A cluster beside its peers: its own figures, and what was published of many."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators.disclosure import Grouping, Withheld
from filiera.indicators.models import PeerAnswer, PeerConsent, PeerRelease, PeerSeat
from filiera.indicators.peers import ReferenceValue, reference_values
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.figures import Figure, figures_of
from filiera.indicators.words import value_words
from filiera.organisations.models import Organisation


class Band(models.TextChoices):
    """Where a figure lies among its peers; a rank would tell more than it should."""

    LOWEST = "lowest", _("in the lowest quarter")
    MIDDLE = "middle", _("in the middle half")
    HIGHEST = "highest", _("in the highest quarter")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of one's own beside the quartiles of the chosen group."""

    figure: Figure
    answer: PeerAnswer

    @property
    def band(self) -> Band | None:
        own, answer = self.figure.value, self.answer
        if own is None or answer.lower is None or answer.upper is None:
            return None
        return Band.LOWEST if own < answer.lower else Band.HIGHEST if own > answer.upper else Band.MIDDLE

    @property
    def quartile_words(self) -> list[str]:
        told = (self.answer.lower, self.answer.median, self.answer.upper)
        return ["—" if each is None else value_words(each, self.figure.definition) for each in told]

    @property
    def withheld_words(self) -> str | Promise:
        return Withheld(self.answer.withheld).label if self.answer.withheld else ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A published value beside the figure that it can be compared with."""

    figure: Figure
    value: ReferenceValue

    @property
    def words(self) -> str:
        return value_words(self.value.value, self.figure.definition)


@dataclass(frozen=True, slots=True)
class Peers:
    """What the page of peers shows."""

    consent: PeerConsent | None
    release: PeerRelease | None
    groupings: list[Grouping]
    chosen: Grouping | None
    comparisons: list[Comparison]
    references: list[Reference]


def peers_of(viewer: Viewer, organisation: Organisation, period: Period, asked: str) -> Peers:
    """The latest comparison that the cluster has a part in, by the grouping asked for.

    Without one, published values with their sources; `period` says which own figures stand beside them.
    """
    standing = PeerConsent.objects.visible_to(viewer).standing()
    consent = standing.filter(organisation=organisation).select_related("given_by").first()
    seat = None
    if consent is not None:
        releases = PeerRelease.objects.visible_to(viewer)
        seats = PeerSeat.objects.visible_to(viewer).filter(organisation=organisation, release__in=releases)
        seat = seats.select_related("release").order_by("-release__until_on").first()
    if seat is None:
        return Peers(consent, None, [], None, [], _references(viewer, organisation, period))
    told = _answers(viewer, seat)
    groupings = [grouping for grouping in Grouping if grouping in told]
    chosen = next((each for each in groupings if each.value == asked), groupings[0] if groupings else None)
    answers = told[chosen] if chosen else {}
    figures = figures_of(viewer, organisation, seat.release.period, answers)
    comparisons = [Comparison(figure, answers[figure.code]) for figure in figures if figure.value is not None]
    references = _references(viewer, organisation, seat.release.period)
    return Peers(consent, seat.release, groupings, chosen, comparisons, references)


def peers_beside(
    viewer: Viewer, organisation: Organisation, figures: Iterable[Figure], period: Period
) -> dict[str, Comparison]:
    """These own figures of a period beside those of the nearest peers, where the cluster had a part then.

    Two queries. A figure whose answer is withheld has none.
    """
    seats = PeerSeat.objects.visible_to(viewer).filter(
        organisation=organisation,
        release__in=PeerRelease.objects.visible_to(viewer),
        release__start_on=period.start_on,
        release__until_on=period.until_on,
    )
    seat = seats.select_related("release").first()
    if seat is None:
        return {}
    told = _answers(viewer, seat)
    grouping = next((grouping for grouping in Grouping if grouping in told), None)
    answers = told[grouping] if grouping else {}
    return {
        figure.code: Comparison(figure, answers[figure.code])
        for figure in figures
        if figure.period == period
        and figure.value is not None
        and figure.code in answers
        and not answers[figure.code].withheld
    }


def _answers(viewer: Viewer, seat: PeerSeat) -> dict[Grouping, dict[str, PeerAnswer]]:
    """What was told of the groups that a cluster was in, by grouping and code."""
    groups = {Grouping.NEAREST: [str(seat.part)], Grouping.ALL: [""]}
    for kind, name in seat.traits:
        groups.setdefault(Grouping(kind), []).append(name)
    rows = PeerAnswer.objects.visible_to(viewer).filter(release=seat.release)
    told: dict[Grouping, dict[str, PeerAnswer]] = {}
    for row in rows.order_by("grouping", "group"):
        grouping = Grouping(row.grouping)
        if row.group in groups.get(grouping, ()):
            # Of several ecosystems the first that was told stands for all.
            told.setdefault(grouping, {}).setdefault(row.code, row)
    return told


def _references(viewer: Viewer, organisation: Organisation, period: Period) -> list[Reference]:
    known = current_definitions()
    values = [value for value in reference_values() if value.code in known]
    figures = {
        figure.code: figure
        for figure in figures_of(viewer, organisation, period, {value.code for value in values})
    }
    return [Reference(figures[value.code], value) for value in values if value.code in figures]
