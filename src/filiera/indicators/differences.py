"""Whether totals of groups that overlap, added and taken away from one another, lead to a few members."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence

# Arithmetic is done modulo a prime: exact, and as quick as whole numbers are.
_PRIME = 2**61 - 1
_Vector = tuple[int, ...]


def leads_to_few(groups: Sequence[Collection[Hashable]], least: int) -> bool:
    """Whether some sum of multiples of the groups' totals is about fewer than `least` members, but not none.

    Members of the same groups have the same part in every such sum, so they are looked at together.
    """
    numbers: dict[Hashable, set[int]] = defaultdict(set)
    for number, group in enumerate(groups):
        for member in group:
            numbers[member].add(number)
    sizes = Counter(tuple(int(place in told) for place in range(len(groups))) for told in numbers.values())
    nothing = _Span()
    for vector, size in sizes.items():
        if size >= least:
            nothing = nothing.with_one(vector)
    few = sorted((size, vector) for vector, size in sizes.items() if size < least)
    return _is_found(nothing, [], few, least - 1)


class _Span:
    """What a set of vectors spans, as rows in echelon form by their first place."""

    def __init__(self, rows: dict[int, _Vector] | None = None) -> None:
        self._rows = rows or {}

    def holds(self, vector: _Vector) -> bool:
        return not any(self._rest(vector))

    def with_one(self, vector: _Vector) -> "_Span":
        rest = self._rest(vector)
        first = next((place for place, number in enumerate(rest) if number), None)
        if first is None:
            return self
        inverse = pow(rest[first], -1, _PRIME)
        return _Span({**self._rows, first: tuple(number * inverse % _PRIME for number in rest)})

    def _rest(self, vector: _Vector) -> _Vector:
        for first in sorted(self._rows):
            if times := vector[first]:
                row = self._rows[first]
                vector = tuple((a - times * b) % _PRIME for a, b in zip(vector, row, strict=True))
        return vector


def _is_found(
    nothing: _Span, something: Sequence[_Vector], few: Sequence[tuple[int, _Vector]], budget: int
) -> bool:
    """Whether a sum is about none of `nothing`, all of `something`, and at most `budget` more of the few.

    One that is about none of a span and about any vector outside of it can be had for all of them at once.
    """
    if any(nothing.holds(vector) for vector in something):
        return False
    outside = [(size, vector) for size, vector in few if not nothing.holds(vector)]
    if not outside:
        return bool(something)
    (size, vector), *others = outside
    if size <= budget and _is_found(nothing, [*something, vector], others, budget - size):
        return True
    return _is_found(nothing.with_one(vector), something, others, budget)
