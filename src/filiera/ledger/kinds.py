"""The kinds of fact that are known: each app declares its own in `facts.py`, from `AppConfig.ready`."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_CODE = re.compile(r"^[a-z_]+\.[a-z_]+$")


class UnknownKind(KeyError):
    """Code recorded or asked for a kind that no app declares."""


class Unit(models.TextChoices):
    """What the quantity of a fact counts."""

    ONE = "one", _("count")
    PERSON = "person", _("people")
    HOUR = "hour", _("hours")
    EURO = "euro", _("euro")

    def words(self, quantity: Decimal) -> str:
        """The unit as it stands after a quantity."""
        return str(_ONE.get(self, self.label) if quantity == 1 else self.label)


_ONE = {
    Unit.PERSON: pgettext_lazy("unit after the figure 1", "person"),
    Unit.HOUR: pgettext_lazy("unit after the figure 1", "hour"),
}


@dataclass(frozen=True, slots=True)
class FactKind:
    """What a fact of this kind says; `meaning` defines it, so that two readers count the same."""

    code: str
    unit: Unit
    name: str | Promise
    meaning: str | Promise

    def __post_init__(self) -> None:
        if not _CODE.match(self.code):
            raise ValueError(f"a kind is written thing.event, not {self.code!r}")


_kinds: dict[str, FactKind] = {}


def register(*kinds: FactKind) -> None:
    """Make kinds known; the same again changes nothing, another one by a known code is refused."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"{kind.code} is declared twice")


def kind_of(code: str) -> FactKind:
    """The kind with this code.

    Raises UnknownKind.
    """
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(code) from None


def all_kinds() -> tuple[FactKind, ...]:
    return tuple(sorted(_kinds.values(), key=lambda kind: kind.code))


def name_of(code: str) -> str | Promise:
    """The name to show; a kind that its app no longer declares is shown by its code."""
    kind = _kinds.get(code)
    return kind.name if kind else code
