"""What is wrong in a definition: the place and the reason, all of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake at one place, such as `measure.facts[0]`."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class DefinitionHasMistakes(DomainError):
    """Nothing was taken over; `problems` says where the definition is wrong."""

    message = _("The definition has mistakes; nothing was changed.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return " ".join([str(self.args[0]), *(f"{problem}." for problem in self.problems)])
