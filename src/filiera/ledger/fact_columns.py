"""Which column of somebody's table holds what a fact needs, and what is the same in every row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from filiera.shared.tables import Row

NEEDED = ("kind", "happened_on", "organisation")
FIELDS = (
    *NEEDED, "counterpart", "quantity", "amount_eur", "ecosystem", "region", "size_class", "key",
)  # fmt: skip
# What tables call them; the field's own name is known anyway.
_USUAL = {
    "kind": ("kind", "tipo", "fatto", "tipo di fatto"),
    "happened_on": ("happened_on", "date", "day", "data", "giorno"),
    "organisation": ("organisation", "cluster", "organizzazione", "polo"),
    "counterpart": ("counterpart", "member", "partner", "socio", "controparte"),
    "quantity": ("quantity", "hours", "quantità", "ore"),
    "amount_eur": ("amount_eur", "amount", "euro", "importo"),
    "ecosystem": ("ecosystem", "ecosistema"),
    "region": ("region", "regione", "nuts"),
    "size_class": ("size_class", "size", "dimensione"),
    "key": ("key", "id", "code", "codice"),
}


@dataclass(frozen=True, slots=True)
class FactColumns:
    """For each field the heading of its column, or the value that every row has."""

    of: Mapping[str, str]
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """The needed fields that nothing gives."""
        return [name for name in NEEDED if not self.of.get(name) and not self.fixed.get(name)]

    def read(self, row: Row) -> Row:
        """The row with its values by field."""
        told = {name: row[heading] for name, heading in self.of.items() if heading}
        told |= {name: value for name, value in self.fixed.items() if value and not told.get(name)}
        return Row(row.number, told)

    def heading_of(self, name: str) -> str:
        """What the table calls a field."""
        return self.of.get(name) or name

    def as_json(self) -> dict[str, Any]:
        return {"of": dict(self.of), "fixed": dict(self.fixed)}


def columns_from(told: Mapping[str, Any]) -> FactColumns:
    """What `as_json` gave."""
    return FactColumns(dict(told.get("of", {})), dict(told.get("fixed", {})))


def as_they_are(headings: Iterable[str]) -> FactColumns:
    """Columns that are called as the fields are."""
    known = set(headings)
    return FactColumns({name: name for name in FIELDS if name in known})


def guessed_columns(headings: Iterable[str]) -> FactColumns:
    """The columns that usually hold what."""
    known = set(headings)
    guessed = {name: next((word for word in words if word in known), "") for name, words in _USUAL.items()}
    return FactColumns({name: heading for name, heading in guessed.items() if heading})
