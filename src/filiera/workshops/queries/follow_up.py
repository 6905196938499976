"""What was promised and what became of it, for those who organise and those who pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.academy.models import Edition, EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.viewer import Viewer
from filiera.shared.tables import Cell, as_xlsx
from filiera.texts.languages import translated
from filiera.workshops.models import Measure, MeasureState, PlanKind
from filiera.workshops.permissions import VIEW_FOLLOW_UP
from filiera.workshops.queries.plans import is_overdue


@dataclass(frozen=True, slots=True)
class Tally:
    """How many measures of one theme, or of all of them, are how far."""

    edition_id: int
    edition: str
    theme: str
    promised: int
    under_way: int
    done: int
    blocked: int
    dropped: int


@dataclass(frozen=True, slots=True)
class FollowUpOfEdition:
    """The measures of an edition with their sums, and the sums of other editions that one may see."""

    measures: Sequence[Measure]
    overdue: frozenset[int]
    tallies: Sequence[Tally]
    whole: Tally


def follow_up_of_edition(viewer: Viewer, edition: Edition, *, today: date) -> FollowUpOfEdition:
    """The promised measures of the edition, and sums by edition and theme.

    Sums of other editions are told where the viewer has the same right there.
    """
    measures = list(
        Measure.objects.visible_to(viewer)
        .filter(plan__kind=PlanKind.GROUP, plan__edition=edition)
        .promised()
        .with_names()
        .annotate(proof_count=Count("proofs", distinct=True))
        .order_by("plan_id", "position", "pk")
    )
    overdue = frozenset(measure.pk for measure in measures if is_overdue(measure, today))
    tallies = _tallies(editions_followed(viewer, edition))
    own = [tally for tally in tallies if tally.edition_id == edition.pk]
    whole = Tally(
        edition_id=edition.pk,
        edition=translated(edition.name),
        theme="",
        promised=sum(tally.promised for tally in own),
        under_way=sum(tally.under_way for tally in own),
        done=sum(tally.done for tally in own),
        blocked=sum(tally.blocked for tally in own),
        dropped=sum(tally.dropped for tally in own),
    )
    return FollowUpOfEdition(measures, overdue, tallies, whole)


def editions_followed(viewer: Viewer, edition: Edition) -> set[int]:
    """This edition and those in which the person may see the follow-up by a role of today."""
    roles: dict[int, set[str]] = {}
    members = EditionMember.objects.current().filter(person_id=viewer.person_id or 0)
    for edition_id, role in members.values_list("edition_id", "role"):
        roles.setdefault(edition_id, set()).add(role)
    others = {key for key, held in roles.items() if VIEW_FOLLOW_UP in permissions_of(frozenset(held))}
    return others | {edition.pk}


def follow_up_table(viewer: Viewer, edition: Edition, *, today: date) -> bytes:
    """One row for each promised measure, as XLSX."""
    found = follow_up_of_edition(viewer, edition, today=today)
    header = [
        _("Edition"),
        _("Action plan"),
        _("Theme"),
        _("Measure"),
        _("Person"),
        _("Cluster"),
        _("Done by"),
        pgettext("measure", "State"),
        _("Since"),
        pgettext("measure", "Indicator"),
        _("Value today"),
        _("Target"),
        _("Proofs"),
        _("Past its day"),
    ]
    rows: list[list[Cell]] = [
        [
            translated(edition.name),
            measure.plan.title,
            theme_of(measure),
            measure.text,
            measure.owner_name,
            measure.cluster_name,
            measure.due_on,
            str(MeasureState(measure.state).label),
            measure.state_at.date() if measure.state_at else None,
            measure.indicator,
            None if measure.indicator_start is None else float(measure.indicator_start),
            None if measure.indicator_target is None else float(measure.indicator_target),
            measure.proof_count,  # type: ignore[attr-defined]
            _("yes") if measure.pk in found.overdue else "",
        ]
        for measure in found.measures
    ]
    return as_xlsx(_("Follow-up"), header, rows)


def theme_of(measure: Measure) -> str:
    """What a plan is about: the theme of its group, else its own title."""
    group = measure.plan.group
    return (group.theme if group is not None else "") or measure.plan.title


def _tallies(editions: set[int]) -> list[Tally]:
    rows = (
        Measure.objects.filter(plan__kind=PlanKind.GROUP, plan__edition__in=editions)
        .promised()
        .values_list("plan__edition_id", "plan__edition__name", "plan__group__theme", "plan__title")
        .annotate(
            promised=Count("pk"),
            under_way=Count("pk", filter=Q(state=MeasureState.UNDER_WAY)),
            done=Count("pk", filter=Q(state=MeasureState.DONE)),
            blocked=Count("pk", filter=Q(state=MeasureState.BLOCKED)),
            dropped=Count("pk", filter=Q(state=MeasureState.DROPPED)),
        )
        .order_by("-plan__edition__created_at", "-plan__edition_id", "plan_id")
    )
    return [
        Tally(
            edition_id=edition_id,
            edition=translated(name),
            theme=theme or title,
            promised=promised,
            under_way=under_way,
            done=done,
            blocked=blocked,
            dropped=dropped,
        )
        for edition_id, name, theme, title, promised, under_way, done, blocked, dropped in rows
    ]
