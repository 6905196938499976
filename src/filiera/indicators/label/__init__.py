"""The indicators of the label for cluster management: what is known of them, and what may be asked."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

_FILE = resources.files("filiera.indicators") / "label" / "indicators.yaml"


@dataclass(frozen=True, slots=True)
class LabelDimension:
    """One of the five parts of the label's catalogue."""

    number: int
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class LabelIndicator:
    """One of the 31 of the label; the questions are our own, for rehearsing an interview.

    `audited_for` names the levels at which a source says that it is looked at; where the name was recalled
    and not read, `is_recalled`, and that is not known.
    """

    code: str
    dimension: LabelDimension
    names: dict[str, str]
    questions: tuple[dict[str, str], ...]
    audited_for: tuple[str, ...]
    is_recalled: bool

    @property
    def is_for_gold_alone(self) -> bool:
        return self.audited_for == ("gold",)


@dataclass(frozen=True, slots=True)
class LabelCatalogue:
    """All indicators by code, in the label's order, and where their names were read."""

    source: str
    indicators: dict[str, LabelIndicator]


@cache
def label_catalogue() -> LabelCatalogue:
    import yaml

    told = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = {}
    for part in told["dimensions"]:
        dimension = LabelDimension(part["number"], part["names"])
        for row in part["indicators"]:
            found[row["code"]] = LabelIndicator(
                code=row["code"],
                dimension=dimension,
                names=row["names"],
                questions=tuple(row["questions"]),
                audited_for=tuple(row.get("audited_for", ())),
                is_recalled=row.get("recalled", False),
            )
    return LabelCatalogue(told["source"], found)
