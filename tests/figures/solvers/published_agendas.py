"""The agendas whose values their authors published, with the weights under which they valued them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from filiera_solvers._agenda_instance import AgendaInstance

# Conference, their model, what differs from the weights that its workbook carries, the value.
PUBLISHED: tuple[tuple[str, str, dict[str, Any], float], ...] = (
    ("N2OR", "exact", {"consecutive_tracks": 10}, 20),
    ("N2OR", "extended", {"consecutive_tracks": 10, "submissions_order": 0}, 1),
    ("GECCO19", "exact", {"consecutive_tracks": 10, "similar_tracks": 0.1}, 1_000_179),
    ("GECCO19", "extended", {"consecutive_tracks": 10}, 2_000_070),
)


def valued_as_theirs(instance: AgendaInstance, weights: dict[str, Any]) -> AgendaInstance:
    """The same conference under the weights of a published solution."""
    return replace(instance, weights=replace(instance.weights, **weights))
