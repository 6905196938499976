"""A network that asks two clusters and their firms, and the people on both sides."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from filiera.indicators.actions.round_firms import answer_round
from filiera.indicators.actions.rounds import (
    QuestionToFirms,
    RoundDetails,
    add_question,
    create_round,
    open_round,
)
from filiera.indicators.actions.scope import rebuild_scope
from filiera.indicators.models import CollectionFirm, CollectionPart, CollectionRound, QuestionMeasure
from filiera.indicators.periods import parse_period
from filiera.indicators.queries.round_links import viewer_by_link
from filiera.organisations.models import Organisation, Role
from tests.indicators.factories import NOW, load_all, made_fact
from tests.indicators.readiness_factories import colleague
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory

YEAR = parse_period("2025")
DEADLINE = date(2026, 6, 30)
CODES = ("members_total", "meetings_held")


@dataclass
class Network:
    """An opener with its poles; `both` is a firm in two of them."""

    organisation: Organisation
    poles: list[Organisation]
    officer: Any
    managers: list[Any]
    firms: list[Organisation] = field(default_factory=list)
    both: Organisation | None = None


def network(pole_count: int = 2, firms_each: int = 3, *, with_addresses: bool = True) -> Network:
    """Each pole with firms of its own; one firm is a member of the first two."""
    load_all()
    organisation = OrganisationFactory(slug="network", meta_cluster=True)
    poles = [OrganisationFactory(slug=f"pole-{number}") for number in range(pole_count)]
    made = Network(organisation, poles, colleague(organisation), [colleague(pole) for pole in poles])
    for pole in poles:
        MembershipFactory(member=pole, cluster=organisation, start_on=date(2020, 1, 1))
        for _firm in range(firms_each):
            made.firms.append(firm_of(pole, with_address=with_addresses))
    if pole_count > 1:
        made.both = made.firms[0]
        join(made.both, poles[1])
    rebuild_scope()
    return made


def firm_of(pole: Organisation, *, with_address: bool = True) -> Organisation:
    firm = OrganisationFactory(company=True)
    if with_address:
        PositionFactory(organisation=firm, role=Role.CONTACT)
    join(firm, pole)
    return firm


def join(firm: Organisation, pole: Organisation) -> None:
    MembershipFactory(member=firm, cluster=pole, start_on=date(2024, 1, 1))
    made_fact("membership.started", pole, "2024-01-01", counterpart=firm)


def people_question(code: str = "people", **values: Any) -> QuestionToFirms:
    told = {"kind": "number", "label": {"en": "How many people?"}, "measure": QuestionMeasure.SUM, **values}
    return QuestionToFirms(code=code, **told)


def drafted(
    made: Network, *, codes: Any = CODES, questions: Any = None, deadline_on: date = DEADLINE, **values: Any
) -> CollectionRound:
    round_ = create_round(
        organisation=made.organisation,
        details=RoundDetails(
            title={"en": "Figures of 2025"},
            period=YEAR,
            deadline_on=deadline_on,
            codes=codes,
            poles=[pole.pk for pole in made.poles],
            **values,
        ),
        by=made.officer,
        at=NOW,
    )
    for question in (people_question(),) if questions is None else questions:
        add_question(round_=round_, question=question, by=made.officer, at=NOW)
    return round_


def opened(made: Network, **values: Any) -> CollectionRound:
    return open_round(round_=drafted(made, **values), by=made.officer, at=NOW)


def part_of(round_: CollectionRound, pole: Organisation) -> CollectionPart:
    return CollectionPart.objects.select_related("round__organisation", "organisation").get(
        round=round_, organisation=pole
    )


def firm_in(round_: CollectionRound, firm: Organisation) -> CollectionFirm:
    return CollectionFirm.objects.select_related("round__questionnaire", "response", "organisation").get(
        round=round_, organisation=firm
    )


def answered(round_: CollectionRound, firm: Organisation, **answers: Any) -> CollectionFirm:
    asked = firm_in(round_, firm)
    return answer_round(firm=asked, answers=answers, by=viewer_by_link(asked), at=NOW)
