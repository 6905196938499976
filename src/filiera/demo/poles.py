"""Five years of the seven poles: members, meetings and agreements made up from a seed.

Where totals were published the generated facts meet them: 275 members of MESAP at the end of 2019 (229 SMEs,
36 large firms, 10 research bodies), over 1,200 different members of the system in 2022, 70 % of them SMEs.
Every fact comes from one generated table, which is the record that it opens to.
"""

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from filiera.accounts.viewer import SYSTEM
from filiera.demo.tables import read
from filiera.indicators.actions.declaring import confirm_declaration, declare_figure
from filiera.indicators.models import Declaration
from filiera.indicators.periods import parse_period
from filiera.ledger.actions import IMPORT_COLUMNS, import_facts
from filiera.ledger.models import FactTable
from filiera.organisations.identity import comparable_name
from filiera.organisations.models import Membership, Organisation, OrganisationKind, SizeClass
from filiera.texts.sorting import sort_key

SEED = 2021_2025
# What nothing else depends on has chance of its own, so that it may change without changing the facts.
SEED_OF_PRIORITIES = 2021_2027
FIRST_YEAR, LAST_YEAR = 2021, 2025
TABLE = "poles-2021-2025.csv"
REGIONS = ("ITC1", "ITC1", "ITC1", "ITC1", "ITC1", "ITC1", "ITC1", "ITC4", "ITC3", "ITC2")
# SMEs, large firms, universities and research centres at the end of 2019.
OF_MESAP = {"sme": 229, "large": 36, "research": 10}
OF_OTHERS = {
    "agrifood": {"sme": 110, "large": 35, "research": 20},
    "biopmed": {"sme": 84, "large": 34, "research": 22},
    "cgreen": {"sme": 131, "large": 54, "research": 23},
    "clever": {"sme": 124, "large": 50, "research": 21},
    "pointex": {"sme": 77, "large": 31, "research": 9},
    "polo-ict": {"sme": 155, "large": 52, "research": 19},
}
# What the demonstration's own firms already bring to MESAP by then.
ALREADY_IN_MESAP = {"sme": 1, "large": 1, "research": 0}
# By pole the priority systems of its members, the usual one first and most often.
_SYSTEMS = {
    "agrifood": ("food", "green-technologies", "advanced-manufacturing"),
    "biopmed": ("health", "food", "advanced-manufacturing"),
    "cgreen": ("green-technologies", "advanced-manufacturing", "sustainable-mobility"),
    "clever": ("green-technologies", "sustainable-mobility", "advanced-manufacturing"),
    "mesap": ("advanced-manufacturing", "sustainable-mobility", "aerospace"),
    "pointex": ("advanced-manufacturing", "green-technologies", "health"),
    "polo-ict": ("advanced-manufacturing", "sustainable-mobility", "health"),
}
_COMPONENTS = ("digital-transition", "ecological-transition", "social-impact")
_COMING = ("sme", "sme", "sme", "sme", "sme", "sme", "sme", "large", "research")
_SIZES = (SizeClass.MICRO, SizeClass.SMALL, SizeClass.SMALL, SizeClass.MEDIUM)


@dataclass(frozen=True, slots=True)
class _Stay:
    """A generated member in a pole."""

    member: Organisation
    pole: Organisation
    start: date
    end: date | None


@transaction.atomic
def load_poles(at: datetime) -> None:
    """Make members, their facts and what was published about them; what is there already stays."""
    if FactTable.objects.filter(name=TABLE).exists():
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    targets = {"mesap": _without(OF_MESAP, ALREADY_IN_MESAP), **OF_OTHERS}
    poles = {pole.slug: pole for pole in Organisation.objects.filter(slug__in=targets)}
    stays = _stays(poles, targets, at, chance)
    _load_priorities(stays)
    rows = sorted(_rows(stays, poles, chance), key=lambda row: row["happened_on"])
    import_facts(content=_table(rows), filename=TABLE, by=SYSTEM, at=at)
    _load_declared(at)


def _without(wanted: dict[str, int], there: dict[str, int]) -> dict[str, int]:
    return {kind: count - there[kind] for kind, count in wanted.items()}


def _stays(
    poles: dict[str, Organisation], targets: dict[str, dict[str, int]], at: datetime, chance: random.Random
) -> list[_Stay]:
    """Members of 2019 in each pole, some of two or three; then those who came and left since."""
    made: list[Organisation] = []
    chosen: list[tuple[Organisation, Organisation, date, date | None]] = []
    shared: dict[str, list[Organisation]] = {"sme": [], "large": [], "research": []}
    for slug, wanted in targets.items():
        for kind, count in wanted.items():
            again = chance.sample(shared[kind], min(len(shared[kind]), count // 9))
            fresh = [
                _organisation(len(made) + number, kind, at, chance) for number in range(count - len(again))
            ]
            made += fresh
            shared[kind] += fresh
            chosen += [
                (member, poles[slug], _joined(number, count, chance), None)
                for number, member in enumerate([*again, *fresh])
            ]
        for year in range(2020, LAST_YEAR + 1):
            come = [
                _organisation(len(made) + number, chance.choice(_COMING), at, chance)
                for number in range(chance.randint(4, 11))
            ]
            made += come
            chosen += [(member, poles[slug], _day_in(year, chance), None) for member in come]
    # One statement for thousands of rows that nobody typed in: an action for each would take a minute.
    Organisation.objects.bulk_create(made, batch_size=1000)
    stays = [_Stay(member, pole, start, _left(start, chance)) for member, pole, start, _end in chosen]
    Membership.objects.bulk_create(
        (
            Membership(
                member=stay.member,
                cluster=stay.pole,
                start_on=stay.start,
                end_on=stay.end,
                is_demonstration=True,
                created_at=at,
            )
            for stay in stays
        ),
        batch_size=1000,
    )
    return stays


def _load_priorities(stays: Sequence[_Stay]) -> None:
    """Most members work on a priority system of their pole, some on two or on a component; some told none."""
    chance = random.Random(SEED_OF_PRIORITIES)  # noqa: S311 - the same data on every machine is the point
    chosen: dict[int, set[str]] = {}
    for stay in stays:
        if chance.random() < 0.1:
            continue
        priorities = chosen.setdefault(stay.member.pk, set())
        priorities.add(chance.choices(_SYSTEMS[stay.pole.slug], (7, 2, 1))[0])
        if chance.random() < (0.8 if stay.pole.slug == "polo-ict" else 0.3):
            priorities.add(chance.choices(_COMPONENTS, (6, 3, 1))[0])
    row = Organisation.s3_priorities.through
    row.objects.bulk_create(
        (
            row(organisation_id=member, s3priority_id=f"piemonte-2021-{code}")
            for member, codes in chosen.items()
            for code in sorted(codes)
        ),
        batch_size=1000,
    )


def _organisation(number: int, kind: str, at: datetime, chance: random.Random) -> Organisation:
    is_research = kind == "research"
    name = f"{'Ricerca dimostrativa' if is_research else 'Socio dimostrativo'} {number + 1:04}"
    kinds = (OrganisationKind.RESEARCH, OrganisationKind.RESEARCH, OrganisationKind.UNIVERSITY)
    size = "" if is_research else SizeClass.LARGE if kind == "large" else chance.choice(_SIZES)
    return Organisation(
        slug=f"socio-dimostrativo-{number + 1:04}",
        kind=chance.choice(kinds) if is_research else OrganisationKind.COMPANY,
        name=name,
        country_id="IT",
        region_id=chance.choice(REGIONS),
        size_class=size,
        is_listed=False,
        is_demonstration=True,
        sort_key=sort_key(name),
        comparable_name=comparable_name(name),
        search_key=sort_key(name),
        created_at=at,
    )


def _joined(number: int, count: int, chance: random.Random) -> date:
    """A quarter in 2009, three quarters by 2013, the last few in 2019."""
    share = number / count
    if share < 0.24:
        return _day_in(2009, chance)
    if share < 0.73:
        return _day_in(chance.randint(2010, 2013), chance)
    if share < 0.97:
        return _day_in(chance.randint(2014, 2018), chance)
    return _day_in(2019, chance)


def _left(start: date, chance: random.Random) -> date | None:
    """About one in twenty-five leaves each year from 2020."""
    for year in range(2020, LAST_YEAR + 1):
        if chance.random() < 0.04:
            day = _day_in(year, chance)
            return day if day > start else None
    return None


def _day_in(year: int, chance: random.Random) -> date:
    return date(year, 1, 1) + timedelta(days=chance.randrange(365))


def _rows(
    stays: Sequence[_Stay], poles: dict[str, Organisation], chance: random.Random
) -> Iterator[dict[str, str]]:
    for stay in stays:
        size, region = stay.member.size_class, stay.member.region_id or ""
        about = {
            "organisation": stay.pole.slug,
            "counterpart": stay.member.slug,
            "size_class": size,
            "region": region,
        }
        yield {"kind": "membership.started", "happened_on": stay.start.isoformat(), **about}
        if stay.end is not None:
            yield {"kind": "membership.ended", "happened_on": stay.end.isoformat(), **about}
    abroad = list(
        Organisation.objects.exclude(country="IT")
        .filter(country__isnull=False, is_listed=True)
        .order_by("slug")[:40]
    )
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for pole in poles.values():
            present = [stay.member for stay in stays if stay.pole == pole and _is_there(stay, year)]
            yield from _work_of(year, pole, present, abroad, chance)


def _is_there(stay: _Stay, year: int) -> bool:
    """For the whole year: what is generated for it falls into the membership whatever the day."""
    return stay.start < date(year, 1, 1) and (stay.end is None or stay.end >= date(year + 1, 1, 1))


def _work_of(
    year: int,
    pole: Organisation,
    present: Sequence[Organisation],
    abroad: Sequence[Organisation],
    chance: random.Random,
) -> Iterator[dict[str, str]]:
    """Meetings, agreements and work in groups; few in 2021, more in most years after."""
    vigour = {2021: 13, 2022: 20, 2023: 26, 2024: 24, 2025: 31}[year]
    for _meeting in range(vigour + chance.randint(0, 8)):
        first, second = chance.sample(present, 2)
        other = chance.choice(abroad) if abroad and chance.random() < 0.25 else second
        yield _fact("meeting.held", year, first, other, chance)
    for _step in range(vigour // 4 + chance.randint(0, 3)):
        first, second = chance.sample(present, 2)
        other = chance.choice(abroad) if abroad and chance.random() < 0.3 else second
        yield _fact("agreement.advanced", year, first, other, chance)
    for member in chance.sample(present, vigour):
        yield _fact("group.worked_in", year, member, pole, chance)
    for _solved in range(chance.randint(0, 3)):
        yield _fact("challenge.solved", year, chance.choice(present), pole, chance)


def _fact(
    kind: str, year: int, organisation: Organisation, counterpart: Organisation, chance: random.Random
) -> dict[str, str]:
    return {
        "kind": kind,
        "happened_on": _day_in(year, chance).isoformat(),
        "organisation": organisation.slug,
        "counterpart": counterpart.slug,
    }


def _table(rows: Sequence[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, IMPORT_COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _load_declared(at: datetime) -> None:
    """What MESAP and the system have published, as declared history with its source."""
    bodies = {body.slug: body for body in Organisation.objects.all()}
    for row in read("declared_figures"):
        body, period = bodies[row["organisation"]], parse_period(row["period"])
        if Declaration.objects.filter(
            code=row["indicator"], organisation=body, start_on=period.start_on
        ).exists():
            continue
        declaration = declare_figure(
            code=row["indicator"],
            organisation=body,
            period=period,
            value=Decimal(row["value"]),
            source_url=row["source_url"],
            note=row["note"],
            by=SYSTEM,
            at=at,
        )
        confirm_declaration(declaration=declaration, by=SYSTEM, at=at)
