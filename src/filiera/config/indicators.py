"""`filiera indicators`: figures computed anew by any engine, explained, or exported with their tables."""

import csv
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.db import connection, transaction
from django.utils import timezone

from filiera.config.database import running_database
from filiera.config.errors import CannotRun
from filiera.config.installation import Installation
from filiera.config.terminal import say, tell
from filiera.shared.loading import loading

if TYPE_CHECKING:
    from filiera.indicators.computing import Computed
    from filiera.indicators.engines.questions import Engine
    from filiera.indicators.periods import Period
    from filiera.organisations.models import Organisation

COLUMNS = ("indicator", "organisation", "period", "breakdown", "value", "unit", "definition_version")


@dataclass(frozen=True)
class FiguresRequest:
    """What was asked for on the command line."""

    what: str
    organisation: str | None = None
    period: str | None = None
    indicators: tuple[str, ...] = ()
    breakdown: str = ""
    engine: str = "postgres"
    format: str = "json"
    to: Path | None = None
    tables: Path | None = None


def run_indicators(installation: Installation, request: FiguresRequest) -> None:
    """Raises CannotRun."""
    with running_database(installation):
        with loading():
            django.setup()
        from filiera.shared.errors import DomainError  # its message is translated: needs Django

        try:
            _COMMANDS[request.what](request)
        except DomainError as error:
            raise CannotRun(str(error)) from error


def _compute(request: FiguresRequest) -> None:
    if request.format == "parquet":
        raise CannotRun("compute writes json, csv, sdmx-csv or xlsx; export writes parquet.")
    if request.format == "xlsx" and request.to is None:
        raise CannotRun("Say with --to in which file the workbook is written.")
    at = timezone.now()
    with _one_moment(), _engine(request) as engine:
        slugs = _bodies(request)
        found = _figures(request, engine, slugs, at)
        if request.format in ("sdmx-csv", "xlsx"):
            _write(request, _as_file(request, found, slugs, at))
            return
    figures = [_row(figure, slugs) for figure in found]
    _write(request, (_as_csv(figures) if request.format == "csv" else _as_json(figures)).encode())


def _export(request: FiguresRequest) -> None:
    if request.format != "parquet":
        # The same figures, to a file.
        _compute(request)
        return
    if request.to is None:
        raise CannotRun("Say with --to in which folder the tables are written.")
    with _one_moment():
        facts = _export_to(request.to)
    tell(f"{facts} facts in {request.to}")


def _explain(request: FiguresRequest) -> None:
    from filiera.accounts.viewer import SYSTEM  # needs Django's apps
    from filiera.indicators.periods import parse_period
    from filiera.indicators.queries import explain, figure

    if not (request.organisation and request.period and request.indicators):
        raise CannotRun("Say with --indicator, --organisation and --period which figure.")
    organisation, period = _organisation(request.organisation), parse_period(request.period)
    told = [
        explain(SYSTEM, figure(SYSTEM, code, organisation, period, request.breakdown))
        for code in request.indicators
    ]
    _write(
        request, (json.dumps({"figures": told}, default=str, ensure_ascii=False, indent=1) + "\n").encode()
    )


_COMMANDS = {"compute": _compute, "explain": _explain, "export": _export}


@contextmanager
def _one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, and nothing stays of what is prepared for it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _engine(request: FiguresRequest) -> Iterator["Engine"]:
    from filiera.indicators.actions.scope import rebuild_scope  # needs Django's apps
    from filiera.indicators.engines.files import engine_on
    from filiera.indicators.engines.postgres import PostgresEngine

    if request.engine == "postgres":
        rebuild_scope()
        yield PostgresEngine()
        return
    with tempfile.TemporaryDirectory(prefix="filiera-figures-") as made:
        folder = request.tables or Path(made)
        if request.tables is None:
            _export_to(folder)
        elif not (folder / "scope.parquet").exists():
            raise CannotRun(f"{folder} holds no exported tables.")
        elif not (folder / "priorities.parquet").exists():
            raise CannotRun(f"{folder} was exported by an earlier version; export it anew.")
        engine = engine_on(request.engine, folder)
        try:
            yield engine
        finally:
            stop = getattr(engine, "stop", None)
            if stop is not None:
                stop()


def _export_to(folder: Path) -> int:
    from filiera.accounts.viewer import SYSTEM  # needs Django's apps
    from filiera.indicators.actions.exporting import export_tables

    is_watched = sys.stderr.isatty()
    return export_tables(
        folder=folder, by=SYSTEM, progress=lambda rows: say(f"{rows} facts …") if is_watched else None
    )


def _figures(
    request: FiguresRequest, engine: "Engine", slugs: dict[int, str], at: datetime
) -> list["Computed"]:
    from filiera.indicators.computing import Task, compute  # needs Django's apps
    from filiera.indicators.queries.declared import declared_figures
    from filiera.indicators.queries.definitions import current_definitions, with_needed

    known = current_definitions()
    unknown = [code for code in request.indicators if code not in known]
    if unknown:
        raise CannotRun(f"There is no indicator {unknown[0]}.")
    task = Task(
        periods=_periods(request, at),
        at=at,
        bodies=tuple(slugs),
        breakdown=request.breakdown,
        declared=declared_figures(slugs),
        is_everybody=request.organisation is None,
    )
    wanted = request.indicators or tuple(known)
    found = [
        figure
        for figure in compute(with_needed(wanted, known), task, engine)
        if figure.definition.code in wanted
    ]
    return sorted(
        found,
        key=lambda figure: (
            figure.definition.code,
            slugs[int(figure.body)],
            figure.period.code,
            figure.breakdown,
        ),
    )


def _as_file(request: FiguresRequest, found: list["Computed"], slugs: dict[int, str], at: datetime) -> bytes:
    from filiera.indicators.exports import FORMATS  # needs Django's apps
    from filiera.indicators.exports.rows import computed_rows

    return FORMATS[request.format].write(computed_rows(found, slugs, request.breakdown, at))


def _row(figure: "Computed", slugs: dict[int, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "indicator": figure.definition.code,
        "organisation": slugs[int(figure.body)],
        "period": figure.period.code,
        "breakdown": figure.breakdown,
        "value": figure.value,
        "unit": figure.definition.unit.value,
        "definition_version": figure.definition.version,
    }
    return row if figure.value is not None else {**row, "reason": str(figure.missing)}


def _bodies(request: FiguresRequest) -> dict[int, str]:
    from filiera.indicators.queries.bodies import bodies_with_figures  # needs Django's apps

    if request.organisation is not None:
        organisation = _organisation(request.organisation)
        return {organisation.pk: organisation.slug}
    if request.tables is not None and request.engine != "postgres":
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(request.tables / "bodies.parquet").to_pydict()
        return dict(zip(table["body"], table["slug"], strict=True))
    return dict(bodies_with_figures().order_by("slug").values_list("pk", "slug"))


def _periods(request: FiguresRequest, at: datetime) -> tuple["Period", ...]:
    from django.db.models import Min  # needs Django's apps

    from filiera.indicators.definition import PeriodKind
    from filiera.indicators.periods import parse_period, periods_between
    from filiera.ledger.models import Fact

    if request.period is not None:
        return (parse_period(request.period),)
    first = Fact.objects.aggregate(first=Min("happened_at"))["first"]
    return tuple(periods_between(first or at, at, PeriodKind.YEAR))


def _organisation(slug: str) -> "Organisation":
    from filiera.organisations.models import Organisation  # needs Django's apps

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CannotRun(f"There is no organisation {slug!r}.")
    return found


def _as_json(figures: list[dict[str, Any]]) -> str:
    """Numbers stand there with all their digits: a float would lose some."""
    lines = []
    for row in figures:
        told = (
            (key, _number(value) if key == "value" else json.dumps(value, ensure_ascii=False))
            for key, value in row.items()
        )
        lines.append("{" + ", ".join(f'"{key}": {value}' for key, value in told) + "}")
    return '{"values": [\n' + ",\n".join(lines) + "\n]}\n"


def _number(value: Any) -> str:
    return "null" if value is None else f"{value:f}"


def _as_csv(figures: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in figures:
        writer.writerow(["" if row[column] is None else row[column] for column in COLUMNS])
    return out.getvalue()


def _write(request: FiguresRequest, content: bytes) -> None:
    if request.to is None:
        sys.stdout.write(content.decode())
        return
    request.to.write_bytes(content)
