"""Changes of a text as operations: keep, insert, remove; pure, and the same in `operations.js`.

An operation is a list: a positive number keeps so many characters, a negative one removes them, a string
is inserted. Characters are code points, never UTF-16 units: a browser counts an emoji as two, we as one.
"""

import difflib
import re
from collections.abc import Sequence

Component = int | str
Operation = list[Component]

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


class OperationDoesNotFit(ValueError):
    """The operation speaks of a text of another length."""


class _Builder:
    """Adds components so that one change has one form: neighbours joined, insertions before removals."""

    def __init__(self) -> None:
        self.components: Operation = []

    def keep(self, count: int) -> None:
        if count <= 0:
            return
        if self.components and isinstance(self.components[-1], int) and self.components[-1] > 0:
            self.components[-1] += count
        else:
            self.components.append(count)

    def remove(self, count: int) -> None:
        if count <= 0:
            return
        if self.components and isinstance(self.components[-1], int) and self.components[-1] < 0:
            self.components[-1] -= count
        else:
            self.components.append(-count)

    def insert(self, text: str) -> None:
        if not text:
            return
        place = len(self.components)
        if place and isinstance(self.components[-1], int) and self.components[-1] < 0:
            place -= 1
        before = self.components[place - 1] if place else 0
        if isinstance(before, str):
            self.components[place - 1] = before + text
        else:
            self.components.insert(place, text)


class _Reader:
    """Hands out an operation piece by piece."""

    def __init__(self, operation: Sequence[Component]) -> None:
        self._left = list(reversed(operation))

    def peek(self) -> Component | None:
        return self._left[-1] if self._left else None

    def take(self, count: int) -> Component:
        """At most `count` characters of the component that is next."""
        component = self._left.pop()
        if isinstance(component, str):
            taken, rest = component[:count], component[count:]
            if rest:
                self._left.append(rest)
            return taken
        size = min(count, abs(component))
        sign = 1 if component > 0 else -1
        if abs(component) > size:
            self._left.append(sign * (abs(component) - size))
        return sign * size


def size_of(component: Component | None) -> int:
    if component is None:
        return 0
    return len(component) if isinstance(component, str) else abs(component)


def length_before(operation: Sequence[Component]) -> int:
    return sum(abs(component) for component in operation if isinstance(component, int))


def length_after(operation: Sequence[Component]) -> int:
    return sum(size_of(component) for component in operation if isinstance(component, str) or component > 0)


def changes_nothing(operation: Sequence[Component]) -> bool:
    return all(isinstance(component, int) and component > 0 for component in operation)


def apply(text: str, operation: Sequence[Component]) -> str:
    """The text after the operation. Raises OperationDoesNotFit."""
    if length_before(operation) != len(text):
        raise OperationDoesNotFit
    parts, place = [], 0
    for component in operation:
        if isinstance(component, str):
            parts.append(component)
            continue
        if component > 0:
            parts.append(text[place : place + component])
        place += abs(component)
    return "".join(parts)


def removed_from(text: str, operation: Sequence[Component]) -> list[str]:
    """What the operation takes out of the text, piece by piece: with it the operation can be turned back."""
    removed, place = [], 0
    for component in operation:
        if isinstance(component, str):
            continue
        if component < 0:
            removed.append(text[place : place - component])
        place += abs(component)
    return removed


def turned_back(operation: Sequence[Component], removed: Sequence[str]) -> Operation:
    """The operation that undoes this one."""
    builder, pieces = _Builder(), iter(removed)
    for component in operation:
        if isinstance(component, str):
            builder.remove(len(component))
        elif component > 0:
            builder.keep(component)
        else:
            builder.insert(next(pieces))
    return builder.components


def compose(first: Sequence[Component], second: Sequence[Component]) -> Operation:
    """One operation that does what both do, one after the other. Raises OperationDoesNotFit."""
    if length_after(first) != length_before(second):
        raise OperationDoesNotFit
    builder, one, two = _Builder(), _Reader(first), _Reader(second)
    while True:
        a, b = one.peek(), two.peek()
        if isinstance(a, int) and a < 0:
            builder.remove(-a)
            one.take(-a)
        elif isinstance(b, str):
            builder.insert(b)
            two.take(len(b))
        elif a is None or b is None:
            return builder.components
        else:
            size = min(size_of(a), size_of(b))
            kept, done = one.take(size), two.take(size)
            if isinstance(kept, str):
                if isinstance(done, int) and done > 0:
                    builder.insert(kept)
            elif isinstance(done, int) and done > 0:
                builder.keep(size)
            else:
                builder.remove(size)


def transform(first: Sequence[Component], second: Sequence[Component]) -> tuple[Operation, Operation]:
    """Both operations as they are after the other: `first` then the new `second` is `second` then the new
    `first`. What both insert at one place stands in that order. Raises OperationDoesNotFit.
    """
    if length_before(first) != length_before(second):
        raise OperationDoesNotFit
    new_first, new_second = _Builder(), _Builder()
    one, two = _Reader(first), _Reader(second)
    while True:
        a, b = one.peek(), two.peek()
        if isinstance(a, str):
            new_first.insert(a)
            new_second.keep(len(a))
            one.take(len(a))
        elif isinstance(b, str):
            new_first.keep(len(b))
            new_second.insert(b)
            two.take(len(b))
        elif a is None or b is None:
            return new_first.components, new_second.components
        else:
            size = min(abs(a), abs(b))
            one.take(size)
            two.take(size)
            if a > 0 and b > 0:
                new_first.keep(size)
                new_second.keep(size)
            elif a < 0 < b:
                new_first.remove(size)
            elif b < 0 < a:
                new_second.remove(size)


def meet(
    other: Sequence[Component], own: Sequence[Component], *, other_first: bool
) -> tuple[Operation, Operation]:
    """Both as they are after each other; whose insertions stand first at one place is said.

    Who writes on at one place stays together only if that is the same at each meeting of two pages: it
    follows the names of the pages, never who was quicker. Raises OperationDoesNotFit.
    """
    if other_first:
        return transform(other, own)
    new_own, new_other = transform(own, other)
    return new_other, new_own


def stroke(before: str, after: str) -> Operation:
    """What somebody typed in one go lies between what stands before and after it."""
    builder = _Builder()
    _put_stroke(builder, before, after)
    return builder.components


def difference(before: str, after: str) -> Operation:
    """An operation from one text to the other, word by word: the less it touches, the better it merges."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    builder = _Builder()
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            builder.keep(sum(map(len, old[i:j])))
        else:
            _put_stroke(builder, "".join(old[i:j]), "".join(new[k:m]))
    return builder.components


def _put_stroke(builder: _Builder, before: str, after: str) -> None:
    most = min(len(before), len(after))
    start = next((place for place in range(most) if before[place] != after[place]), most)
    rest = most - start
    end = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    builder.keep(start)
    builder.insert(after[start : len(after) - end])
    builder.remove(len(before) - start - end)
    builder.keep(end)
