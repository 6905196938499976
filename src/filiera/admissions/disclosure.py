"""Which groups may be told in figures without telling about a person."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST_GROUP = 5

Key = TypeVar("Key", bound=Hashable)


def disclosable(counts: Mapping[Key, int], *, smallest: int = SMALLEST_GROUP) -> set[Key]:
    """The groups of one division that may be shown beside their total.

    A group under the minimum is hidden. Where the hidden ones together would still be fewer, the total
    less the shown groups would tell about them: so the smallest shown groups are hidden too, until it
    does not (complementary suppression). Without a total of the minimum nothing is shown.
    """
    if sum(counts.values()) < smallest:
        return set()
    shown = {key for key, count in counts.items() if count >= smallest}
    by_size = sorted(shown, key=lambda key: (counts[key], str(key)))
    hidden = sum(count for key, count in counts.items() if key not in shown)
    while 0 < hidden < smallest and by_size:
        taken = by_size.pop(0)
        shown.remove(taken)
        hidden += counts[taken]
    return shown
