"""Shared sets as pages show them: those of a workspace, one of them, a proposal with what is said to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from filiera.accounts.viewer import Viewer
from filiera.indicators.definition import Definition
from filiera.indicators.models import (
    IndicatorSet,
    IndicatorVersion,
    SetAdoption,
    SetItem,
    SetOpinion,
    SetProposal,
    SetVersion,
    Stance,
)
from filiera.indicators.queries.definitions import current_definitions, pinned_definition
from filiera.indicators.queries.set_changes import ChangeNames, change_of
from filiera.indicators.set_differences import SetDifference, difference_of
from filiera.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set in a list: its last version, the draft where one may see it, what one uses of it."""

    indicator_set: IndicatorSet
    latest: SetVersion | None
    draft: SetVersion | None
    adoption: SetAdoption | None
    users: int
    open_proposals: int

    @property
    def shown(self) -> SetVersion | None:
        """The version that gives the set its name here."""
        return self.latest or self.draft

    @property
    def has_newer(self) -> bool:
        """Whether there is a version after the one that is used."""
        return (
            self.adoption is not None
            and self.latest is not None
            and self.latest.number > self.adoption.version.number
        )


@dataclass(frozen=True, slots=True)
class SetsPage:
    used: list[SetLine]
    own: list[SetLine]
    open: list[SetLine]


def sets_of(viewer: Viewer, organisation: Organisation) -> SetsPage:
    """The sets that an organisation uses, those it made, and those it could adopt. Five queries."""
    rows = sets_in(viewer, organisation).order_by("-created_at", "-pk")
    lines = _lines(viewer, organisation, list(rows))
    own = [line for line in lines if line.indicator_set.organisation_id == organisation.pk]
    used = [line for line in lines if line.adoption is not None]
    return SetsPage(
        used=used,
        own=own,
        open=[line for line in lines if line not in own and line not in used],
    )


def sets_in(viewer: Viewer, organisation: Organisation) -> QuerySet[IndicatorSet]:
    """The sets that stand in a workspace, with whoever made them."""
    rows = IndicatorSet.objects.visible_to(viewer).open_to(organisation.pk)
    return rows.select_related("organisation")


def _lines(viewer: Viewer, organisation: Organisation, sets: Sequence[IndicatorSet]) -> list[SetLine]:
    versions = SetVersion.objects.visible_to(viewer).filter(indicator_set__in=sets).order_by("number")
    latest: dict[int, SetVersion] = {}
    drafts: dict[int, SetVersion] = {}
    for version in versions:
        (drafts if version.is_draft else latest)[version.indicator_set_id] = version
    adopted = SetAdoption.objects.visible_to(viewer).standing().filter(organisation=organisation)
    adoptions = {row.indicator_set_id: row for row in adopted.select_related("version", "adopted_by")}
    users = _counted(SetAdoption.objects.standing().filter(indicator_set__in=sets))
    proposals = _counted(SetProposal.objects.open().filter(indicator_set__in=sets))
    return [
        SetLine(
            each,
            latest.get(each.pk),
            drafts.get(each.pk) if each.organisation_id == organisation.pk else None,
            adoptions.get(each.pk),
            users.get(each.pk, 0),
            proposals.get(each.pk, 0),
        )
        for each in sets
    ]


def _counted(rows: QuerySet) -> dict[int, int]:  # type: ignore[type-arg]
    counted = rows.values("indicator_set_id").annotate(rows=Count("pk"))
    return {row["indicator_set_id"]: row["rows"] for row in counted}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One indicator of a set by the definition that the set means; `current` is the one that holds today."""

    item: SetItem
    definition: Definition
    current: int

    @property
    def has_newer(self) -> bool:
        return self.current > self.definition.version


def rows_of(items: Iterable[SetItem], known: Mapping[str, Definition]) -> list[ItemRow]:
    """Items as they stand on a page; `known` are the definitions of today."""
    return [_row(item, known) for item in items]


def _row(item: SetItem, known: Mapping[str, Definition]) -> ItemRow:
    definition = pinned_definition(item.definition)
    current = known.get(item.code, definition)
    return ItemRow(item, definition, current.version)


@dataclass(frozen=True, slots=True)
class DifferenceRows:
    """What a version changes against another, with names to show."""

    added: list[ItemRow]
    removed: list[ItemRow]
    redefined: list[tuple[ItemRow, int]]
    noted: list[ItemRow]
    is_reordered: bool
    is_nothing: bool


def difference_rows(
    before: Sequence[SetItem], after: Sequence[SetItem], known: Mapping[str, Definition]
) -> DifferenceRows:
    told: SetDifference = difference_of(before, after)
    return DifferenceRows(
        added=rows_of(told.added, known),
        removed=rows_of(told.removed, known),
        redefined=[(_row(moved.after, known), moved.before.definition.version) for moved in told.redefined],
        noted=rows_of(told.noted, known),
        is_reordered=told.is_reordered,
        is_nothing=told.is_nothing,
    )


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal with how many agree and disagree."""

    proposal: SetProposal
    change: ChangeNames
    agree: int
    disagree: int
    comments: int


@dataclass(frozen=True, slots=True)
class SetPage:
    """One set: its last version, what one uses, what would be different, and what is proposed."""

    line: SetLine
    rows: list[ItemRow]
    difference: DifferenceRows | None
    versions: list[SetVersion]
    open: list[ProposalLine]
    decided: list[ProposalLine]
    adoptions: list[SetAdoption]


def set_page(viewer: Viewer, organisation: Organisation, indicator_set: IndicatorSet) -> SetPage:
    """A set as one of its organisations sees it; who uses it is told to whoever made it alone."""
    line = _lines(viewer, organisation, [indicator_set])[0]
    known = current_definitions()
    versions = list(
        SetVersion.objects.visible_to(viewer)
        .published()
        .filter(indicator_set=indicator_set)
        .order_by("-number")
    )
    items = _items_by_version(
        [row.pk for row in (line.latest, line.adoption.version if line.adoption else None) if row is not None]
    )
    latest = items.get(line.latest.pk, []) if line.latest is not None else []
    difference = None
    if line.has_newer and line.adoption is not None:
        difference = difference_rows(items.get(line.adoption.version_id, []), latest, known)
    proposals = proposal_lines(viewer, SetProposal.objects.filter(indicator_set=indicator_set), known)
    adoptions: list[SetAdoption] = []
    if indicator_set.organisation_id == organisation.pk:
        rows = SetAdoption.objects.visible_to(viewer).standing().filter(indicator_set=indicator_set)
        adoptions = list(
            rows.select_related("organisation", "version", "adopted_by").order_by(
                "organisation__sort_key", "pk"
            )
        )
    return SetPage(
        line=line,
        rows=rows_of(latest, known),
        difference=difference,
        versions=versions,
        open=[each for each in proposals if each.proposal.is_open],
        decided=[each for each in proposals if not each.proposal.is_open],
        adoptions=adoptions,
    )


def _items_by_version(versions: Iterable[int]) -> dict[int, list[SetItem]]:
    found: dict[int, list[SetItem]] = defaultdict(list)
    for item in SetItem.objects.filter(version__in=set(versions)).in_order():
        found[item.version_id].append(item)
    return found


def proposal_lines(
    viewer: Viewer, proposals: QuerySet[SetProposal], known: Mapping[str, Definition]
) -> list[ProposalLine]:
    """Proposals with what is said to them counted, the latest first. Two queries."""
    visible = proposals.filter(pk__in=SetProposal.objects.visible_to(viewer).values("pk"))
    rows = list(
        visible.select_related("organisation", "coming", "taken_in", "proposed_by").order_by(
            "-proposed_at", "-pk"
        )
    )
    counted = (
        SetOpinion.objects.filter(proposal__in=[row.pk for row in rows])
        .values_list("proposal_id", "stance")
        .annotate(rows=Count("pk"))
    )
    said = {(proposal, stance): count for proposal, stance, count in counted}
    return [
        ProposalLine(
            row,
            change_of(row, known),
            said.get((row.pk, Stance.AGREES), 0),
            said.get((row.pk, Stance.DISAGREES), 0),
            said.get((row.pk, Stance.COMMENT), 0),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AcceptedChange:
    """A change that a version holds: who proposed it, and who agreed."""

    change: ChangeNames
    agreed: list[Organisation]


@dataclass(frozen=True, slots=True)
class VersionPage:
    version: SetVersion
    rows: list[ItemRow]
    former: SetVersion | None
    difference: DifferenceRows | None
    changes: list[AcceptedChange]


def version_page(viewer: Viewer, version: SetVersion) -> VersionPage:
    """One version, what it changed against the one before, and whose proposals it holds."""
    known = current_definitions()
    former = (
        SetVersion.objects.visible_to(viewer)
        .published()
        .filter(indicator_set=version.indicator_set_id, number__lt=version.number)
        .order_by("-number")
        .first()
    )
    items = _items_by_version([version.pk, *([former.pk] if former is not None else [])])
    held = SetProposal.objects.visible_to(viewer).filter(taken_in=version)
    proposals = list(held.select_related("organisation", "coming").order_by("decided_at", "pk"))
    agreed: dict[int, list[Organisation]] = defaultdict(list)
    opinions = SetOpinion.objects.filter(proposal__in=proposals, stance=Stance.AGREES)
    for opinion in opinions.select_related("organisation").order_by("organisation__sort_key", "pk"):
        agreed[opinion.proposal_id].append(opinion.organisation)
    here = items.get(version.pk, [])
    return VersionPage(
        version=version,
        rows=rows_of(here, known),
        former=former,
        difference=difference_rows(items.get(former.pk, []), here, known) if former is not None else None,
        changes=[AcceptedChange(change_of(row, known), agreed[row.pk]) for row in proposals],
    )


@dataclass(frozen=True, slots=True)
class ProposalPage:
    line: ProposalLine
    opinions: list[SetOpinion]
    own: SetOpinion | None
    uses_set: bool


def proposal_page(viewer: Viewer, organisation: Organisation, proposal: SetProposal) -> ProposalPage:
    """A proposal with everything that is said to it, in its order."""
    known = current_definitions()
    line = proposal_lines(viewer, SetProposal.objects.filter(pk=proposal.pk), known)[0]
    rows = SetOpinion.objects.visible_to(viewer).filter(proposal=proposal)
    opinions = list(rows.select_related("organisation", "said_by").order_by("said_at", "pk"))
    own = [row for row in opinions if row.organisation_id == organisation.pk and row.stance != Stance.COMMENT]
    uses = SetAdoption.objects.standing().filter(
        indicator_set=proposal.indicator_set_id, organisation=organisation
    )
    return ProposalPage(line, opinions, own[0] if own else None, uses.exists())


@dataclass(frozen=True, slots=True)
class ChosenSet:
    """A set that an organisation uses, for its dashboard."""

    adoption: SetAdoption
    rows: list[ItemRow]
    latest: int

    @property
    def has_newer(self) -> bool:
        return self.latest > self.adoption.version.number


def chosen_sets(viewer: Viewer, organisation: Organisation) -> list[ChosenSet]:
    """The sets of a workspace in the order in which they were taken. Two or three queries."""
    rows = SetAdoption.objects.visible_to(viewer).standing().filter(organisation=organisation)
    adoptions = list(rows.select_related("version", "indicator_set").order_by("adopted_at", "pk"))
    if not adoptions:
        return []
    items = _items_by_version(adoption.version_id for adoption in adoptions)
    published = SetVersion.objects.published().filter(
        indicator_set__in=[adoption.indicator_set_id for adoption in adoptions]
    )
    latest: dict[int, int] = {}
    for set_id, number in published.order_by("number").values_list("indicator_set_id", "number"):
        latest[set_id] = number
    known = current_definitions()
    return [
        ChosenSet(
            adoption, rows_of(items.get(adoption.version_id, []), known), latest[adoption.indicator_set_id]
        )
        for adoption in adoptions
    ]


def versions_to_pin(code: str) -> list[IndicatorVersion]:
    """The published versions of a definition, the latest first."""
    return list(IndicatorVersion.objects.published().filter(code=code).order_by("-version"))


def name_of(viewer: Viewer, indicator_set: IndicatorSet) -> dict[str, str]:
    """How the last published version of a set is called."""
    rows = SetVersion.objects.visible_to(viewer).published().filter(indicator_set=indicator_set)
    version = rows.order_by("-number").first()
    return version.name if version is not None else {}
