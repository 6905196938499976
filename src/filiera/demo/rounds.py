"""Two made-up collection rounds over the seven poles, one frozen and one open; targets, notes, declarations.

Figures come from the poles' generated facts; what firms answer, and every word, is made up from a seed.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.actions.asking import OutsideOwner, ask_for_declaration
from filiera.indicators.actions.declaring import declare_figure
from filiera.indicators.actions.round_firms import FirmAddress, answer_round, set_firm_addresses
from filiera.indicators.actions.round_freezing import freeze_round
from filiera.indicators.actions.round_parts import (
    accept_part,
    ask_about_figure,
    comment_on_figure,
    submit_part,
)
from filiera.indicators.actions.rounds import (
    QuestionToFirms,
    RoundDetails,
    add_question,
    create_round,
    open_round,
)
from filiera.indicators.actions.scope import rebuild_scope
from filiera.indicators.actions.targets import set_target, write_note
from filiera.indicators.definition import PeriodKind
from filiera.indicators.models import CollectionFirm, CollectionRound, PathKind, QuestionMeasure
from filiera.indicators.paths import PathPoint
from filiera.indicators.periods import Period, period_of
from filiera.indicators.queries.round_asked import poles_to_ask
from filiera.indicators.queries.round_links import viewer_by_link
from filiera.organisations.models import Organisation
from filiera.organisations.permissions import permissions_of
from filiera.questionnaires.models import QuestionKind

NETWORK = "sistema-poli-di-innovazione-piemonte"
CLUSTER = "mesap"
SEED = 2025
FIRMS = 60
ANSWERED_THEN, ANSWERED_NOW = 46, 6
DOMAIN = "demonstration.invalid"
CODES = (
    "members_total",
    "members_sme_share",
    "meetings_held",
    "agreements_advanced",
    "management_staff",
)
QUESTIONS = (
    QuestionToFirms(
        code="people",
        kind=QuestionKind.NUMBER,
        label={
            "en": "How many people worked in your firm at the end of the year?",
            "it": "Quante persone lavoravano nella tua impresa alla fine dell’anno?",
        },
        measure=QuestionMeasure.SUM,
        unit={"en": "people", "it": "persone"},
    ),
    QuestionToFirms(
        code="research_spending",
        kind=QuestionKind.NUMBER,
        label={
            "en": "What did you spend on research and development, in thousand euro?",
            "it": "Quanto avete speso in ricerca e sviluppo, in migliaia di euro?",
        },
        measure=QuestionMeasure.SUM,
        unit={"en": "thousand euro", "it": "migliaia di euro"},
    ),
    QuestionToFirms(
        code="joint_project",
        kind=QuestionKind.YES_NO,
        label={
            "en": "Did you work in a joint project with another member?",
            "it": "Avete lavorato a un progetto comune con un altro socio?",
        },
        measure=QuestionMeasure.SHARE,
    ),
    QuestionToFirms(
        code="use_of_pole",
        kind=QuestionKind.SCALE,
        label={
            "en": "How useful is the pole to you? (1: not at all, 5: very)",
            "it": "Quanto ti è utile il polo? (1: per niente, 5: molto)",
        },
        measure=QuestionMeasure.MEAN,
        unit={"en": "of 5", "it": "su 5"},
    ),
)


@transaction.atomic
def load_rounds(people: dict[str, Person], at: datetime) -> None:
    """Both rounds, and what stands beside figures of one pole; what is there already stays."""
    network = Organisation.objects.filter(slug=NETWORK).first()
    if network is None or CollectionRound.objects.filter(organisation=network).exists():
        return
    poles = list(poles_to_ask(network))
    # The worker makes the scope of everybody later; these figures are taken now.
    rebuild_scope([network.pk, *(pole.pk for pole in poles)])
    officer = _viewer(people["officer"], network, "manager")
    last = period_of(at, PeriodKind.YEAR).before()
    frozen = _frozen_round(network, poles, last.before(), officer, people, at - timedelta(days=365))
    _open_round(network, poles, last, frozen, officer, people, at)
    _beside_figures(Organisation.objects.get(slug=CLUSTER), last, people, at)


def _frozen_round(
    network: Organisation,
    poles: list[Organisation],
    period: Period,
    officer: Viewer,
    people: dict[str, Person],
    at: datetime,
) -> CollectionRound:
    round_ = _opened(network, poles, period, officer, at)
    second = Viewer(person=people["administrator"], administering=True)
    _addresses(round_, officer, at)
    _answers(round_, ANSWERED_THEN, at + timedelta(days=5), {})
    for number, part in enumerate(round_.parts.select_related("organisation").order_by("pk")):
        told = submit_part(part=part, by=second, at=at + timedelta(days=6 + number))
        accept_part(part=told, by=officer, at=at + timedelta(days=15 + number))
    return freeze_round(round_=round_, by=officer, at=at + timedelta(days=30))


def _open_round(
    network: Organisation,
    poles: list[Organisation],
    period: Period,
    former: CollectionRound,
    officer: Viewer,
    people: dict[str, Person],
    at: datetime,
) -> None:
    opened_at = at - timedelta(days=9)
    round_ = _opened(network, poles, period, officer, opened_at, former)
    _answers(round_, ANSWERED_NOW, at - timedelta(days=3), {"people": 2})
    second = Viewer(person=people["administrator"], administering=True)
    parts = {part.organisation.slug: part for part in round_.parts.select_related("organisation")}
    own = parts.pop(CLUSTER)
    staff = _viewer(people["organiser"], own.organisation, "staff")
    submit_part(part=own, by=staff, at=at - timedelta(days=4))
    comment_on_figure(
        part=own,
        code="meetings_held",
        text="Demonstration. Meetings of the summer were entered in autumn; they are all in now.",
        by=staff,
        at=at - timedelta(days=4),
    )
    ask_about_figure(
        part=own,
        code="members_total",
        text="Demonstration. Are those who left on the last day of the year still counted here?",
        by=officer,
        at=at - timedelta(days=2),
    )
    for number, part in enumerate(list(parts.values())[:2]):
        told = submit_part(part=part, by=second, at=at - timedelta(days=5))
        if number:
            accept_part(part=told, by=officer, at=at - timedelta(days=1))


def _opened(
    network: Organisation,
    poles: list[Organisation],
    period: Period,
    officer: Viewer,
    at: datetime,
    former: CollectionRound | None = None,
) -> CollectionRound:
    round_ = create_round(
        organisation=network,
        details=RoundDetails(
            title={
                "en": f"Figures of the system, {period.code}",
                "it": f"Dati del sistema, {period.code}",
            },
            introduction={
                "en": "Demonstration. Once a year the region asks what became of the work of the poles.",
                "it": "Dimostrazione. Ogni anno la regione chiede che cosa è nato dal lavoro dei poli.",
            },
            period=period,
            deadline_on=timezone.localdate(at) + timedelta(days=30),
            codes=CODES,
            poles=[pole.pk for pole in poles],
            sample_size=FIRMS,
        ),
        former=former,
        is_demonstration=True,
        by=officer,
        at=at,
    )
    # The same draw on every machine.
    round_.seed = SEED
    round_.save(update_fields=["seed"])
    if former is None:
        for question in QUESTIONS:
            add_question(round_=round_, question=question, by=officer, at=at)
    return open_round(round_=round_, by=officer, at=at)


def _addresses(round_: CollectionRound, officer: Viewer, at: datetime) -> None:
    """All but three firms have one: somebody always cannot be written to."""
    slugs = round_.firms.order_by("pk").values_list("organisation__slug", flat=True)
    told = [FirmAddress(slug, f"{slug[:50]}@{DOMAIN}", "it") for slug in list(slugs)[3:]]
    set_firm_addresses(round_=round_, addresses=told, by=officer, at=at)


def _answers(round_: CollectionRound, count: int, at: datetime, more: dict[str, int]) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    firms = CollectionFirm.objects.filter(round=round_).exclude(email="").order_by("pk")
    chosen = chance.sample(list(firms), min(count, len(firms)))
    for number, firm in enumerate(chosen):
        people = chance.randint(4, 90)
        answers: dict[str, Any] = {
            "people": people + more.get("people", 0),
            "research_spending": people * chance.randint(1, 9),
            "joint_project": chance.random() < 0.4,
            "use_of_pole": chance.choice((2, 3, 3, 4, 4, 5)),
        }
        answer_round(
            firm=firm, answers=answers, by=viewer_by_link(firm), at=at + timedelta(minutes=17 * number)
        )


def _beside_figures(cluster: Organisation, last: Period, people: dict[str, Person], at: datetime) -> None:
    staff = _viewer(people["organiser"], cluster, "staff")
    ahead = last.after().after().after()
    for code, base, wanted in (
        ("members_total", Decimal(275), Decimal(320)),
        ("meetings_held", Decimal(30), Decimal(60)),
        ("member_churn", Decimal(8), Decimal(5)),
    ):
        set_target(
            organisation=cluster,
            code=code,
            kind=PathKind.LINEAR,
            points=[
                PathPoint(last.before().before(), base, is_base=True),
                PathPoint(ahead, wanted),
            ],
            reason="Demonstration. Agreed in the strategy of the cluster.",
            is_demonstration=True,
            by=staff,
            at=at,
        )
    write_note(
        organisation=cluster,
        code="members_total",
        period=last,
        text={
            "en": "Demonstration. Two firms merged and stayed as one member.",
            "it": "Dimostrazione. Due imprese si sono fuse e sono rimaste un solo socio.",
        },
        is_demonstration=True,
        by=staff,
        at=at,
    )
    for code, days in (("management_staff", 10), ("funding_secured", 20)):
        ask_for_declaration(
            organisation=cluster,
            code=code,
            period=last,
            owner=people["organiser"],
            due_on=timezone.localdate(at) + timedelta(days=days),
            is_demonstration=True,
            by=staff,
            at=at,
        )
    ask_for_declaration(
        organisation=cluster,
        code="private_funding_share",
        period=last,
        owner=OutsideOwner("Anna Conti", f"conti@{DOMAIN}", "it"),
        due_on=timezone.localdate(at) + timedelta(days=14),
        note="Dimostrazione. Dal bilancio approvato: quote dei soci e servizi pagati, sul totale dei ricavi.",
        is_demonstration=True,
        by=staff,
        at=at,
    )
    declare_figure(
        code="funding_secured",
        organisation=cluster,
        period=last,
        value=Decimal(2),
        note="Demonstration. Two years of the contract with the region are left.",
        source_url="https://example.org/demonstration",
        is_demonstration=True,
        by=staff,
        at=at,
    )


def _viewer(person: Person, organisation: Organisation, role: str) -> Viewer:
    return Viewer(
        person=person,
        organisation_id=organisation.pk,
        organisation_roles=frozenset({role}),
        permissions=permissions_of([role]),
    )
