"""Reads of action plans: one canvas, the list of an edition, and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.organisations.models import Organisation, Position
from filiera.workshops import plan_texts
from filiera.workshops.models import (
    ActionPlan,
    FeedbackCard,
    FeedbackKind,
    Group,
    Measure,
    MeasureState,
    PlanChange,
    PlanKind,
    Seat,
)
from filiera.workshops.queries.readiness import Missing, missing_in
from filiera.workshops.queries.shared_texts import TextNow, TextVersion, texts_of, versions_of
from filiera.workshops.shared_texts import TextPlace

OPEN_STATES = (MeasureState.PROMISED, MeasureState.UNDER_WAY, MeasureState.BLOCKED)
_MOST_CHANGES = 300


@dataclass(frozen=True, slots=True)
class TextField:
    """A text of the canvas as a page shows it: its key and its revision."""

    name: str
    label: str
    words: str
    key: str
    revision: int
    most: int
    rows: int


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure with its texts and what it still misses."""

    measure: Measure
    texts: Sequence[TextField]
    missing: Sequence[Missing]

    @property
    def prefix(self) -> str:
        """How the fields of the measure are called in a page."""
        return f"m{self.measure.pk}"

    @property
    def sentences(self) -> list[str]:
        return [str(each.sentence) for each in self.missing]

    @property
    def main(self) -> TextField:
        return self.texts[0]

    @property
    def others(self) -> Sequence[TextField]:
        return self.texts[1:]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A whole plan, read in a fixed number of questions."""

    plan: ActionPlan
    aim: TextField
    measures: Sequence[MeasureView]
    missing: Sequence[Missing]

    @property
    def is_ready(self) -> bool:
        return not self.missing and not any(each.missing for each in self.measures)


@dataclass(slots=True)
class FeedbackByKind:
    """The cards of a plan under their headings."""

    kind: FeedbackKind
    cards: list[FeedbackCard] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of a plan, whichever way it was made."""

    at: datetime
    who: str
    change: PlanChange | None = None
    version: TextVersion | None = None
    measure_number: int | None = None


def find_plans(viewer: Viewer, *, edition_slug: str = "", slug: str = "") -> QuerySet[ActionPlan]:
    """The plans of the place in the address that the viewer may see."""
    plans = ActionPlan.objects.visible_to(viewer).select_related(
        "edition__organiser",
        "organisation",
        "group__round__series",
        "group__facilitator",
        "challenge",
        "trend",
    )
    if edition_slug:
        return plans.filter(kind=PlanKind.GROUP, edition__slug=edition_slug)
    return plans.filter(kind=PlanKind.CLUSTER, organisation__slug=slug)


def canvas_of(plan: ActionPlan) -> Canvas:
    measures = list(plan.measures.in_order().with_names())
    of_measures = texts_of(plan_texts.OF_MEASURE, [measure.pk for measure in measures])
    of_plan = texts_of(plan_texts.OF_PLAN, [plan.pk])
    missing = missing_in(plan, measures)
    return Canvas(
        plan=plan,
        aim=_text(TextPlace(plan_texts.OF_PLAN, plan, "aim"), of_plan),
        measures=[
            MeasureView(
                measure=measure,
                texts=[
                    _text(TextPlace(plan_texts.OF_MEASURE, measure, name), of_measures)
                    for name in plan_texts.MEASURE_TEXTS
                ],
                missing=[each for each in missing if each.measure == measure],
            )
            for measure in measures
        ],
        missing=[each for each in missing if each.measure is None],
    )


def plans_of_edition(viewer: Viewer, edition: Edition) -> list[ActionPlan]:
    """Every plan of the groups of an edition, with how many of its measures are how far."""
    of_state = Q(measures__is_idea_only=False)
    plans = (
        find_plans(viewer, edition_slug=edition.slug)
        .annotate(
            measure_count=Count("measures", distinct=True),
            promised_count=Count(
                "measures", filter=of_state & ~Q(measures__state=MeasureState.PLANNED), distinct=True
            ),
            done_count=Count("measures", filter=Q(measures__state=MeasureState.DONE), distinct=True),
            card_count=Count("feedback", distinct=True),
        )
        .order_by("group__round__number", "group__number", "pk")
    )
    return list(plans)


def plans_of_organisation(viewer: Viewer, organisation: Organisation) -> list[ActionPlan]:
    plans = find_plans(viewer, slug=organisation.slug).annotate(
        measure_count=Count("measures"),
        done_count=Count("measures", filter=Q(measures__state=MeasureState.DONE)),
        open_count=Count("measures", filter=Q(measures__state__in=OPEN_STATES)),
    )
    return list(plans.order_by("-created_at", "-pk"))


def groups_without_plan(viewer: Viewer, edition: Edition, *, leads: bool) -> list[Group]:
    """Groups whose plan the viewer may open: their own, or every one for who leads the work."""
    groups = Group.objects.visible_to(viewer).filter(
        round__series__edition=edition, round__series__published_at__isnull=False, action_plan__isnull=True
    )
    if not leads:
        own = Seat.objects.filter(group=OuterRef("pk"), participation__person_id=viewer.person_id or 0)
        groups = groups.filter(Exists(own) | Q(facilitator__person_id=viewer.person_id or 0))
    return list(groups.select_related("round__series", "round__session").order_by("round__number", "number"))


def members_of(plan: ActionPlan) -> list[Participation]:
    """Who sits in the group of a plan."""
    return list(
        Participation.objects.filter(seats__group=plan.group_id or 0)
        .select_related("organisation", "person")
        .order_by("sort_name", "pk")
    )


def people_to_choose(plan: ActionPlan) -> list[Participation]:
    """Who may own a measure of a group's plan: everybody with a confirmed place in the edition."""
    return list(
        Participation.objects.confirmed()
        .filter(edition=plan.edition)
        .select_related("organisation", "person")
        .order_by("sort_name", "pk")
    )


def team_of(organisation: Organisation | None) -> list[Person]:
    """Everybody of an organisation's team today."""
    if organisation is None:
        return []
    positions = Position.objects.current().filter(organisation=organisation)
    return list(Person.objects.filter(pk__in=positions.values("person")).order_by("sort_name", "pk"))


def feedback_of(plan: ActionPlan) -> list[FeedbackByKind]:
    by_kind = {kind: FeedbackByKind(kind) for kind in FeedbackKind}
    for card in plan.feedback.order_by("written_at", "pk"):
        by_kind[FeedbackKind(card.kind)].cards.append(card)
    return list(by_kind.values())


def history_of(plan: ActionPlan) -> list[HistoryEntry]:
    """Everything that was changed, the latest first: choices one by one, texts by sitting."""
    measures = list(plan.measures.in_order())
    numbers = {measure.pk: measure.position for measure in measures}
    places = [TextPlace(plan_texts.OF_PLAN, plan, name) for name in plan_texts.PLAN_TEXTS]
    places += [
        TextPlace(plan_texts.OF_MEASURE, measure, name)
        for measure in measures
        for name in plan_texts.MEASURE_TEXTS
    ]
    entries = [
        HistoryEntry(
            at=version.at,
            who=version.writer,
            version=version,
            measure_number=numbers.get(version.place.row.pk)
            if version.place.owner is plan_texts.OF_MEASURE
            else None,
        )
        for version in versions_of(places)
    ]
    changes = plan.changes.select_related("person").order_by("-changed_at", "-pk")[:_MOST_CHANGES]
    entries += [
        HistoryEntry(
            at=change.changed_at,
            who=str(change.person.shown_name) if change.person else "",
            change=change,
            measure_number=change.measure_number,
        )
        for change in changes
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def own_plans(viewer: Viewer, edition: Edition) -> list[ActionPlan]:
    """The plans of the groups in which one sits."""
    plans = ActionPlan.objects.visible_to(viewer).filter(
        kind=PlanKind.GROUP,
        edition=edition,
        group__seats__participation__person_id=viewer.person_id or 0,
    )
    return list(plans.select_related("challenge", "trend").order_by("pk"))


def own_open_measures(viewer: Viewer, edition: Edition) -> list[Measure]:
    """What one has promised in an edition and has neither done nor dropped."""
    measures = Measure.objects.visible_to(viewer).filter(
        plan__edition=edition, owner__person_id=viewer.person_id or 0, state__in=OPEN_STATES
    )
    return list(measures.order_by("due_on", "pk"))


def presented_now(edition: Edition) -> ActionPlan | None:
    """The plan on stage; whoever asks has been let into the edition."""
    plans = ActionPlan.objects.filter(edition=edition, presenting_since__isnull=False)
    return plans.select_related("edition", "group__round", "challenge", "trend").first()


def is_overdue(measure: Measure, today: date) -> bool:
    open_still = measure.state in (MeasureState.PROMISED, MeasureState.UNDER_WAY)
    return open_still and measure.due_on is not None and measure.due_on < today


def _text(place: TextPlace, read: Mapping[tuple[int, str], TextNow]) -> TextField:
    most = place.owner.texts[place.name]
    # A row that was removed a moment ago is shown once more as it was.
    now = read.get((place.row.pk, place.name)) or TextNow(getattr(place.row, place.name), 0)
    return TextField(
        name=place.name,
        label=str(plan_texts.LABELS[place.name]),
        words=now.words,
        key=place.key,
        revision=now.revision,
        most=most,
        rows=1 if most < 1_000 else 2,
    )
