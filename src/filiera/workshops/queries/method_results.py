"""What a method left: cards with authors, piles, dots and places, for a page, for paper, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated
from filiera.workshops.method_blocks import GIVING, Block, Step
from filiera.workshops.models import (
    ActionPlan,
    BoardMember,
    Challenge,
    ChallengeState,
    MethodBoard,
    MethodCard,
    MethodRun,
)
from filiera.workshops.policies.methods import can_carry_on
from filiera.workshops.policies.plans import can_write_plan

from .group_files import Table
from .method_board import AreaShown, Link, chains_in, in_areas
from .method_targets import BoardData, Spot, Target, author_of, boards_with_data


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step left."""

    step: Step
    cards: Sequence[MethodCard] = ()
    areas: Sequence[AreaShown] = ()
    chains: Sequence[Link] = ()
    piles: Sequence[Target] = ()
    targets: Sequence[Target] = ()
    spots: Sequence[Spot] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.cards or self.chains or self.piles or self.targets or self.spots)


@dataclass(frozen=True, slots=True)
class BoardResult:
    board: MethodBoard
    steps: Sequence[StepResult]
    members: Sequence[str]
    may_carry_on: bool


def results_of(viewer: Viewer, run: MethodRun, boards: Sequence[MethodBoard]) -> list[BoardResult]:
    """What all boards left that the viewer sees; as many questions for ten boards as for one."""
    members: dict[int, list[str]] = {board.pk: [] for board in boards}
    own_boards = set()
    for member in _members(boards):
        members[member.board_id].append(str(member.person.shown_name))
        if member.person_id == viewer.person_id:
            own_boards.add(member.board_id)
    leads = bool(boards) and can_carry_on(viewer, boards[0]) and boards[0].pk not in own_boards
    return [
        BoardResult(
            board=data.board,
            steps=[
                result
                for result in (_step_result(data, step) for step in run.content.steps)
                if not result.is_empty
            ],
            members=members[data.board.pk],
            may_carry_on=leads or data.board.pk in own_boards,
        )
        for data in boards_with_data(run, boards)
    ]


def cards_table(viewer: Viewer, run: MethodRun, boards: Sequence[MethodBoard]) -> Table:
    """One row for each card, with all that is known of it."""
    header = (
        _("Board"), _("Works on"), _("Step"), pgettext("method", "Area"), pgettext("method", "Answers"),
        _("Card"), _("Author"), _("Pile"), _("Dots"), _("Dots of the pile"), _("Across"), _("Upwards"),
        _("Challenge"), _("Measure"), pgettext("method", "Written"),
    )  # fmt: skip
    rows: list[tuple[str | int, ...]] = []
    for data in boards_with_data(run, boards):
        rows += [_row(data, card) for card in data.cards if not _is_hidden(run, card)]
    return Table(header, rows)


def plans_to_choose(viewer: Viewer, run: MethodRun) -> list[ActionPlan]:
    """The plans of the edition that the viewer writes."""
    plans = ActionPlan.objects.visible_to(viewer).filter(edition_id=run.edition_id)
    rows = plans.select_related("edition", "group__facilitator").order_by("group__number", "pk")
    return [plan for plan in rows if can_write_plan(viewer, plan)]


def challenges_to_choose(viewer: Viewer, run: MethodRun) -> list[Challenge]:
    """Those whose thread goes on."""
    visible = Challenge.objects.visible_to(viewer).filter(edition_id=run.edition_id)
    standing = visible.exclude(state__in=[ChallengeState.MERGED, ChallengeState.WITHDRAWN])
    return list(standing.order_by("title", "pk"))


def _members(boards: Sequence[MethodBoard]) -> Sequence[BoardMember]:
    rows = BoardMember.objects.filter(board__in=boards)
    return list(rows.select_related("person").order_by("board", "position"))


def _step_result(data: BoardData, step: Step) -> StepResult:
    if step.block not in GIVING:
        return StepResult(step)
    if step.block == Block.GROUP:
        return StepResult(step, piles=data.piles_of(step))
    if step.block == Block.VOTE:
        return StepResult(step, targets=[each for each in data.given_by(step) if each.dots])
    if step.block == Block.PLACE:
        return StepResult(step, spots=data.spots_in(step))
    cards = data.shown_in(step)
    if step.block == Block.CHAIN:
        return StepResult(step, cards=cards, chains=chains_in(step, cards))
    if step.areas:
        return StepResult(step, cards=cards, areas=in_areas(step, cards))
    return StepResult(step, cards=cards)


def _is_hidden(run: MethodRun, card: MethodCard) -> bool:
    return card.is_silent and card.step not in run.revealed


def _row(data: BoardData, card: MethodCard) -> tuple[str | int, ...]:
    step = data.run.content.step(card.step)
    area = step.area(card.area) if step else None
    piles = {pile.pk: pile.title for pile in data.piles}
    parents = {each.pk: each.text for each in data.cards}
    dots = sum(dot.card_id == card.pk for dot in data.dots)
    of_pile = sum(dot.pile_id == card.pile_id for dot in data.dots) if card.pile_id else 0
    spot = next(
        (
            each
            for each_step in data.run.content.steps
            if each_step.block == Block.PLACE
            for each in data.spots_in(each_step)
            if each.target.key in (("card", card.pk), ("pile", card.pile_id))
        ),
        None,
    )
    return (
        data.board.name,
        data.board.works_on,
        translated(step.title) if step else card.step,
        translated(area.name) if area else "",
        parents.get(card.parent_id, "") if card.parent_id else "",
        card.text,
        author_of(card),
        piles.get(card.pile_id, "") if card.pile_id else "",
        dots,
        of_pile,
        f"{spot.across:g}" if spot else "",
        f"{spot.upwards:g}" if spot else "",
        data.board.challenge.title if data.board.challenge else "",
        card.measure_id or "",
        card.written_at.isoformat(timespec="seconds"),
    )
