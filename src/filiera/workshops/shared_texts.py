"""Texts that several write at once: which rows have such texts, and who may read and write them.

A text belongs to a row of another model and stands in a column of it. The app says once, from
`AppConfig.ready`, which columns these are; only the actions of `actions.shared_texts` write them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer

MOST_CHARACTERS = 20_000
"""What the server takes; pages ask for less, so that two who write at once are never refused."""


@dataclass(frozen=True, slots=True)
class TextOwner:
    """A kind of row with texts: by which policies, and on which topic its pages hear of changes.

    `texts` names the columns, each with what a page lets people type. `lock` holds what all that is done to
    the row's page agrees on, before any other row is held, and says whether the row is still there;
    `on_change` is called in the transaction of each change, with the words that stood there before.
    """

    kind: str
    model: Callable[[], Any]
    texts: Mapping[str, int]
    may_read: "Callable[[Viewer, Any], bool]"
    may_write: "Callable[[Viewer, Any], bool]"
    topic_of: Callable[[Any], str]
    lock: Callable[[Any], bool]
    on_change: Callable[[Any, str, str, datetime], None]


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One text: the column of a row."""

    owner: TextOwner
    row: Any
    name: str

    @property
    def key(self) -> str:
        """How pages call it."""
        return f"{self.owner.kind}/{self.row.pk}/{self.name}"


_owners: dict[str, TextOwner] = {}


def register(owner: TextOwner) -> None:
    _owners[owner.kind] = owner


def owner_of(kind: str) -> TextOwner | None:
    return _owners.get(kind)


def all_owners() -> list[TextOwner]:
    return list(_owners.values())
