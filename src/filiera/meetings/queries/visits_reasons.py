"""Why somebody has the place they have, or none: taken from the draw itself, so that it is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.meetings.models import PlaceWay, VisitPlace, VisitSlot, VisitWishList


@dataclass(frozen=True, slots=True)
class Reason:
    """What happened: how a place came, of which wish, at whose turn the better ones were full."""

    way: str
    rank: int | None
    turn: int | None
    # The better wishes, best first: slot and at whose turn its last place went.
    passed: tuple[tuple[VisitSlot, int], ...]


def reason_of(
    wish_list: VisitWishList | None,
    wishes: Sequence[int],
    place: VisitPlace | None,
    slots: Mapping[int, VisitSlot],
) -> Reason:
    """`wishes` are the keys of the wished slots, best first."""
    turn = wish_list.turn if wish_list is not None else None
    way = place.way if place is not None else ""
    rank = place.rank if place is not None else None
    better = wishes[: rank - 1] if rank is not None else wishes
    passed = tuple(
        (slots[key], full_at) for key in better if (full_at := slots[key].full_at_turn) is not None
    )
    return Reason(way=way, rank=rank, turn=turn, passed=passed)


def sentence_of(reason: Reason, *, is_own: bool) -> str:
    """The reason in words, to the person or about them."""
    values = {"turn": reason.turn or 0, "wish": wish_words(reason.rank)}
    if reason.way == PlaceWay.TAKEN:
        return _("A place that was free after the draw.")
    if reason.way == PlaceWay.DESK:
        return _("Given by the team.")
    if reason.way == PlaceWay.REFILL:
        if is_own:
            return _("%(wish)s: a place became free and you were next, turn number %(turn)s.") % values
        return _("%(wish)s: a place became free for turn number %(turn)s.") % values
    if reason.turn is None:
        return _("No wishes.")
    if reason.way == PlaceWay.DRAW:
        return _drawn(reason, values, is_own=is_own)
    if is_own:
        return _("No place: everything you wished was full before your turn, number %(turn)s.") % values
    return _("No place: everything wished was full before turn number %(turn)s.") % values


def wish_words(rank: int | None) -> str:
    """First wish, second wish, …"""
    named = {
        1: pgettext("visit", "First wish"),
        2: pgettext("visit", "Second wish"),
        3: pgettext("visit", "Third wish"),
        4: pgettext("visit", "Fourth wish"),
    }
    if rank is None:
        return _("No wish")
    return named.get(rank) or _("Wish number %(rank)s") % {"rank": rank}


def _drawn(reason: Reason, values: Mapping[str, object], *, is_own: bool) -> str:
    if reason.rank == 1:
        words = (
            _("First wish: there was a place at your turn, number %(turn)s.")
            if is_own
            else _("First wish: there was a place at turn number %(turn)s.")
        )
    elif reason.rank == 2:
        words = (
            _("Second wish: the first was full before your turn, number %(turn)s.")
            if is_own
            else _("Second wish: the first was full before turn number %(turn)s.")
        )
    else:
        words = (
            _("%(wish)s: the better ones were full before your turn, number %(turn)s.")
            if is_own
            else _("%(wish)s: the better ones were full before turn number %(turn)s.")
        )
    return words % values
