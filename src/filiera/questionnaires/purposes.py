"""What questionnaires are for: each higher app registers its purposes and says who does what with them.

Roles come from the address that is looked at, so a purpose answers with the workspaces ("edition:12") in
which a viewer may do something; policies and querysets ask the same answer.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from filiera.accounts.viewer import Viewer

from .models.choices import Audience

if TYPE_CHECKING:
    from .models import Questionnaire


def everybody(viewer: Viewer, questionnaire: "Questionnaire", about: str) -> bool:
    return True


def as_they_are(viewer: Viewer, workspace: str) -> Viewer:
    return viewer


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use of questionnaires, such as the registration for an edition.

    `edited_in` and `read_in` name workspaces; sensitive answers are read by roles that `read_in` names for
    them and by nobody else, administrators included. `may_answer` is asked besides the state. `seen_from`
    gives a viewer the roles of a workspace where the address names none (a file, a stream of events).
    """

    code: str
    name: str | Promise
    edited_in: Callable[[Viewer], Collection[str]]
    read_in: Callable[[Viewer, Audience], Collection[str]]
    may_answer: Callable[[Viewer, "Questionnaire", str], bool] = everybody
    seen_from: Callable[[Viewer, str], Viewer] = as_they_are


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Make a purpose known; another one by a known code is refused."""
    if _purposes.setdefault(purpose.code, purpose) != purpose:
        raise ValueError(f"Two purposes are called {purpose.code!r}.")


def is_registered(code: str) -> bool:
    return code in _purposes


def purpose_of(code: str) -> Purpose:
    """The purpose with this code; raises KeyError for one that no app registers."""
    return _purposes[code]


def all_purposes() -> tuple[Purpose, ...]:
    return tuple(_purposes.values())
