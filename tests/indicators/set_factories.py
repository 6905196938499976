"""A network with two clusters, a set that it published, and a stranger beside them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from filiera.indicators.actions.set_adoptions import adopt_version
from filiera.indicators.actions.set_proposals import Change, propose_change
from filiera.indicators.actions.sets import SetDetails, create_set, publish_set
from filiera.indicators.models import (
    ChangeKind,
    IndicatorSet,
    IndicatorVersion,
    Origin,
    SetAdoption,
    SetAudience,
    SetProposal,
    SetVersion,
)
from filiera.organisations.models import Organisation
from tests.indicators.factories import NOW, load_all
from tests.indicators.readiness_factories import colleague
from tests.organisations.factories import MembershipFactory, OrganisationFactory

CODES = ("members_total", "meetings_held", "members_joined")
NAME = {"en": "What we all watch", "it": "Quello che tutti guardiamo"}


@dataclass
class Sharing:
    """Whoever makes the set, two clusters that belong to it, and one that does not."""

    maker: Organisation
    officer: Any
    clusters: list[Organisation]
    managers: list[Any]
    stranger: Organisation
    outsider: Any


def sharing(size: int = 2) -> Sharing:
    load_all()
    maker = OrganisationFactory(slug="network", meta_cluster=True)
    clusters = [OrganisationFactory(slug=f"cluster-{number}") for number in range(size)]
    for cluster in clusters:
        MembershipFactory(member=cluster, cluster=maker, start_on=date(2020, 1, 1))
    stranger = OrganisationFactory(slug="stranger")
    return Sharing(
        maker,
        colleague(maker),
        clusters,
        [colleague(cluster) for cluster in clusters],
        stranger,
        colleague(stranger),
    )


def drafted(
    made: Sharing, codes: Any = CODES, audience: SetAudience = SetAudience.MEMBERS, name: Any = NAME
) -> IndicatorSet:
    return create_set(
        organisation=made.maker,
        details=SetDetails(name=name, purpose={"en": "To compare."}, audience=audience),
        codes=codes,
        by=made.officer,
        at=NOW,
    )


def published(made: Sharing, codes: Any = CODES, **values: Any) -> SetVersion:
    return publish_set(indicator_set=drafted(made, codes, **values), by=made.officer, at=NOW)


def adopted(made: Sharing, version: SetVersion, number: int = 0) -> SetAdoption:
    return adopt_version(
        version=version, organisation=made.clusters[number], by=made.managers[number], at=NOW
    )


def proposed(
    made: Sharing, indicator_set: IndicatorSet, number: int = 0, change: Change | None = None
) -> SetProposal:
    return propose_change(
        indicator_set=indicator_set,
        organisation=made.clusters[number],
        change=change or Change(kind=ChangeKind.ADD, coming="members_left"),
        reason="Who leaves tells more.",
        by=made.managers[number],
        at=NOW,
    )


def redefined(code: str) -> IndicatorVersion:
    """A further packaged version of a definition, as an update of the platform brings it."""
    former = IndicatorVersion.objects.filter(code=code).order_by("-version")[0]
    return IndicatorVersion.objects.create(
        code=code,
        version=former.version + 1,
        origin=Origin.PACKAGED,
        body=former.body,
        created_at=NOW,
        published_at=NOW,
    )
