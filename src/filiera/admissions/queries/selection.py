"""The board of a selection: versions, what each decides, and who is next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Application,
    Call,
    CallKind,
    Decision,
    Participation,
    ParticipationState,
    RunKind,
    Selection,
    SelectionDecision,
    SelectionRule,
    SelectionRun,
    SelectionStep,
)
from filiera.admissions.queries.selection_pool import Applicant, applicants_of
from filiera.admissions.queries.selection_problem import Rule, values_among

PAGE = 100
_HOLDS = (ParticipationState.SELECTED, ParticipationState.OFFERED, ParticipationState.CONFIRMED)


def call_to_select(edition: Edition) -> Call | None:
    """The call for participants, whose places the selection gives."""
    calls = Call.objects.filter(edition=edition, kind=CallKind.PARTICIPANTS)
    return calls.select_related("edition").first()


def latest_selection(call: Call, viewer: Viewer) -> Selection | None:
    visible = Selection.objects.visible_to(viewer).filter(call=call)
    return visible.select_related("call__edition", "created_by", "sent_by").order_by("-number").first()


def versions_of(call: Call, viewer: Viewer) -> list[Selection]:
    """All versions, the newest first."""
    visible = Selection.objects.visible_to(viewer).filter(call=call)
    return list(visible.select_related("created_by", "sent_by").order_by("-number"))


def decision_counts(selection: Selection) -> Counter[str]:
    counted = selection.decisions.order_by().values("decision").annotate(count=Count("pk"))
    return Counter({row["decision"]: row["count"] for row in counted})


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Some decisions of a version in the order of the board, and where the next begin."""

    decisions: list[SelectionDecision]
    next_after: int | None


def decisions_page(
    selection: Selection, *, show: str = "", wanted: str = "", after: int = -1
) -> DecisionPage:
    """The decisions after a place on the board: all, those of one kind, or those of one name."""
    rows = selection.decisions.filter(position__gt=after)
    if show:
        rows = rows.filter(decision=show)
    if wanted:
        rows = rows.filter(
            Q(application__candidate_name__icontains=wanted)
            | Q(application__organisation__name__icontains=wanted)
            | Q(application__organisation_name__icontains=wanted)
        )
    found = list(with_profile(rows).order_by("position", "pk")[: PAGE + 1])
    shown = found[:PAGE]
    return DecisionPage(shown, shown[-1].position if len(found) > PAGE else None)


def with_profile(decisions: "QuerySet[SelectionDecision]") -> "QuerySet[SelectionDecision]":
    return decisions.select_related(
        "application__organisation",
        "application__country",
        "application__ecosystem",
        "application__candidate",
    )


def name_of(application: Application) -> str:
    """Whom an application is for, as the team calls it."""
    if application.candidate_name:
        return application.candidate_name
    return organisation_of(application) or f"№ {application.number}"


def organisation_of(application: Application) -> str:
    return application.organisation.name if application.organisation else application.organisation_name


def names_of(keys: Iterable[int]) -> dict[int, str]:
    """The names of applications that a sentence mentions."""
    mentioned = Application.objects.filter(pk__in=set(keys)).select_related("organisation")
    return {application.pk: name_of(application) for application in mentioned}


def next_step(selection: Selection) -> SelectionStep | None:
    """What undo would take back."""
    return selection.steps.defer("before").select_related("application").order_by("-pk").first()


def current_run(selection: Selection) -> SelectionRun | None:
    return SelectionRun.objects.running().filter(selection=selection).first()


def has_searched_in_vain(selection: Selection) -> bool:
    """Whether the last search found no cohort in its time, and nothing was proposed before."""
    if selection.proposed_at is not None:
        return False
    searches = selection.runs.filter(kind=RunKind.PROPOSE, finished_at__isnull=False)
    last = searches.order_by("-pk").first()
    return last is not None and last.cancel_asked_at is None


def is_outrun(selection: Selection, applicants: Sequence[Applicant]) -> bool:
    """Whether applications or reviews came or went since the version was decided."""
    known = dict(selection.decisions.values_list("application_id", "score"))
    return known != {row.application_id: row.score for row in applicants}


def told_decisions(call: Call) -> dict[int, SelectionDecision]:
    """What each applicant was told last; a version in work is in none of them."""
    told = SelectionDecision.objects.filter(selection__call=call, told_at__isnull=False)
    found: dict[int, SelectionDecision] = {}
    for decision in told.order_by("selection__number"):
        found[decision.application_id] = decision
    return found


def told_decision(application: Application) -> SelectionDecision | None:
    """What the applicant was told last, for the applicant's own page."""
    told = SelectionDecision.objects.filter(application=application, told_at__isnull=False)
    return told.order_by("-selection__number").first()


def next_in_reserve(call: Call) -> Application | None:
    """The first of the reserve list with whom every limit of the sent selection is kept.

    Somebody who was offered a place before is not next again. None when nobody on the list keeps the
    limits: the place then waits for the team.
    """
    selection = Selection.objects.sent().filter(call=call).order_by("-number").first()
    if selection is None:
        return None
    waiting = list(
        selection.decisions.filter(
            decision=Decision.RESERVE,
            application__state="submitted",
            application__participation__isnull=True,
        )
        .order_by("reserve_rank")
        .values_list("application_id", flat=True)
    )
    if not waiting:
        return None
    rules = [Rule.of(row) for row in SelectionRule.objects.filter(selection=selection)]
    applicants = {row.application_id: row for row in applicants_of(call, scores={})}
    holding = Participation.objects.filter(application__call=call, state__in=_HOLDS)
    cohort = [
        applicants[key] for key in holding.values_list("application_id", flat=True) if key in applicants
    ]
    for key in waiting:
        if key in applicants and keeps_limits(
            applicants[key], cohort, rules, places=call.places, everybody=list(applicants.values())
        ):
            with_parts = Application.objects.select_related(
                "organisation", "country", "ecosystem", "candidate"
            )
            return with_parts.get(pk=key)
    return None


def _with_parts() -> "QuerySet[Application]":
    return Application.objects.select_related("organisation", "country", "ecosystem", "candidate")


def keeps_limits(
    candidate: Applicant,
    cohort: Sequence[Applicant],
    rules: Iterable[Rule],
    *,
    places: int,
    everybody: Sequence[Applicant],
) -> bool:
    """Whether a cohort with one more still keeps every limit, or can with the places then left."""
    left = places - len(cohort) - 1
    for rule in rules:
        for value in values_among(everybody, rule.attribute) if rule.is_for_each else [rule.value]:
            is_member = value in candidate.values[rule.attribute]
            count = sum(value in other.values[rule.attribute] for other in cohort) + is_member
            if rule.most is not None and is_member and count > rule.most:
                return False
            if rule.least is not None and not is_member and rule.least - count > left:
                return False
    return True
