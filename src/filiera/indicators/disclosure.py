"""What may be told of many clusters without telling of one; decision record 0030 says why this is enough.

Participants are put into parts of at least six. Whatever is published is about whole parts, and is the same
when two clusters of one part change places: so no comparison of answers leads further than to a part.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _

LEAST_PEERS = 5
# Whoever asks knows one of the values.
LEAST_PART = LEAST_PEERS + 1
_STEP_SHARE = Decimal("0.05")
_REST_SHARE = Decimal("0.1")
_LEAST_DIFFERENT = 3
_TOLD_PEERS = (20, 10, LEAST_PEERS)
# For so many releases a value is held to say something about the next ones.
LOOK_BACK = 3

Part = frozenset[int]
Group = tuple[str, str]


class Grouping(models.TextChoices):
    """By what clusters are alike."""

    NEAREST = "nearest", _("the most alike")
    SIZE = "size", _("of your size")
    ECOSYSTEM = "ecosystem", _("of your ecosystem")
    COUNTRY = "country", _("of your country")
    AGE = "age", _("of your age")
    ALL = "all", _("all who take part")


class Withheld(models.TextChoices):
    """Why a comparison is not told."""

    TOO_FEW = "too_few", _("fewer than five peers have a figure")
    TOO_ALIKE = "too_alike", _("the figures are too alike to be told")
    ONE_WEIGHS = "one_weighs", _("one cluster weighs too much in it")


@dataclass(frozen=True, slots=True)
class Participant:
    """A cluster that takes part: by what it is alike, and its place among those of its kind."""

    key: int
    traits: frozenset[Group]
    place: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Seating:
    """The parts of one release, and the groups that can be told: each a union of parts."""

    parts: tuple[Part, ...]
    groups: Mapping[Group, frozenset[int]]

    def part_of(self) -> dict[int, int]:
        return {key: number for number, part in enumerate(self.parts) for key in part}


@dataclass(frozen=True, slots=True)
class Told:
    """What is published of one figure in one group; nothing where it is withheld."""

    lower: Decimal | None = None
    median: Decimal | None = None
    upper: Decimal | None = None
    withheld: str = ""
    least_peers: int = LEAST_PEERS


def seated(participants: Sequence[Participant], history: Sequence[Mapping[int, int]]) -> Seating:
    """Parts and groups of a release; `history` is the part that each had in the releases before.

    Who comes in does so with at least five others, and a part that somebody has left waits until the
    releases that held it are no longer in the history: so releases never differ by fewer than six.
    """
    known = {each.key: each for each in participants}
    parts = _blocks(frozenset(known), history)
    seats: Part = frozenset().union(*parts)
    told: dict[Group, frozenset[int]] = {}
    if seats:
        told[Grouping.ALL.value, ""] = seats
    for group in _candidates([known[key] for key in seats]):
        wanted = frozenset(key for key in seats if group in known[key].traits)
        refined = [piece for part in parts for piece in (part & wanted, part - wanted) if piece]
        if all(len(piece) >= LEAST_PART for piece in refined):
            parts, told[group] = refined, wanted
    parts = [piece for part in parts for piece in _pieces([known[key] for key in part])]
    for number, part in enumerate(parts):
        told[Grouping.NEAREST.value, str(number)] = part
    return Seating(tuple(parts), told)


def contributing(seating: Seating, having: Iterable[int], history: Sequence[Mapping[int, int]]) -> list[Part]:
    """Of each part those whose figure goes in; `history` is the part in which it went in before.

    Newcomers to a figure wait for each other as newcomers to the comparison do, and where a figure has
    fallen away those who went in with it wait, too.
    """
    has = frozenset(having)
    kept: list[set[int]] = [set() for _part in seating.parts]
    for signature, together in _alike(has, history).items():
        pieces = [part & together & has for part in seating.parts]
        pieces = [piece if len(piece) >= LEAST_PART else frozenset() for piece in pieces]
        rest = together - frozenset().union(*pieces)
        if any(told is not None for told in signature) and 0 < len(rest) < LEAST_PART:
            continue
        for number, piece in enumerate(pieces):
            kept[number] |= piece
    return [frozenset(part) for part in kept if part]


def smallest_part(sets: Iterable[Part]) -> int:
    """The fewest clusters that any combination of these sets leads to; 0 where there are none."""
    signatures: dict[int, list[int]] = defaultdict(list)
    for number, members in enumerate(sets):
        for key in members:
            signatures[key].append(number)
    sizes: dict[tuple[int, ...], int] = defaultdict(int)
    for signature in signatures.values():
        sizes[tuple(signature)] += 1
    return min(sizes.values(), default=0)


def told_of(values: Sequence[Decimal], step: Decimal) -> Told:
    """Quartiles of a group as they may be published."""
    ordered = sorted(values)
    if len(ordered) < LEAST_PART:
        return Told(withheld=Withheld.TOO_FEW)
    if len(set(ordered)) < _LEAST_DIFFERENT:
        return Told(withheld=Withheld.TOO_ALIKE)
    windows = _windows(ordered)
    if any(_is_dominated(window) for window in windows):
        return Told(withheld=Withheld.ONE_WEIGHS)
    lower, median, upper = (_on_grid(sum(window, Decimal(0)) / len(window), step) for window in windows)
    least = next(count for count in _TOLD_PEERS if len(ordered) > count)
    return Told(lower, median, upper, least_peers=least)


def step_of(values: Sequence[Decimal], precision: int) -> Decimal:
    """To what figures are rounded: 1, 2 or 5 with zeros, at least a twentieth of the upper quartile."""
    finest = Decimal(1).scaleb(-precision)
    if len(values) < LEAST_PART:
        return finest
    low, _middle, high = (sum(window, Decimal(0)) / len(window) for window in _windows(sorted(values)))
    wanted = max(abs(low), abs(high)) * _STEP_SHARE
    step = finest
    while step < wanted:
        step = next((each for each in (step * 2, step * 5) if each >= wanted), step * 10)
    return step


def _blocks(known: Part, history: Sequence[Mapping[int, int]]) -> list[Part]:
    blocks = []
    for signature, together in _alike(known, history).items():
        present, absent = together & known, together - known
        is_new = all(told is None for told in signature)
        if len(present) >= LEAST_PART and (is_new or not 0 < len(absent) < LEAST_PART):
            blocks.append(present)
    return blocks


def _alike(known: Part, history: Sequence[Mapping[int, int]]) -> dict[tuple[int | None, ...], Part]:
    """Whom all releases of the history treated alike; the newcomers are those whom none of them held."""
    found: dict[tuple[int | None, ...], set[int]] = defaultdict(set)
    for key in sorted(known.union(*history)):
        found[tuple(former.get(key) for former in history)].add(key)
    return {signature: frozenset(keys) for signature, keys in found.items()}


def _candidates(participants: Sequence[Participant]) -> list[Group]:
    """Every trait, by kind and then the most frequent first: an order that no value has a part in."""
    counts: dict[Group, int] = defaultdict(int)
    for participant in participants:
        for trait in participant.traits:
            counts[trait] += 1
    order = [grouping.value for grouping in Grouping]
    return sorted(counts, key=lambda group: (order.index(group[0]), -counts[group], group[1]))


def _pieces(part: Sequence[Participant]) -> list[Part]:
    """A part cut along its order into as many pieces as there can be."""
    ordered = sorted(part, key=lambda each: (each.place, each.key))
    count = len(ordered) // LEAST_PART
    cuts = [round(number * len(ordered) / count) for number in range(count + 1)]
    return [frozenset(each.key for each in ordered[start:end]) for start, end in pairwise(cuts)]


def _windows(ordered: Sequence[Decimal]) -> list[list[Decimal]]:
    """For each quartile the three or four values around it: no published figure is that of one cluster."""
    last = len(ordered) - 1
    return [
        [value for place, value in enumerate(ordered) if abs(4 * place - quarter * last) <= 6]
        for quarter in (1, 2, 3)
    ]


def _is_dominated(window: Sequence[Decimal]) -> bool:
    """The rule of p per cent: the second could tell the first to within a tenth."""
    if min(window) < 0:
        return False
    first, _second, *rest = sorted(window, reverse=True)
    return first > 0 and sum(rest, Decimal(0)) < first * _REST_SHARE


def _on_grid(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
