"""A board as one person, or the projector, sees it in the step of the moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.workshops.method_blocks import Area, Block, Role, Step, sheet_for, table_for
from filiera.workshops.models import BoardMember, Dot, MethodBoard, MethodCard, MethodRun, Placing
from filiera.workshops.policies.methods import can_join

from .method_targets import BoardData, Spot, Target, boards_with_data
from .methods import turns_of

SCREEN_CARDS = 18
SCREEN_IN_AREA = 2
# A table of people sees each other's cards within a second; a hall within some.
_TABLE, _SPREAD_MS, _SPREAD_EACH_MS = 12, 250, 60


@dataclass(frozen=True, slots=True)
class AreaShown:
    area: Area
    cards: Sequence[MethodCard]

    @property
    def latest(self) -> Sequence[MethodCard]:
        """What a screen has room for, the newest first."""
        return list(reversed(self.cards))[:SCREEN_IN_AREA]

    @property
    def further(self) -> int:
        return max(0, len(self.cards) - SCREEN_IN_AREA)


@dataclass(frozen=True, slots=True)
class Link:
    """A card of a chain with what was answered when it was asked why."""

    card: MethodCard
    links: "Sequence[Link]"
    may_go_on: bool


@dataclass(frozen=True, slots=True)
class TargetShown:
    """Something to vote on or to place, with one's own dots and place."""

    target: Target
    own_dots: int = 0
    dots: int = 0
    is_full: bool = False
    place: Placing | None = None


@dataclass(frozen=True, slots=True)
class RoleShown:
    role: Role
    member: BoardMember | None
    is_own: bool


@dataclass(slots=True)
class BoardNow:
    """All that a page of a board shows; what a block has no use for is empty."""

    run: MethodRun
    board: MethodBoard
    step: Step
    turns: int
    members: Sequence[BoardMember]
    own: BoardMember | None
    may_join: bool
    is_hidden: bool
    # Of everybody, hidden or not; and by how many people.
    count: int = 0
    writers: int = 0
    # What one may still write or vote.
    left: int = 0
    own_cards: Sequence[MethodCard] = ()
    cards: Sequence[MethodCard] = ()
    areas: Sequence[AreaShown] = ()
    table: Area | None = None
    is_host: bool = False
    sheet: Sequence[MethodCard] = ()
    sheet_of: str = ""
    chains: Sequence[Link] = ()
    piles: Sequence[Target] = ()
    loose: Sequence[Target] = ()
    targets: Sequence[TargetShown] = ()
    spots: Sequence[Spot] = ()
    topic: Target | None = None
    roles: Sequence[RoleShown] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.run.step + 1

    @property
    def spread_ms(self) -> int:
        """How far the pages of a board spread their questions after news: a hall must not ask at once."""
        return _SPREAD_MS if len(self.members) <= _TABLE else len(self.members) * _SPREAD_EACH_MS

    @property
    def may_work(self) -> bool:
        return self.own is not None and self.run.is_running

    @property
    def latest(self) -> Sequence[MethodCard]:
        """What a screen has room for, the newest first."""
        return list(reversed(self.cards))[:SCREEN_CARDS]

    @property
    def further(self) -> int:
        """How many cards a screen has no room for."""
        return max(0, len(self.cards) - SCREEN_CARDS)

    @property
    def has_room(self) -> bool:
        """Whether a screen has room for the way in."""
        return self.is_hidden or not (self.cards or self.piles or self.loose or self.targets)

    @property
    def placed(self) -> int:
        return sum(each.place is not None for each in self.targets)


def board_now(viewer: Viewer, board: MethodBoard, *, for_screen: bool = False) -> BoardNow:
    """What there is to do at a board; the projector sees what all see and no more."""
    return boards_now(viewer, board.run, [board], for_screen=for_screen)[0]


def boards_now(
    viewer: Viewer, run: MethodRun, boards: Sequence[MethodBoard], *, for_screen: bool = False
) -> list[BoardNow]:
    """The same for several boards of a run; as many questions for ten as for one."""
    step, turns = run.now, turns_of(run, run.now)
    seen_by = VISITOR if for_screen else viewer
    members = _members_of(boards)
    done = _done_at(run, boards)
    found = []
    for data in boards_with_data(run, boards, seen_by):
        circle = members[data.board.pk]
        own = next((each for each in circle if each.person_id == seen_by.person_id), None)
        now = BoardNow(
            run=run,
            board=data.board,
            step=step,
            turns=turns,
            members=circle,
            own=own,
            may_join=own is None and run.is_running and not for_screen and can_join(viewer, data.board),
            is_hidden=run.is_hidden(step),
            count=len(done[data.board.pk]),
            writers=len(set(done[data.board.pk])),
            roles=[_role(each, circle, seen_by) for each in run.content.roles],
        )
        _FILL[Block(step.block)](now, data, seen_by)
        found.append(now)
    return found


def _members_of(boards: Sequence[MethodBoard]) -> dict[int, list[BoardMember]]:
    """Who sits at each board, in the order of its circle."""
    found: dict[int, list[BoardMember]] = {board.pk: [] for board in boards}
    rows = BoardMember.objects.filter(board__in=found).select_related("person")
    for member in rows.order_by("board", "position"):
        found[member.board_id].append(member)
    return found


def _done_at(run: MethodRun, boards: Sequence[MethodBoard]) -> dict[int, list[int | None]]:
    """Whose cards, dots or places there are in this step and turn, also of what is hidden."""
    found: dict[int, list[int | None]] = {board.pk: [] for board in boards}
    step = run.now
    told: Iterable[tuple[int, int | None]] = ()
    if step.block == Block.VOTE:
        told = Dot.objects.filter(board__in=found, step=step.code).values_list("board_id", "person_id")
    elif step.block == Block.PLACE:
        told = Placing.objects.filter(board__in=found, step=step.code).values_list("board_id", "person_id")
    elif step.is_writing:
        cards = MethodCard.objects.standing().filter(board__in=found, step=step.code)
        in_turn = cards.filter(turn=run.turn) if step.has_turns else cards
        told = in_turn.values_list("board_id", "author_id")
    for board_id, person_id in told:
        found[board_id].append(person_id)
    return found


def _role(role: Role, members: Sequence[BoardMember], viewer: Viewer) -> RoleShown:
    holder = next((each for each in members if each.role == role.code), None)
    return RoleShown(role, holder, holder is not None and holder.person_id == viewer.person_id)


def _own_in_turn(now: BoardNow, data: BoardData, viewer: Viewer) -> list[MethodCard]:
    turn = now.run.turn if now.step.has_turns else None
    return [
        card
        for card in data.cards_in(now.step)
        if viewer.person_id is not None
        and card.author_id == viewer.person_id
        and (turn is None or card.turn == turn)
    ]


def _written(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    now.own_cards = _own_in_turn(now, data, viewer)
    now.left = max(0, now.step.limit - len(now.own_cards))
    now.cards = data.cards_in(now.step)


def _canvas(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    _written(now, data, viewer)
    now.areas = in_areas(now.step, now.cards)


def _tables(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    _canvas(now, data, viewer)
    if now.own is not None:
        place = list(now.members).index(now.own)
        now.table, now.is_host = table_for(place, now.run.turn, now.step.areas, len(now.members))


def _sheets(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    _written(now, data, viewer)
    if now.own is None:
        return
    circle = [each.position for each in now.members]
    sheet = sheet_for(circle.index(now.own.position), now.run.turn, circle)
    owner = next(each for each in now.members if each.position == sheet)
    now.sheet_of = "" if owner == now.own else str(owner.person.shown_name)
    on_it = MethodCard.objects.standing().filter(board=now.board).on_sheet(now.step.code, sheet)
    now.sheet = list(on_it.select_related("author").order_by("written_at", "pk"))


def _chains(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    _written(now, data, viewer)
    now.left = now.step.limit
    now.chains = chains_in(now.step, now.cards)


def _piles(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    now.piles, now.loose = data.all_piles_of(now.step), data.loose_in(now.step)
    now.count = len(now.loose) + sum(len(each.cards) for each in now.piles)


def _votes(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    own = data.own_dots_in(now.step, viewer.person_id)
    all_dots = data.dots_in(now.step)
    now.left = max(0, now.step.limit - sum(own.values()))
    shown = [
        TargetShown(
            target,
            own_dots=own[target.key],
            dots=all_dots[target.key],
            is_full=own[target.key] >= now.step.on_one or not now.left,
        )
        for target in data.targets_of(now.step)
    ]
    # While dots are put nothing moves under the fingers.
    is_counted = now.step.is_silent and not now.is_hidden
    now.targets = sorted(shown, key=lambda each: -each.dots) if is_counted else shown


def _places(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    own = data.own_places_in(now.step, viewer.person_id)
    now.targets = [TargetShown(each, place=own.get(each.key)) for each in data.targets_of(now.step)]
    now.spots = data.spots_in(now.step)


def _talk(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    targets = data.targets_of(now.step)
    now.targets = [TargetShown(each, dots=each.dots) for each in targets]
    if now.step.has_turns and now.run.turn <= len(targets):
        now.topic = targets[now.run.turn - 1]


def _nothing(now: BoardNow, data: BoardData, viewer: Viewer) -> None:
    """Words and a clock need no cards."""


_FILL = {
    Block.EXPLAIN: _nothing,
    Block.WRITE: _written,
    Block.PASS_ON: _sheets,
    Block.CHAIN: _chains,
    Block.CANVAS: _canvas,
    Block.ROTATE: _tables,
    Block.GROUP: _piles,
    Block.VOTE: _votes,
    Block.PLACE: _places,
    Block.DISCUSS: _talk,
}


def in_areas(step: Step, cards: Sequence[MethodCard]) -> list[AreaShown]:
    return [AreaShown(area, [card for card in cards if card.area == area.code]) for area in step.areas]


def chains_in(step: Step, cards: Sequence[MethodCard]) -> list[Link]:
    """Chains from their first card on; an answer to what was taken away stands by itself."""
    known = {card.pk for card in cards}
    answers: dict[int | None, list[MethodCard]] = {}
    for card in cards:
        answers.setdefault(card.parent_id if card.parent_id in known else None, []).append(card)

    def link(card: MethodCard) -> Link:
        return Link(card, [link(each) for each in answers.get(card.pk, [])], card.turn < step.links)

    return [link(card) for card in answers.get(None, [])]
