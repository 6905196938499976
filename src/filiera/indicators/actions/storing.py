"""Figures as rows: new ones, changed ones, and for closed periods what was there before."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from filiera.indicators.computing import Computed
from filiera.indicators.engines.forming import Missing
from filiera.indicators.models import IndicatorVersion, Revision, Value

# Not kept: it can be said without a row, and most bodies have most figures of this kind.
UNKNOWN = {Missing.BEFORE_RECORDS, Missing.NOT_RECORDED, Missing.NOT_DECLARED, Missing.FUTURE}
_Key = tuple[int, int | None, str | None, date, date]
# The columns that are written, with their types: many rows go in one statement, not one by one.
_COLUMNS = {
    "version_id": "bigint",
    "code": "text",
    "organisation_id": "bigint",
    "region_id": "text",
    "start_on": "date",
    "until_on": "date",
    "value": "numeric",
    "missing": "text",
    "facts": "bigint",
    "inputs": "jsonb",
    "inputs_digest": "text",
    "computed_at": "timestamptz",
    "is_public": "boolean",
}
_CHANGING = ("value", "missing", "facts", "inputs", "inputs_digest", "computed_at", "is_public")
_ROWS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many facts of a kind came, and the last of their moments of arrival."""

    facts: int
    at: datetime


@transaction.atomic
def store(
    computed: Iterable[Computed],
    versions: Mapping[str, IndicatorVersion],
    *,
    at: datetime,
    arrived: Mapping[str, Arrived] | None = None,
) -> int:
    """Keep these figures; how many are new or other than before.

    A figure of a period that was closed when it was computed keeps what it was as a revision, with the
    facts by kind that `arrived` since.
    Asks no policy: for jobs and commands.
    """
    told = list(computed)
    known = _known(told, versions)
    new, changed, revisions = [], [], []
    for figure in told:
        version = versions[figure.definition.code]
        former = known.get(_key_of(figure, version))
        if former is None:
            if figure.missing not in UNKNOWN:
                new.append(_row(figure, version, at))
            continue
        digest = figure.digest
        if former.digest != digest or former.is_public != figure.definition.is_public:
            if _is_revised(former, figure):
                came = _arrived_for(figure, arrived or {}, at)
                revisions.append(_revision(former, figure, at, came))
            changed.append((former.pk, *_row(figure, version, at)))
    _insert(new)
    _update(changed)
    Revision.objects.bulk_create(revisions, batch_size=1000)
    return len(new) + len(changed)


def _known(told: list[Computed], versions: Mapping[str, IndicatorVersion]) -> "dict[_Key, _Former]":
    spans: dict[tuple[date, date], None] = {
        (figure.period.start_on, figure.period.until_on): None for figure in told
    }
    if not spans:
        return {}
    bodies = {figure.body for figure in told}
    rows = Value.objects.select_for_update(of=("self",)).filter(
        version__in={versions[figure.definition.code].pk for figure in told},
        start_on__in={start for start, _until in spans},
        until_on__in={until for _start, until in spans},
    )
    numbers = [body for body in bodies if isinstance(body, int)]
    codes = [body for body in bodies if isinstance(body, str)]
    rows = rows.filter(organisation__in=numbers) if numbers else rows.filter(region__in=codes)
    found = rows.values_list(*_OF_KEY, "pk", "value", "missing", "inputs_digest", "is_public", "computed_at")
    return {(row[0], row[1], row[2], row[3], row[4]): _Former(*row[5:]) for row in found}


_OF_KEY = ("version_id", "organisation_id", "region_id", "start_on", "until_on")


@dataclass(frozen=True, slots=True)
class _Former:
    """What is stored of a figure so far."""

    pk: int
    value: Decimal | None
    missing: str
    digest: str
    is_public: bool
    computed_at: datetime


def _key_of(figure: Computed, version: IndicatorVersion) -> _Key:
    body, period = figure.body, figure.period
    if isinstance(body, int):
        return (version.pk, body, None, period.start_on, period.until_on)
    return (version.pk, None, body, period.start_on, period.until_on)


def _row(figure: Computed, version: IndicatorVersion, at: datetime) -> tuple[Any, ...]:
    """In the order of the columns."""
    inputs = figure.inputs | ({"declared": "yes"} if figure.is_declared else {})
    version_key, organisation, region, start, until = _key_of(figure, version)
    return (
        version_key,
        figure.definition.code,
        organisation,
        region,
        start,
        until,
        figure.value,
        str(figure.missing),
        figure.facts,
        json.dumps(inputs),
        figure.digest,
        at,
        figure.definition.is_public,
    )


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    columns = ", ".join(_COLUMNS)
    told = ", ".join(f"{name}::{kind}" for name, kind in _COLUMNS.items())
    _written(
        f"INSERT INTO indicators_value ({columns}) SELECT {told} FROM {_unnested(_COLUMNS)}",  # noqa: S608
        rows,
    )


def _update(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows with the number of the stored one before them."""
    told = ", ".join(f"{name} = told.{name}::{_COLUMNS[name]}" for name in _CHANGING)
    columns = {"pk": "bigint", **_COLUMNS}
    _written(
        f"UPDATE indicators_value SET {told} FROM {_unnested(columns)} WHERE id = told.pk",  # noqa: S608
        rows,
    )


def _unnested(columns: Mapping[str, str]) -> str:
    # A list of texts is the cheapest to send for what is a document.
    arrays = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for kind in columns.values())
    return f"unnest({arrays}) AS told ({', '.join(columns)})"


def _written(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            portion = rows[first : first + _ROWS_AT_ONCE]
            cursor.execute(statement, [list(column) for column in zip(*portion, strict=True)])


def _is_revised(former: _Former, figure: Computed) -> bool:
    return figure.period.is_closed(former.computed_at) and (
        (former.value, former.missing) != (figure.value, figure.missing)
    )


def _revision(former: _Former, figure: Computed, at: datetime, arrived: Arrived) -> Revision:
    return Revision(
        figure_id=former.pk,
        was=former.value,
        was_missing=former.missing,
        became=figure.value,
        became_missing=figure.missing,
        facts_arrived=arrived.facts,
        arrived_at=arrived.at,
        digest_before=former.digest,
        revised_at=at,
    )


def _arrived_for(figure: Computed, arrived: Mapping[str, Arrived], at: datetime) -> Arrived:
    came = [arrived[kind] for kind in figure.definition.kinds if kind in arrived] or list(arrived.values())
    if not came:
        return Arrived(0, at)
    return Arrived(sum(part.facts for part in came), max(part.at for part in came))


def arrivals_by_kind(rows: Iterable[tuple[str, int, datetime]]) -> dict[str, Arrived]:
    """The facts of each kind that came together."""
    found: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    for kind, facts, at in rows:
        found[kind].append((facts, at))
    return {
        kind: Arrived(sum(facts for facts, _at in parts), max(at for _facts, at in parts))
        for kind, parts in found.items()
    }
