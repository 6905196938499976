"""What steps give each other on a board: cards, piles, dots, places, read at once for all boards."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.workshops.method_blocks import TAKING, WRITING, Block, Step
from filiera.workshops.models import CardPile, Dot, MethodBoard, MethodCard, MethodRun, Placing

CARD, PILE = "card", "pile"
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A card, or a pile with its cards: what can be voted on, placed and talked about."""

    kind: str
    pk: int
    title: str
    cards: tuple[MethodCard, ...]
    dots: int = 0

    @property
    def key(self) -> Key:
        return self.kind, self.pk

    @property
    def name(self) -> str:
        """How forms call it."""
        return f"{self.kind}-{self.pk}"

    @property
    def further(self) -> int:
        """How many of its cards a screen has no room for."""
        return max(0, len(self.cards) - 3)

    @property
    def author(self) -> str:
        """Whose card it is; a pile is everybody's."""
        return author_of(self.cards[0]) if self.kind == CARD else ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where all together see something: the middle of what each said, and how far they lie apart."""

    target: Target
    across: float
    upwards: float
    people: int
    # The greatest distance between two on either axis.
    spread: int


@dataclass(slots=True)
class BoardData:
    """All that is on a board, as far as one may see it."""

    run: MethodRun
    board: MethodBoard
    cards: list[MethodCard] = field(default_factory=list)
    piles: list[CardPile] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    placings: list[Placing] = field(default_factory=list)

    def cards_in(self, step: Step) -> list[MethodCard]:
        return [card for card in self.cards if card.step == step.code]

    def shown_in(self, step: Step) -> list[MethodCard]:
        """Those that all see."""
        return [] if self.run.is_hidden(step) else self.cards_in(step)

    def targets_of(self, step: Step) -> list[Target]:
        """What a step works on, the most wanted first where it was voted on; as many as it takes."""
        source = self.run.content.source_of(step)
        if source is None:
            return []
        targets = self.given_by(source)
        return targets[: step.top] if step.top else targets

    def given_by(self, step: Step) -> list[Target]:
        """What a step gives to those after it."""
        if step.block in WRITING:
            return [Target(CARD, card.pk, card.text, (card,)) for card in self.shown_in(step)]
        if step.block not in TAKING:
            return []
        before = self.targets_of(step)
        if step.block == Block.GROUP:
            return [*self.piles_of(step), *self.loose_in(step)]
        if step.block == Block.VOTE:
            dots = self.dots_in(step)
            counted = [
                Target(each.kind, each.pk, each.title, each.cards, dots.get(each.key, 0)) for each in before
            ]
            return sorted(counted, key=lambda each: -each.dots)
        return before

    def piles_of(self, step: Step) -> list[Target]:
        """The piles that were made in a step and hold something."""
        return [pile for pile in self.all_piles_of(step) if pile.cards]

    def all_piles_of(self, step: Step) -> list[Target]:
        return [
            Target(PILE, pile.pk, pile.title, tuple(card for card in self.cards if card.pile_id == pile.pk))
            for pile in self.piles
            if pile.step == step.code
        ]

    def loose_in(self, step: Step) -> list[Target]:
        """What lies on no pile of a step."""
        there = {pile.pk for pile in self.piles if pile.step == step.code}
        return [
            each for each in self.targets_of(step) if each.kind == PILE or each.cards[0].pile_id not in there
        ]

    def dots_in(self, step: Step) -> Counter[Key]:
        """How many dots lie where, once all may see them."""
        if self.run.is_hidden(step):
            return Counter()
        return Counter(key_of(dot) for dot in self.dots if dot.step == step.code)

    def own_dots_in(self, step: Step, person_id: int | None) -> Counter[Key]:
        own = (dot for dot in self.dots if dot.step == step.code and dot.person_id == person_id)
        return Counter(key_of(dot) for dot in own) if person_id is not None else Counter()

    def own_places_in(self, step: Step, person_id: int | None) -> dict[Key, Placing]:
        own = (each for each in self.placings if each.step == step.code and each.person_id == person_id)
        return {key_of(each): each for each in own} if person_id is not None else {}

    def spots_in(self, step: Step) -> list[Spot]:
        """Where things lie on the axes, once all may see it; what nobody placed is left out."""
        if self.run.is_hidden(step):
            return []
        said: dict[Key, list[tuple[int, int]]] = {}
        for each in self.placings:
            if each.step == step.code:
                said.setdefault(key_of(each), []).append((each.across, each.upwards))
        return [_spot(each, said[each.key]) for each in self.targets_of(step) if each.key in said]


def author_of(card: MethodCard) -> str:
    return str(card.author.shown_name) if card.author else ""


def boards_with_data(
    run: MethodRun, boards: Sequence[MethodBoard], viewer: Viewer = VISITOR
) -> list[BoardData]:
    """All that is on boards which the viewer sees; without a viewer what all see. Four questions."""
    found = {board.pk: BoardData(run, board) for board in boards}
    cards = MethodCard.objects.standing().shown_to(viewer).filter(board__in=found)
    for card in cards.select_related("author", "measure", "comment").order_by("written_at", "pk"):
        found[card.board_id].cards.append(card)
    for pile in CardPile.objects.filter(board__in=found).order_by("pk"):
        found[pile.board_id].piles.append(pile)
    for dot in Dot.objects.shown_to(viewer).filter(board__in=found):
        found[dot.board_id].dots.append(dot)
    for placing in Placing.objects.shown_to(viewer).filter(board__in=found):
        found[placing.board_id].placings.append(placing)
    return list(found.values())


def board_with_data(run: MethodRun, board: MethodBoard, viewer: Viewer = VISITOR) -> BoardData:
    return boards_with_data(run, [board], viewer)[0]


def key_of(row: Dot | Placing) -> Key:
    return (CARD, row.card_id) if row.card_id is not None else (PILE, row.pile_id or 0)


def _spot(target: Target, said: Iterable[tuple[int, int]]) -> Spot:
    across, upwards = (list(axis) for axis in zip(*said, strict=True))
    return Spot(
        target=target,
        across=float(median(across)),
        upwards=float(median(upwards)),
        people=len(across),
        spread=max(max(axis) - min(axis) for axis in (across, upwards)),
    )
