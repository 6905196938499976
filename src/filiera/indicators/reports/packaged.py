"""The reports that come with the platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from filiera.indicators.reports.plans import SectionPlan, plans_of
from filiera.organisations.models import Organisation, OrganisationKind

CLUSTER, NETWORK, EDITION, ANYBODY = "cluster", "network", "edition", "anybody"


@dataclass(frozen=True, slots=True)
class PackagedReport:
    """Sections to start from; `audience` says whose report it is."""

    code: str
    audience: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    sections: tuple[SectionPlan, ...]

    @property
    def needs_edition(self) -> bool:
        return self.audience == EDITION

    def suits(self, organisation: Organisation, has_editions: bool) -> bool:
        """Whether an organisation has what the report is about."""
        match self.audience:
            case "cluster":
                return organisation.kind == OrganisationKind.CLUSTER
            case "network":
                return organisation.kind == OrganisationKind.META_CLUSTER
            case "edition":
                return has_editions
            case _:
                return True


@cache
def packaged_reports() -> dict[str, PackagedReport]:
    """The packaged reports by code."""
    import yaml  # only those who begin a report need it

    text = (resources.files("filiera.indicators") / "reports" / "packaged.yaml").read_text(encoding="utf-8")
    return {
        told["code"]: PackagedReport(
            code=told["code"],
            audience=told["for"],
            names=told["names"],
            descriptions=told["descriptions"],
            sections=tuple(plans_of(told["sections"])),
        )
        for told in yaml.safe_load(text)
    }
