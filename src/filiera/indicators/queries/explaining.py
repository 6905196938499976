"""The three doors of a figure as data."""

from typing import Any

from filiera.accounts.viewer import Viewer
from filiera.indicators.queries.figures import Figure, history_of
from filiera.indicators.queries.records import records_of


def explain(viewer: Viewer, figure: Figure) -> dict[str, Any]:
    """The three doors of a figure as data: definition, records by kind, history."""
    records = records_of(viewer, figure)
    history = history_of(viewer, figure)
    return {
        "indicator": figure.code,
        "organisation": figure.body_slug,
        "period": figure.period.code,
        "breakdown": figure.breakdown,
        "value": figure.value,
        "missing": figure.missing,
        "unit": figure.definition.unit.value,
        "declared": figure.is_declared,
        "computed_at": figure.computed_at.isoformat() if figure.computed_at else None,
        "inputs_digest": figure.digest,
        "definition": {**figure.definition.body, "version": figure.definition.version},
        "records": {
            "facts": records.count,
            "by_kind": records.by_kind,
            "formed_from": [part.code for part in records.parts],
            "shown": [f"{fact.year}/{fact.id}" for fact in records.facts],
        },
        "history": {
            "values": [
                {"period": past.period.code, "value": past.value, "missing": past.missing}
                for past in history.values
            ],
            "revisions": [
                {
                    "period": revision.figure.period.code,
                    "was": revision.was,
                    "is": revision.became,
                    "facts_arrived": revision.facts_arrived,
                    "arrived_at": revision.arrived_at.isoformat(),
                }
                for revision in history.revisions
            ],
        },
    }
