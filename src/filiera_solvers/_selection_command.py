"""Selection on the command line: reading the file, writing the cohort and its reasons."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._json_input import Fields, Names, as_list, as_text, as_whole, read_fields
from filiera_solvers._registry import Command, Json
from filiera_solvers._selection import solve_selection
from filiera_solvers._selection_instance import (
    BoolArray,
    CohortLimit,
    CohortTarget,
    Reason,
    SelectionInstance,
    SelectionResult,
)

Values = dict[str, list[set[str]]]


def read_selection(path: Path) -> SelectionInstance:
    """Read a file as in ``docs/solvers/selection.schema.json``; InvalidInstance names what is wrong."""
    fields = read_fields(path)
    fields.refuse_others(
        *("name", "seed", "places", "candidates", "limits", "targets", "most_per_organisation"),
        *("pinned", "excluded"),
    )
    rows = fields.objects("candidates")
    for row in rows:
        row.refuse_others("id", "score", "organisation", "attributes")
    names = Names([row.text("id") for row in rows], "candidate")
    values = _attributes(rows)
    limits = [limit for field in fields.objects("limits", ()) for limit in _limits(field, values, len(rows))]
    if "most_per_organisation" in fields:
        limits += _organisation_limits(fields, rows)
    least, most = _places(fields)
    return SelectionInstance(
        candidates=names.names,
        scores=np.array([row.number("score") for row in rows], dtype=np.float64),
        least_places=least,
        most_places=most,
        limits=tuple(limits),
        targets=tuple(_target(field, values, len(rows)) for field in fields.objects("targets", ())),
        pinned=_named(fields, "pinned", names),
        excluded=_named(fields, "excluded", names),
    )


def encode_selection(instance: SelectionInstance, result: SelectionResult) -> Json:
    """Return the cohort with the file's ids, the counts of all limits and the reasons."""
    chosen = [name for name, is_in in zip(instance.candidates, result.chosen, strict=True) if is_in]
    counts: dict[str, Json] = {}
    rules: list[CohortLimit | CohortTarget] = [*instance.limits, *instance.targets]
    for rule in rules:
        counts[rule.name] = int(result.chosen[rule.members].sum())
    return {
        "chosen": list(chosen),
        "counts": counts,
        "reasons": [_reason(instance, reason) for reason in result.reasons],
        "reasons_s": round(result.reasons_s, 3),
    }


def _reason(instance: SelectionInstance, reason: Reason) -> Json:
    return {
        "candidate": instance.candidates[reason.candidate],
        "chosen": reason.chosen,
        "reason": reason.kind.value,
        "limits": list(reason.limits),
        "points": reason.points,
        "impossible": reason.impossible,
        "smallest": reason.is_smallest,
        "moves": [instance.candidates[candidate] for candidate in reason.moves],
    }


def _places(fields: Fields) -> tuple[int, int]:
    where = f"{fields.where}: places"
    if isinstance(fields.values.get("places"), dict):
        bounds = Fields(fields.values["places"], where)
        bounds.refuse_others("least", "most")
        return as_whole(bounds.whole("least"), where, least=0), as_whole(bounds.whole("most"), where, least=0)
    places = as_whole(fields.whole("places"), where, least=0)
    return places, places


def _attributes(rows: list[Fields]) -> Values:
    values: Values = {}
    for index, row in enumerate(rows):
        for attribute, given in row.mapping("attributes").items():
            where = f"{row.where}: {attribute}"
            texts = given if isinstance(given, list) else [given]
            known = values.setdefault(attribute, [set() for _ in rows])
            known[index] = {as_text(text, where) for text in texts}
    return values


def _limits(field: Fields, values: Values, count: int) -> list[CohortLimit]:
    field.refuse_others("name", "attribute", "value", "values", "each", "least", "most")
    least = field.whole("least") if "least" in field else None
    most = field.whole("most") if "most" in field else None
    attribute = field.text("attribute")
    if field.truth("each", default=False):
        held = _held(field, attribute, values)
        every = sorted(set().union(*held))
        return [
            CohortLimit(
                name=f"{field.text('name', attribute)} {value}",
                members=np.array([value in own for own in held], dtype=np.bool_),
                least=least,
                most=most,
                family=field.text("name", attribute),
            )
            for value in every
        ]
    name, members = _group(field, values, count)
    return [CohortLimit(name=name, members=members, least=least, most=most)]


def _target(field: Fields, values: Values, count: int) -> CohortTarget:
    field.refuse_others("name", "attribute", "value", "values", "target", "weight")
    name, members = _group(field, values, count)
    return CohortTarget(
        name=name, members=members, target=field.whole("target"), weight=field.number("weight", 1.0)
    )


def _group(field: Fields, values: Values, count: int) -> tuple[str, BoolArray]:
    attribute = field.text("attribute")
    held = _held(field, attribute, values)
    wanted = {as_text(value, f"{field.where}: values") for value in field.items("values", ())}
    if "value" in field:
        wanted.add(field.text("value"))
    if not wanted:
        raise InvalidInstance(f"{field.where}: neither value nor values is given")
    members = np.array([bool(own & wanted) for own in held], dtype=np.bool_).reshape(count)
    return field.text("name", f"{attribute} {', '.join(sorted(wanted))}"), members


def _held(field: Fields, attribute: str, values: Values) -> list[set[str]]:
    if attribute not in values:
        raise InvalidInstance(f"{field.where}: no candidate has the attribute {attribute!r}")
    return values[attribute]


def _organisation_limits(fields: Fields, rows: list[Fields]) -> list[CohortLimit]:
    most = as_whole(fields.whole("most_per_organisation"), f"{fields.where}: most_per_organisation", least=0)
    own = [row.text("organisation") for row in rows]
    return [
        CohortLimit(
            name=f"organisation {organisation}",
            members=np.array([name == organisation for name in own], dtype=np.bool_),
            most=most,
            family="organisation",
        )
        for organisation in sorted(set(own))
        if own.count(organisation) > most
    ]


def _named(fields: Fields, name: str, names: Names) -> BoolArray:
    marked = np.zeros(len(names), dtype=np.bool_)
    for candidate in as_list(fields.items(name, ()), f"{fields.where}: {name}"):
        marked[names.position(candidate, f"{fields.where}: {name}")] = True
    return marked


COMMAND = Command(
    name="selection",
    read=read_selection,
    solve=partial(solve_selection, with_reasons=True),
    encode=encode_selection,
)
