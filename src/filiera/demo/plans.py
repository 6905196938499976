"""Five made-up action plans of the Torino edition, and what became of them in half a year."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from filiera.academy.models import Edition, EditionMember, EditionRole, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.demo.tables import read
from filiera.workshops.actions.bringing_home import Baseline, bring_home
from filiera.workshops.actions.follow_up import LINK_SERVES_FOR, add_proof, report_measure
from filiera.workshops.actions.plans import (
    MeasureDetails,
    PlanDetails,
    add_measure,
    begin_plan,
    edit_measure,
    edit_plan,
)
from filiera.workshops.actions.presentations import finish_presentation, give_feedback
from filiera.workshops.actions.shared_texts import SentChange, write_text
from filiera.workshops.models import (
    ActionPlan,
    Challenge,
    FeedbackKind,
    FollowUp,
    Group,
    GroupRound,
    GroupSeries,
    Measure,
    MeasureState,
    ProofKind,
    Seat,
    Trend,
)
from filiera.workshops.plan_texts import OF_MEASURE, OF_PLAN
from filiera.workshops.policies.home import can_bring_home
from filiera.workshops.shared_texts import TextOwner, TextPlace

SESSION = "action-plans"
TITLE = {"en": "Action plans", "it": "Piani d'azione"}
_REPORTED_AFTER = timedelta(days=180)
_CARDS = (
    (FeedbackKind.KEEP, "The date stands at each measure. Keep that."),
    (FeedbackKind.QUESTION, "Who does it when you are on holiday?"),
    (FeedbackKind.IDEA, "Ask the firms that left last year, too."),
)


@transaction.atomic
def load_plans(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """Groups, their plans, the presentation, and the follow-up; what is there already stays."""
    if ActionPlan.objects.filter(edition=edition).exists():
        return
    session = Session.objects.filter(edition=edition, slug=SESSION).first()
    presented_at = session.during.upper if session is not None and session.during else at
    places = list(
        Participation.objects.confirmed()
        .filter(edition=edition, is_demonstration=True)
        .select_related("organisation", "person")
        .order_by("pk")
    )
    if not places:
        return
    plans = read("generated_plans")
    groups = _groups(edition, session, [row["theme"] for row in plans], places, people, presented_at)
    measures = read("generated_measures")
    for row, group in zip(plans, groups, strict=True):
        of_plan = [each for each in measures if each["plan"] == row["number"]]
        _plan(row, of_plan, group, people, presented_at, at)


def _groups(
    edition: Edition,
    session: Session | None,
    themes: Sequence[str],
    places: Sequence[Participation],
    people: dict[str, Person],
    at: datetime,
) -> list[Group]:
    """One round of thematic groups: everybody sits in one, and the facilitator leads the first."""
    series = GroupSeries.objects.create(
        edition=edition,
        title=TITLE,
        group_count=len(themes),
        themes=list(themes),
        published_at=at,
        created_at=at,
        changed_at=at,
        is_demonstration=True,
    )
    round_ = GroupRound.objects.create(series=series, number=1, session=session)
    leader = EditionMember.objects.filter(
        edition=edition, person=people["facilitator"], role=EditionRole.FACILITATOR
    ).first()
    groups = Group.objects.bulk_create(
        Group(round=round_, number=number, theme=theme, facilitator=leader if number == 1 else None)
        for number, theme in enumerate(themes, start=1)
    )
    Seat.objects.bulk_create(
        Seat(group=groups[place % len(groups)], round=round_, participation=participation)
        for place, participation in enumerate(places)
    )
    return groups


def _plan(
    row: dict[str, str],
    measures: Sequence[dict[str, str]],
    group: Group,
    people: dict[str, Person],
    presented_at: datetime,
    at: datetime,
) -> None:
    written_at = presented_at - timedelta(hours=2)
    plan = begin_plan(group=group, title=row["title"], by=SYSTEM, at=written_at)
    ActionPlan.objects.filter(pk=plan.pk).update(is_demonstration=True)
    challenge = Challenge.objects.filter(edition=plan.edition, title=row["challenge"]).order_by("pk").first()
    trend = Trend.objects.filter(edition=plan.edition, code=row["trend"]).first()
    details = PlanDetails(title=row["title"], challenge=challenge, trend=trend)
    plan = edit_plan(plan=plan, details=details, by=SYSTEM, at=written_at)
    _write(OF_PLAN, plan, "aim", row["aim"], written_at)
    members = [seat.participation for seat in group.seats.select_related("participation").order_by("pk")]
    # Whoever looks around as a participant finds a promise of their own.
    members.sort(key=lambda member: member.person_id != people["participant"].pk)
    made = [_measure(plan, each, members, place, written_at) for place, each in enumerate(measures)]
    finish_presentation(plan=plan, by=SYSTEM, at=presented_at)
    listener = SYSTEM.but(person=people["participant"])
    for kind, text in _CARDS[: 1 + group.number % 3]:
        give_feedback(plan=plan, kind=kind, text=text, by=listener, at=presented_at)
    _bring_home(plan, made, members[0], listener, presented_at + timedelta(days=3))
    for measure, each in zip(made, measures, strict=True):
        _follow_up(measure, each, presented_at, at)


def _bring_home(
    plan: ActionPlan, measures: Sequence[Measure], member: Participation, by: Viewer, at: datetime
) -> None:
    """What the participant of the demonstration promised goes into the plan of the own cluster."""
    organisation = member.organisation
    if organisation is None or member.person_id != by.person_id or not can_bring_home(by, organisation):
        return
    own = [measure for measure in measures if measure.owner_id == member.pk]
    baselines = {each.pk: Baseline(each.indicator_start, at.date()) for each in own}
    bring_home(
        plan=plan, measures=own, baselines=baselines, organisation=organisation, readers=[], by=by, at=at
    )


def _measure(
    plan: ActionPlan,
    row: dict[str, str],
    members: Sequence[Participation],
    place: int,
    at: datetime,
) -> Measure:
    measure = add_measure(plan=plan, by=SYSTEM, at=at)
    for name in ("text", "partners", "resources", "indicator", "risk", "help_wanted"):
        if row[name]:
            _write(OF_MEASURE, measure, name, row[name], at)
    is_idea = bool(row["is_idea"])
    return edit_measure(
        measure=measure,
        details=MeasureDetails(
            is_idea_only=is_idea,
            owner=None if is_idea else members[place % len(members)],
            peer=None if is_idea or len(members) < 2 else members[(place + 1) % len(members)],
            due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None,
            indicator_start=Decimal(row["start"]) if row["start"] else None,
            indicator_target=Decimal(row["target"]) if row["target"] else None,
        ),
        by=SYSTEM,
        at=at,
    )


def _write(owner: TextOwner, row: ActionPlan | Measure, name: str, words: str, at: datetime) -> None:
    change = SentChange(revision=0, components=[words], client="demonstration", number=1)
    write_text(place=TextPlace(owner, row, name), change=change, by=SYSTEM, at=at)


def _follow_up(measure: Measure, row: dict[str, str], presented_at: datetime, at: datetime) -> None:
    """As if each owner had been asked when it was due, and had answered the last time."""
    asked = FollowUp.objects.filter(measure=measure)
    asked.update(asked_at=F("due_at"), expires_at=F("due_at") + LINK_SERVES_FOR)
    if row["state"] in ("", MeasureState.PROMISED):
        return
    answered_at = min(presented_at + _REPORTED_AFTER, at)
    asked.filter(days=180).update(answered_at=answered_at)
    report_measure(
        measure=measure, state=MeasureState(row["state"]), note=row["note"], by=SYSTEM, at=answered_at
    )
    if row["proof_figure"]:
        measure.refresh_from_db()
        add_proof(
            measure=measure,
            kind=ProofKind.FIGURE,
            label=row["proof_label"],
            figure=Decimal(row["proof_figure"]),
            by=SYSTEM,
            at=answered_at,
        )
