"""A section as it is planned, the same in a draft, in a version and in a packaged report."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from filiera.indicators.models import ReportSection, SectionKind

# {members_total} is the figure of the report's period, {members_total@before} that of the period before.
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(@before)?\}")
WORDS = ("organisation", "period", "edition")


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """What a section shows; `key` is its row where it is of a draft."""

    kind: str
    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    span: int = 1
    breakdown: str = ""
    key: int | None = None

    def told(self) -> dict[str, Any]:
        """As a version keeps it."""
        kept = asdict(self)
        del kept["key"]
        return {**kept, "codes": list(self.codes)}

    @property
    def all_codes(self) -> set[str]:
        """The figures that it shows, those within its text among them."""
        return {*self.codes, *(code for text in self.text.values() for code in codes_in(text))}


def codes_in(text: str) -> set[str]:
    """The figures that a text names."""
    return {found[1] for found in PLACEHOLDER.finditer(text) if found[1] not in WORDS}


def plan_of(section: ReportSection) -> SectionPlan:
    return SectionPlan(
        kind=section.kind,
        title=section.title,
        text=section.text,
        codes=tuple(section.codes),
        span=section.span,
        breakdown=section.breakdown,
        key=section.pk,
    )


def plans_of(told: Iterable[Mapping[str, Any]]) -> list[SectionPlan]:
    """Sections as a version or a packaged report tells them."""
    return [
        SectionPlan(
            kind=SectionKind(each["kind"]),
            title=each.get("title") or {},
            text=each.get("text") or {},
            codes=tuple(each.get("codes") or ()),
            span=each.get("span") or 1,
            breakdown=each.get("breakdown") or "",
        )
        for each in told
    ]
