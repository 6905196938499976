"""Figures as rows: new ones, changed ones, and for closed periods what was there before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from filiera.indicators.computing import Computed
from filiera.indicators.engines.forming import Missing
from filiera.indicators.models import IndicatorVersion, Revision, Value

_CHANGING = ("value", "missing", "facts", "inputs", "inputs_digest", "computed_at", "is_public")
# Not kept: it can be said without a row, and most bodies have most figures of this kind.
UNKNOWN = {Missing.BEFORE_RECORDS, Missing.NOT_RECORDED, Missing.NOT_DECLARED, Missing.FUTURE}
_Key = tuple[int, int | None, str | None, date, date]


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
        if figure.missing in UNKNOWN and _key_of(figure, version) not in known:
            continue
        fresh = _row(figure, version, at)
        former = known.get(_key(fresh))
        if former is None:
            new.append(fresh)
        elif former.inputs_digest != fresh.inputs_digest or former.is_public != fresh.is_public:
            if _is_revised(former, fresh):
                revisions.append(_revision(former, fresh, at, _arrived_for(figure, arrived or {}, at)))
            fresh.pk = former.pk
            changed.append(fresh)
    Value.objects.bulk_create(new, batch_size=1000)
    Value.objects.bulk_update(changed, _CHANGING, batch_size=500)
    Revision.objects.bulk_create(revisions, batch_size=1000)
    return len(new) + len(changed)


def _known(told: list[Computed], versions: Mapping[str, IndicatorVersion]) -> dict[_Key, Value]:
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
    return {_key(row): row for row in rows}


def _key(row: Value) -> _Key:
    return (row.version_id, row.organisation_id, row.region_id, row.start_on, row.until_on)


def _key_of(figure: Computed, version: IndicatorVersion) -> _Key:
    body = figure.body
    days = (figure.period.start_on, figure.period.until_on)
    return (version.pk, body, None, *days) if isinstance(body, int) else (version.pk, None, body, *days)


def _row(figure: Computed, version: IndicatorVersion, at: datetime) -> Value:
    is_organisation = isinstance(figure.body, int)
    return Value(
        version=version,
        code=figure.definition.code,
        organisation_id=figure.body if is_organisation else None,
        region_id=None if is_organisation else figure.body,
        start_on=figure.period.start_on,
        until_on=figure.period.until_on,
        value=figure.value,
        missing=figure.missing,
        facts=figure.facts,
        inputs=figure.inputs | ({"declared": "yes"} if figure.is_declared else {}),
        inputs_digest=figure.digest,
        computed_at=at,
        is_public=figure.definition.is_public,
    )


def _is_revised(former: Value, fresh: Value) -> bool:
    return former.period.is_closed(former.computed_at) and (
        (former.value, former.missing) != (fresh.value, fresh.missing)
    )


def _revision(former: Value, fresh: Value, at: datetime, arrived: Arrived) -> Revision:
    return Revision(
        figure=former,
        was=former.value,
        was_missing=former.missing,
        became=fresh.value,
        became_missing=fresh.missing,
        facts_arrived=arrived.facts,
        arrived_at=arrived.at,
        digest_before=former.inputs_digest,
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
