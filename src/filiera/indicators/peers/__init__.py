"""Published values to compare with while too few clusters take part: each with its source and date."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

_FILE = resources.files("filiera.indicators") / "peers" / "reference_values.yaml"


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """What a source says about many clusters; `note` says how the value was formed."""

    code: str
    of: dict[str, str]
    value: Decimal
    as_of: str
    note: dict[str, str]
    source: str

    @property
    def day(self) -> date:
        year, _dash, month = self.as_of.partition("-")
        return date(int(year), int(month or 1), 1)


@cache
def reference_values() -> tuple[ReferenceValue, ...]:
    import yaml

    told = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        ReferenceValue(
            code=row["code"],
            of=row["of"],
            value=Decimal(str(row["value"])),
            as_of=str(row["as_of"]),
            note=row["note"],
            source=row["source"],
        )
        for row in told["values"]
    )
