"""Challenges that may say the same: proposed by their words, decided by people."""

from dataclasses import dataclass
from itertools import combinations

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.texts.similarity import trigrams
from filiera.workshops.models import Challenge, NotAlike
from filiera.workshops.models.challenges import ChallengeQuerySet

ALIKE_FROM = 0.4
_COMPARED_AT_MOST = 300
_SHOWN_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two challenges in one language; `share` is how much of their letters' triples they have in common."""

    earlier: Challenge
    later: Challenge
    share: float

    @property
    def sides(self) -> tuple[tuple[Challenge, Challenge], tuple[Challenge, Challenge]]:
        """Each of the two with the other one."""
        return (self.earlier, self.later), (self.later, self.earlier)


def alike_pairs(viewer: Viewer, edition: Edition) -> list[Pair]:
    """The pairs of standing challenges that are most alike, without those that somebody left apart.

    Words are compared, not meanings: challenges in different languages are never proposed.
    """
    rows = list(_standing(viewer, edition).order_by("-pk")[:_COMPARED_AT_MOST])[::-1]
    pieces = {row.pk: _pieces(row) for row in rows}
    apart = set(NotAlike.objects.visible_to(viewer).values_list("earlier", "later"))
    pairs = [
        Pair(earlier, later, share)
        for earlier, later in combinations(rows, 2)
        if earlier.language == later.language
        and (earlier.pk, later.pk) not in apart
        and (share := _share(pieces[earlier.pk], pieces[later.pk])) >= ALIKE_FROM
    ]
    return sorted(pairs, key=lambda pair: (-pair.share, pair.earlier.pk, pair.later.pk))[:_SHOWN_AT_MOST]


def alike_to(viewer: Viewer, challenge: Challenge, *, limit: int = 3) -> list[Pair]:
    """What a challenge could go on in, the most alike first."""
    others = _standing(viewer, challenge.edition).filter(language=challenge.language)
    rows = list(others.exclude(pk=challenge.pk).order_by("-pk")[:_COMPARED_AT_MOST])
    apart = {frozenset(pair) for pair in NotAlike.objects.visible_to(viewer).values_list("earlier", "later")}
    own = _pieces(challenge)
    pairs = [
        Pair(challenge, other, share)
        for other in rows
        if frozenset((challenge.pk, other.pk)) not in apart
        and (share := _share(own, _pieces(other))) >= ALIKE_FROM
    ]
    return sorted(pairs, key=lambda pair: (-pair.share, pair.later.pk))[:limit]


def _standing(viewer: Viewer, edition: Edition) -> ChallengeQuerySet:
    return (
        Challenge.objects.visible_to(viewer)
        .filter(edition=edition)
        .standing()
        .select_related("organisation", "edition")
    )


def _pieces(challenge: Challenge) -> tuple[frozenset[str], frozenset[str]]:
    return trigrams(challenge.title), trigrams(f"{challenge.title} {challenge.statement}")


def _share(
    left: tuple[frozenset[str], frozenset[str]], right: tuple[frozenset[str], frozenset[str]]
) -> float:
    """Titles alone, or all of the text: whichever is more alike, as a short title says less by chance."""
    return max(_in_common(mine, other) for mine, other in zip(left, right, strict=True))


def _in_common(left: frozenset[str], right: frozenset[str]) -> float:
    together = left | right
    return len(left & right) / len(together) if together else 0.0
