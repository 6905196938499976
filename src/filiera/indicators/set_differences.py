"""What is different between two versions of a set, for whoever decides to take the newer one."""

from collections.abc import Sequence
from dataclasses import dataclass

from filiera.indicators.models import SetItem


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator that both versions name, by another version of its definition."""

    before: SetItem
    after: SetItem


@dataclass(frozen=True, slots=True)
class SetDifference:
    """What came, what left, what is defined otherwise; and whether words or order are others."""

    added: tuple[SetItem, ...]
    removed: tuple[SetItem, ...]
    redefined: tuple[Moved, ...]
    noted: tuple[SetItem, ...]
    is_reordered: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.removed or self.redefined or self.noted or self.is_reordered)


def difference_of(before: Sequence[SetItem], after: Sequence[SetItem]) -> SetDifference:
    """Between two versions, each as its items in order."""
    was = {item.code: item for item in before}
    now = {item.code: item for item in after}
    both = [item for item in after if item.code in was]
    return SetDifference(
        added=tuple(item for item in after if item.code not in was),
        removed=tuple(item for item in before if item.code not in now),
        redefined=tuple(
            Moved(was[item.code], item) for item in both if was[item.code].definition_id != item.definition_id
        ),
        noted=tuple(item for item in both if was[item.code].note != item.note),
        is_reordered=[item.code for item in both] != [item.code for item in before if item.code in now],
    )
