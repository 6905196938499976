"""Rounds as lists: those one opened, those one is asked in, who is missing, and the firms of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import (
    CollectionFirm,
    CollectionPart,
    CollectionRound,
    PartState,
    RoundState,
)
from filiera.indicators.queries.round_asked import poles_by_name
from filiera.indicators.queries.round_results import Asked, firms_asked
from filiera.organisations.models import Organisation
from filiera.texts.sorting import sort_key

FIRMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round in the list of whoever opened it."""

    round: CollectionRound
    poles: int
    accepted: int
    firms: int
    answered: int


@dataclass(frozen=True, slots=True)
class RoundsPage:
    opened: list[RoundLine]
    asked: list[CollectionPart]


def rounds_of(viewer: Viewer, organisation: Organisation) -> RoundsPage:
    """What an organisation opened, and in what it is asked by others; the latest first. Four queries."""
    rounds = list(
        CollectionRound.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .defer("report")
        .order_by("-created_at", "-pk")
    )
    keys = [round_.pk for round_ in rounds]
    parts = _counted(CollectionPart.objects.filter(round__in=keys), Q(state=PartState.ACCEPTED))
    firms = _counted(CollectionFirm.objects.filter(round__in=keys), Q(answered_at__isnull=False))
    asked = (
        CollectionPart.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .exclude(round__organisation=organisation)
        .select_related("round__organisation", "organisation")
        .defer("round__report")
        .order_by("-round__opened_at", "-pk")
    )
    none = (0, 0)
    return RoundsPage(
        [RoundLine(round_, *parts.get(round_.pk, none), *firms.get(round_.pk, none)) for round_ in rounds],
        list(asked),
    )


def _counted(rows: QuerySet, done: Q) -> dict[int, tuple[int, int]]:  # type: ignore[type-arg]
    counted = rows.values("round_id").annotate(rows=Count("pk"), done=Count("pk", filter=done))
    return {row["round_id"]: (row["rows"], row["done"]) for row in counted}


@dataclass(frozen=True, slots=True)
class PoleLine:
    """One pole in the table of who is missing."""

    part: CollectionPart
    firms: Asked
    is_late: bool


@dataclass(frozen=True, slots=True)
class RoundTable:
    """The one table of who is missing."""

    lines: list[PoleLine]
    states: list[tuple[str, str, int]]
    poles: int
    accepted: int
    firms: Asked

    @property
    def missing(self) -> int:
        return self.poles - self.accepted


def round_table(round_: CollectionRound, today: date, state: str = "") -> RoundTable:
    """The poles of a round, with how far each has come; the filter leaves those in one state."""
    parts = poles_by_name(round_.parts.select_related("organisation", "submitted_by", "accepted_by", "round"))
    firms = firms_asked(round_) if round_.questionnaire_id and not round_.is_draft else {}
    none = Asked(0, 0, 0)
    lines = [
        PoleLine(
            part,
            firms.get(part.organisation_id, none),
            is_late=part.waits_for_pole and round_.is_open and round_.deadline_on < today,
        )
        for part in parts
        if state in ("", part.state)
    ]
    return RoundTable(
        lines=lines,
        states=[
            (choice.value, str(choice.label), sum(part.state == choice for part in parts))
            for choice in PartState
        ],
        poles=len(parts),
        accepted=sum(part.state == PartState.ACCEPTED for part in parts),
        firms=firms.get(0, none),
    )


@dataclass(frozen=True, slots=True)
class FirmsPage:
    """The firms of a round, as many as one page holds."""

    firms: Sequence[CollectionFirm]
    next_key: str
    counts: dict[str, int]


FIRM_FILTERS: dict[str, Q] = {
    "missing": Q(answered_at__isnull=True, stopped_at__isnull=True) & ~Q(email=""),
    "answered": Q(answered_at__isnull=False),
    "stopped": Q(stopped_at__isnull=False, answered_at__isnull=True),
    "without": Q(email="", answered_at__isnull=True),
}


def firms_page(
    viewer: Viewer, round_: CollectionRound, *, state: str = "", search: str = "", after: str = ""
) -> FirmsPage:
    """The firms that a viewer may know of, by name; `after` is the key of the last one seen."""
    own = CollectionFirm.objects.visible_to(viewer).filter(round=round_)
    counts = own.aggregate(
        all=Count("pk"), **{name: Count("pk", filter=told) for name, told in FIRM_FILTERS.items()}
    )
    rows = own.filter(FIRM_FILTERS[state]) if state in FIRM_FILTERS else own
    if search.strip():
        rows = rows.filter(organisation__search_key__contains=sort_key(search.strip()))
    name, _colon, key = after.rpartition(":")
    if key.isdecimal():
        rows = rows.filter(
            Q(organisation__sort_key__gt=name) | Q(organisation__sort_key=name, pk__gt=int(key))
        )
    found = list(
        rows.select_related("organisation")
        .prefetch_related("parts__organisation")
        .order_by("organisation__sort_key", "pk")[: FIRMS_SHOWN + 1]
    )
    shown = found[:FIRMS_SHOWN]
    last = shown[-1] if len(found) > FIRMS_SHOWN else None
    return FirmsPage(shown, f"{last.organisation.sort_key}:{last.pk}" if last else "", counts)


def former_rounds(viewer: Viewer, organisation: Organisation) -> QuerySet[CollectionRound]:
    """Frozen rounds of the same opener that asked firms something, the latest first."""
    return (
        CollectionRound.objects.visible_to(viewer)
        .filter(organisation=organisation, state=RoundState.FROZEN, questionnaire__isnull=False)
        .defer("report")
        .order_by("-start_on", "-pk")
    )
