"""Where the rooms above say what they add to somebody's take-home dossier."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a dossier: a title, what is said of it, and where it leads."""

    title: str
    text: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the dossier; `empty` says what will stand there."""

    title: str
    entries: list[Entry] = field(default_factory=list)
    empty: str = ""


Collect = Callable[[Viewer, Edition], Iterable[Section]]
_collectors: dict[str, tuple[int, Collect]] = {}


def register(name: str, collect: Collect, *, order: int) -> None:
    """Add chapters: `collect(viewer, edition)` tells only what that person may see, in their language."""
    _collectors[name] = (order, collect)


def collected(viewer: Viewer, edition: Edition) -> list[Section]:
    ordered = sorted(_collectors.items(), key=lambda entry: (entry[1][0], entry[0]))
    return [section for _name, (_order, collect) in ordered for section in collect(viewer, edition)]
