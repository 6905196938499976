"""Figures of editions: which records belong to which edition, and what that gives."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from filiera.academy.models import Edition
from filiera.indicators.computing import Computed, Task, compute
from filiera.indicators.definition import PeriodKind
from filiera.indicators.edition_questions import EDITION_CODES
from filiera.indicators.edition_subjects import WAY_TO_EDITION
from filiera.indicators.engines.postgres import edition_engine
from filiera.indicators.models import EditionValue
from filiera.indicators.periods import Period, period_of
from filiera.indicators.queries.definitions import current_definitions, current_versions, with_needed

Span = tuple[datetime, datetime]
_SUBJECT = "hashtextextended(fact.subject_type || '/' || fact.subject_key, 0)"
_SINCE = "AND fact.kind = ANY(%(kinds)s) AND fact.happened_at BETWEEN %(first)s AND %(last)s"
_UNPLACED = """
SELECT DISTINCT fact.subject_type, fact.subject_key FROM ledger_fact AS fact
WHERE fact.subject_type = ANY(%(types)s) {since}
    AND NOT EXISTS (SELECT FROM indicators_subjectedition AS placed WHERE placed.subject = {subject})
"""
_PLACE = """
INSERT INTO indicators_subjectedition (subject, subject_type, subject_key, edition_id)
SELECT DISTINCT hashtextextended(told.type || '/' || told.key, 0), told.type, told.key, told.edition
FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS told (type, key, edition)
ON CONFLICT (subject) DO NOTHING
"""
_TOUCHED = """
SELECT DISTINCT placed.edition_id FROM ledger_fact AS fact
JOIN indicators_subjectedition AS placed ON placed.subject = {subject}
WHERE fact.subject_type = ANY(%(types)s) {since}
"""


@transaction.atomic
def refresh_editions(kinds: Iterable[str] = (), span: Span | None = None, *, at: datetime) -> None:
    """Place the records of facts in their editions, and compute the figures of the editions they touch.

    Without a span all facts are looked at. Asks no policy: for jobs and commands.
    """
    values: dict[str, Any] = {"types": list(WAY_TO_EDITION), "kinds": sorted(kinds)}
    since = ""
    if span is not None:
        since = _SINCE
        values |= {"first": span[0], "last": span[1]}
    with connection.cursor() as cursor:
        cursor.execute(_UNPLACED.format(since=since, subject=_SUBJECT), values)
        place_records(cursor.fetchall())
        cursor.execute(_TOUCHED.format(since=since, subject=_SUBJECT), values)
        touched = [edition for (edition,) in cursor.fetchall()]
    for edition in Edition.objects.filter(pk__in=touched, is_template=False).order_by("pk"):
        compute_edition(edition, at=at)


def place_records(records: Sequence[tuple[str, str]]) -> None:
    """Remember the edition of each of these records, by type and key; what has none is left out."""
    by_type: dict[str, list[str]] = {}
    for kind, key in records:
        by_type.setdefault(kind, []).append(key)
    types, keys, editions = [], [], []
    for kind, found in by_type.items():
        rows = apps.get_model(kind)._default_manager.filter(pk__in=found)
        for key, edition in rows.values_list("pk", WAY_TO_EDITION[kind]):
            if edition is not None:
                types.append(kind)
                keys.append(str(key))
                editions.append(edition)
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [types, keys, editions])


def compute_edition(edition: Edition, *, at: datetime) -> None:
    """Compute what an edition's page shows, over its whole life up to now."""
    known, versions = current_definitions(), current_versions()
    wanted = [code for code in EDITION_CODES if code in known]
    definitions = with_needed(wanted, known)
    kinds = {kind for definition in definitions for kind in definition.kinds}
    with edition_engine(edition.pk, kinds) as engine:
        first_us = engine.first_us(edition.pk)
        if first_us is None:
            return
        first = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=first_us)).date()
        period = whole_life(first, at)
        task = Task(periods=(period,), at=at, bodies=(edition.pk,), is_everybody=True)
        found = [each for each in compute(definitions, task, engine) if each.definition.code in wanted]
    rows = [_row(edition, each, versions[each.definition.code].pk, period, at) for each in found]
    EditionValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["edition", "version"],
        update_fields=["value", "missing", "facts", "start_on", "until_on", "inputs_digest", "computed_at"],
    )


def whole_life(first: date, at: datetime) -> Period:
    """From the year in which the first thing happened to the end of this one."""
    return Period(date(first.year, 1, 1), period_of(at, PeriodKind.YEAR).until_on)


def _row(edition: Edition, told: Computed, version: int, period: Period, at: datetime) -> EditionValue:
    return EditionValue(
        edition=edition,
        version_id=version,
        code=told.definition.code,
        value=told.value,
        missing=told.missing,
        facts=told.facts,
        start_on=period.start_on,
        until_on=period.until_on,
        inputs_digest=told.digest,
        computed_at=at,
    )
