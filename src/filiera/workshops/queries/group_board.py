"""The board on which groups are formed: seats with their reasons, the score, the balance of each group."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy.models import Edition, SessionState
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import AttendanceMode, Participation
from filiera.design.bars import DrawnBar, upright_bars
from filiera.design.charts import Chart
from filiera.workshops.models import (
    Group,
    GroupAttribute,
    GroupRound,
    GroupRule,
    GroupRun,
    GroupSeries,
    GroupStep,
    GroupStepKind,
    Seat,
)
from filiera.workshops.queries.group_problem import GroupProblem, Plan, seats_of
from filiera.workshops.queries.group_reasons import Reasons, broken_rules, mixed_attributes
from filiera.workshops.queries.group_score import Score, groups_in, score_of
from filiera.workshops.queries.group_search import changed_sittings
from filiera.workshops.queries.group_sentences import (
    Sentences,
    contradiction_in_words,
    points_in_words,
    term_label,
)
from filiera.workshops.queries.groups import formed, group_title

REASONS_AT_ONCE = 60
"""Up to so many people the board says why each of them sits there; beyond, whoever is opened."""


@dataclass(frozen=True, slots=True)
class SeatLine:
    participation: Participation
    is_fixed: bool
    is_online: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CircleCard:
    group: Group
    title: str
    seats: tuple[SeatLine, ...]


@dataclass(frozen=True, slots=True)
class TermLine:
    """One kind of loss as the table shows it."""

    label: str
    count: str
    least: str
    price: str
    points: str


@dataclass(frozen=True, slots=True)
class RoundTab:
    round: GroupRound
    has_moved: bool
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One round of a series with everything that is said of it."""

    series: GroupSeries
    rounds: tuple[RoundTab, ...]
    here: RoundTab
    circles: tuple[CircleCard, ...]
    waiting: tuple[Participation, ...]
    away: tuple[Participation, ...]
    score: Score
    terms: tuple[TermLine, ...]
    charts: tuple[Chart, ...]
    broken: tuple[str, ...]
    conflict: tuple[str, ...]
    rules: tuple[GroupRule, ...]
    needs_absorbing: tuple[int, ...]
    wishes: int
    run: GroupRun | None
    step: GroupStep | None
    taken_in: str

    @property
    def seated(self) -> int:
        return sum(len(card.seats) for card in self.circles)

    @property
    def lonely(self) -> list[CircleCard]:
        return [card for card in self.circles if len(card.seats) == 1]

    @property
    def points(self) -> str:
        return points_in_words(self.score.points)

    @property
    def least_points(self) -> str:
        return points_in_words(self.score.least_points)


def series_for_list(viewer: Viewer, edition: Edition) -> QuerySet[GroupSeries]:
    visible = GroupSeries.objects.visible_to(viewer).filter(edition=edition)
    return visible.annotate(
        round_count=Count("rounds", distinct=True), seat_count=Count("rounds__seats", distinct=True)
    ).order_by("created_at", "pk")


def board_of(series: GroupSeries, number: int) -> Board:
    """The board of one round; a fixed number of queries. Raises GroupRound.DoesNotExist."""
    rounds = list(series.rounds.select_related("session__part", "session__room").order_by("number"))
    place = next((place for place, each in enumerate(rounds) if each.number == number), None)
    if place is None:
        raise GroupRound.DoesNotExist
    problem, plan = formed(series)
    people = {
        each.pk: each
        for each in Participation.objects.filter(
            pk__in=[member.key for member in problem.members]
        ).select_related("organisation", "country")
    }
    score = score_of(problem, plan)
    step = series.steps.order_by("-pk").first()
    return Board(
        series=series,
        rounds=tuple(_tab(each) for each in rounds),
        here=_tab(rounds[place]),
        circles=_cards(rounds[place], problem, plan, place, people),
        waiting=tuple(
            people[problem.members[position].key]
            for position in problem.present(place)
            if position not in plan[place]
        ),
        away=tuple(
            people[problem.members[position].key] for position in sorted(problem.sittings[place].away)
        ),
        score=score,
        terms=tuple(_term_line(term.key, term.count, term.least, term.price) for term in score.terms),
        charts=balance_charts(problem, plan, place),
        broken=_broken(problem, plan, place),
        conflict=tuple(
            contradiction_in_words(part, {key: each.name for key, each in people.items()})
            for part in series.conflict
        ),
        rules=tuple(series.rules.select_related("first", "second").order_by("pk")),
        needs_absorbing=tuple(
            rounds[sitting].number for sitting in changed_sittings(problem, plan) if any(plan)
        ),
        wishes=sum(bool(member.wishes) for member in problem.members),
        run=GroupRun.objects.running().filter(series=series).first(),
        step=step,
        taken_in=_taken_in(series, step, {key: each.name for key, each in people.items()}),
    )


def _taken_in(series: GroupSeries, step: GroupStep | None, names: Mapping[int, str]) -> str:
    """What the last taking in of arrivals and absences changed, as long as nothing was changed since."""
    if step is None or step.kind != GroupStepKind.ABSORBED:
        return ""
    before = {(row["round_id"], row["participation_id"]): row["group_id"] for row in step.before["seats"]}
    now = {(round_, person): group for round_, group, person in seats_of(series)}
    given = len(now.keys() - before.keys())
    moved = {
        person for (round_, person), group in now.items() if before.get((round_, person), group) != group
    }
    told = ngettext("%(count)s place was given.", "%(count)s places were given.", given) % {"count": given}
    if not moved:
        return _("%(given)s Nobody else moved.") % {"given": told}
    who = ", ".join(sorted(names.get(person, "—") for person in moved))
    return _("%(given)s Others who moved: %(names)s.") % {"given": told, "names": who}


def balance_charts(problem: GroupProblem, plan: Plan, sitting: int) -> tuple[Chart, ...]:
    """How many different values each group has, for each attribute it is mixed by."""
    sentences = Sentences(problem)
    groups = groups_in(plan, sitting)
    if not groups:
        return ()
    return tuple(
        _balance_chart(problem, sitting, groups, attribute, sentences)
        for attribute in mixed_attributes(problem)
        if attribute != GroupAttribute.ORGANISATION
    )


def value_of(problem: GroupProblem, sitting: int, position: int, attribute: str) -> str:
    if attribute == GroupAttribute.MODE:
        return problem.sittings[sitting].modes.get(position, "")
    return problem.members[position].values.get(attribute, "")


def value_label(sentences: Sentences, attribute: str, value: str) -> str:
    if attribute == GroupAttribute.MODE:
        return str(AttendanceMode(value).label)
    return sentences.value_name(attribute, value)


def _balance_chart(
    problem: GroupProblem,
    sitting: int,
    groups: dict[int, list[int]],
    attribute: str,
    sentences: Sentences,
) -> Chart:
    circles = problem.sittings[sitting].circles
    bars, rows = [], []
    for circle, people in sorted(groups.items()):
        values = Counter(value for one in people if (value := value_of(problem, sitting, one, attribute)))
        told = sorted((value_label(sentences, attribute, value), count) for value, count in values.items())
        number = str(circles[circle].number)
        bars.append(DrawnBar(number, len(values), str(len(values))))
        spoken = ", ".join(label if count == 1 else f"{label} × {count}" for label, count in told)
        rows.append([number, len(people), len(values), spoken])
    title = _("%(attribute)s: different values in each group") % {
        "attribute": GroupAttribute(attribute).label
    }
    columns = [_("Group"), _("People"), _("Different"), _("Which")]
    return upright_bars(bars, title=title, columns=columns, rows=rows)


def _cards(
    round_: GroupRound, problem: GroupProblem, plan: Plan, place: int, people: dict[int, Participation]
) -> tuple[CircleCard, ...]:
    groups = round_.groups.select_related("facilitator__person", "room").order_by("number")
    fixed = set(Seat.objects.filter(round=round_, is_fixed=True).values_list("participation_id", flat=True))
    with_reasons = len(plan[place]) <= REASONS_AT_ONCE
    reasons, sentences = Reasons(problem, plan, place), Sentences(problem)
    seated = groups_in(plan, place)
    cards = []
    for circle, group in enumerate(groups):
        lines = tuple(
            SeatLine(
                participation=people[problem.members[position].key],
                is_fixed=problem.members[position].key in fixed,
                is_online=problem.sittings[place].modes.get(position) == AttendanceMode.ONLINE,
                reason=sentences.reason(place, position, reasons.of(position)) if with_reasons else "",
            )
            for position in seated.get(circle, [])
        )
        cards.append(CircleCard(group, group_title(group), lines))
    return tuple(cards)


def _tab(round_: GroupRound) -> RoundTab:
    session = round_.session
    return RoundTab(
        round_,
        has_moved=session is not None
        and round_.formed_for is not None
        and session.during != round_.formed_for,
        is_cancelled=session is not None and session.state == SessionState.CANCELLED,
    )


def _term_line(key: str, count: float, least: float, price: float) -> TermLine:
    return TermLine(
        label=term_label(key),
        count=_figure(count),
        least=_figure(least),
        price=_figure(price),
        points=_figure(count * price),
    )


def _figure(number: float) -> str:
    return number_format(round(number, 1), 0 if abs(number - round(number)) < 0.05 else 1)


def _broken(problem: GroupProblem, plan: Plan, sitting: int) -> tuple[str, ...]:
    told: list[str] = []
    for kind, one, two in broken_rules(problem, plan, sitting):
        names = {"first": problem.members[one].name, "second": problem.members[two].name}
        if kind == "together":
            told.append(_("%(first)s and %(second)s should sit together.") % names)
        else:
            told.append(_("%(first)s and %(second)s should not sit together.") % names)
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Target:
    """Where somebody can be moved, alone or in exchange, and what that costs."""

    group: Group
    with_: Participation | None
    points: float

    @property
    def key(self) -> str:
        return f"{self.group.pk}-{self.with_.pk}" if self.with_ is not None else str(self.group.pk)

    @property
    def label(self) -> str:
        told = group_title(self.group)
        if self.with_ is not None:
            told = _("%(group)s, in exchange with %(name)s") % {"group": told, "name": self.with_.name}
        if self.points > 1e-6:
            return _("%(target)s: costs %(points)s") % {
                "target": told,
                "points": points_in_words(self.points),
            }
        if self.points < -1e-6:
            return _("%(target)s: saves %(points)s") % {
                "target": told,
                "points": points_in_words(-self.points),
            }
        return _("%(target)s: costs nothing") % {"target": told}


def targets_for(
    problem: GroupProblem, plan: Plan, round_: GroupRound, participation: Participation
) -> tuple[list[Target], str]:
    """Every other group with what a move costs, the cheapest exchange with each, and the reason to stay."""
    place = next(number for number, each in enumerate(problem.sittings) if each.key == round_.pk)
    groups = list(round_.groups.order_by("number"))
    position = problem.position_of.get(participation.pk)
    if position is None:
        return [], ""
    reasons = Reasons(problem, plan, place)
    if position not in plan[place]:
        return [
            Target(group, None, reasons.joining_points(position, circle))
            for circle, group in enumerate(groups)
        ], ""
    here = plan[place][position]
    exchanges = reasons.exchanges_by_circle(position)
    names = _by_key(problem.members[each.position].key for each in exchanges.values())
    targets: list[Target] = []
    for circle, group in enumerate(groups):
        if circle == here:
            continue
        points = reasons.joining_points(position, circle) - reasons.joining_points(position, here)
        targets.append(Target(group, None, points))
        if circle in exchanges:
            other = names[problem.members[exchanges[circle].position].key]
            targets.append(Target(group, other, exchanges[circle].points))
    sentence = Sentences(problem).reason(place, position, reasons.of(position))
    return targets, sentence


def _by_key(keys: Iterable[int]) -> dict[int, Participation]:
    return {each.pk: each for each in Participation.objects.filter(pk__in=list(keys))}
