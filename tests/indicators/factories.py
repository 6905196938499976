"""Facts, bodies and figures for the tests of indicators."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from filiera.indicators.actions.definitions import load_packaged
from filiera.indicators.actions.scope import rebuild_scope
from filiera.indicators.computing import Computed, Task, compute
from filiera.indicators.definition import Definition, read_definition
from filiera.indicators.definition.sets import kinds_to_come
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.periods import parse_period
from filiera.ledger.models import Fact
from filiera.organisations.models import Organisation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_numbers = count(1)


def made_fact(kind: str, organisation: Organisation | None, on: str | datetime, **values: Any) -> Fact:
    """A fact as the ledger would hold it, about a record of its own unless told otherwise."""
    moment = on if isinstance(on, datetime) else datetime.fromisoformat(on).replace(tzinfo=UTC)
    number = next(_numbers)
    fact = Fact(
        year=moment.astimezone(UTC).year,
        id=uuid4(),
        kind=kind,
        happened_at=moment,
        recorded_at=values.pop("recorded_at", NOW),
        organisation=organisation,
        subject_type=values.pop("subject_type", "tests.record"),
        subject_key=str(values.pop("subject_key", number)),
        quantity=values.pop("quantity", Decimal(1)),
        unit="one",
        idempotency_key=f"test-{number}",
        **values,
    )
    fact.save(force_insert=True)
    return fact


def person() -> UUID:
    return uuid4()


def defined(measure: dict[str, Any], **values: Any) -> Definition:
    """A definition with this measure; the unit has to fit it."""
    told = {
        "code": "under_test",
        "names": {"en": "Under test", "it": "In prova"},
        "descriptions": {"en": "Tested.", "it": "In prova."},
        "stage": "output",
        "unit": "count",
        "measure": measure,
        **values,
    }
    return read_definition(told, expected=kinds_to_come())


def computed(
    definitions: Definition | list[Definition], *bodies: Organisation, period: str = "2023", **task: Any
) -> dict[tuple[str, int], Computed]:
    """Figures by code and body, computed on the live tables."""
    wanted = definitions if isinstance(definitions, list) else [definitions]
    rebuild_scope()
    asked = Task(
        periods=(parse_period(period),),
        at=task.pop("at", NOW),
        bodies=tuple(body.pk for body in bodies),
        **task,
    )
    found = compute(wanted, asked, PostgresEngine())
    return {(figure.definition.code, int(figure.body)): figure for figure in found}


def value_of(definition: Definition, body: Organisation, period: str = "2023", **task: Any) -> Decimal | str:
    """The value of one figure, or why it has none."""
    figure = computed(definition, body, period=period, **task)[definition.code, body.pk]
    return figure.missing if figure.value is None else figure.value


def load_all() -> None:
    load_packaged(NOW)
