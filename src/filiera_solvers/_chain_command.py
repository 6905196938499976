"""Chains on the command line: reading the file, writing the chains."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._chain import solve_chain
from filiera_solvers._chain_instance import (
    BoolArray,
    Chain,
    ChainInstance,
    ChainResult,
    ChainRules,
    FloatArray,
    IntArray,
)
from filiera_solvers._errors import InvalidInstance
from filiera_solvers._json_input import Fields, Names, as_list, as_number, as_text, read_fields
from filiera_solvers._registry import Command, Json


def read_chain(path: Path) -> ChainInstance:
    """Read a file as in ``docs/solvers/chain.schema.json``; InvalidInstance names what is wrong."""
    fields = read_fields(path)
    fields.refuse_others(
        *("name", "seed", "stages", "countries", "candidates", "links", "pair_links", "rules", "weights"),
        *("fixed", "excluded", "previous", "alternatives", "least_difference", "front"),
    )
    stages = _names(fields, "stages", "stage")
    countries = _names(fields, "countries", "country")
    rows = _Rows(fields, stages, countries)
    pairs, pair_link = _pair_links(fields, rows.names)
    weights = Fields(fields.mapping("weights"), f"{fields.where}: weights")
    weights.refuse_others("fit", "link", "second")
    return ChainInstance(
        candidates=rows.names.names,
        organisations=rows.organisations.names,
        stages=stages.names,
        countries=countries.names,
        organisation=rows.organisation,
        stage=rows.stage,
        country=rows.country,
        is_sme=rows.is_sme,
        fit=rows.fit,
        link=_links(fields, len(stages), len(countries)),
        pairs=pairs,
        pair_link=pair_link,
        fixed=_marked(fields, "fixed", rows.names),
        excluded=_marked(fields, "excluded", rows.names),
        previous=_previous(fields, stages, rows),
        rules=_rules(fields),
        fit_weight=weights.number("fit", 1.0),
        link_weight=weights.number("link", 1.0),
        second_weight=weights.number("second", 0.25),
        alternatives=fields.whole("alternatives", 1),
        least_difference=fields.whole("least_difference", 1),
        front=fields.whole("front", 0),
    )


def encode_chain(instance: ChainInstance, result: ChainResult) -> Json:
    """Return the chains with the file's ids."""
    return {
        "chain": None if result.best is None else _chain(instance, result.best),
        "others": [_chain(instance, chain) for chain in result.others],
        "front": [_chain(instance, chain) for chain in result.front],
        "candidates": len(instance.candidates),
        "kept": result.kept,
    }


def _chain(instance: ChainInstance, chain: Chain) -> Json:
    stages: list[Json] = []
    for stage, name in enumerate(instance.stages):
        candidate, second = int(chain.members[stage]), int(chain.seconds[stage])
        stages.append(
            {
                "stage": name,
                "candidate": instance.candidates[candidate],
                "organisation": instance.organisations[instance.organisation[candidate]],
                "country": instance.countries[instance.country[candidate]],
                "sme": bool(instance.is_sme[candidate]),
                "fit": float(instance.fit[candidate]),
                "second": None if second < 0 else instance.candidates[second],
            }
        )
    return {"value": chain.value, "fit": chain.fit_sum, "link": chain.link_sum, "stages": stages}


class _Rows:
    """The candidates of a file, column by column."""

    def __init__(self, fields: Fields, stages: Names, countries: Names) -> None:
        rows = fields.objects("candidates")
        where = [row.where for row in rows]
        for row in rows:
            row.refuse_others("id", "organisation", "stage", "country", "sme", "fit")
        self.names = Names([row.text("id") for row in rows], "candidate")
        own = [row.text("organisation", row.text("id")) for row in rows]
        self.organisations = Names(list(dict.fromkeys(own)), "organisation")
        self.organisation = _whole([self.organisations.position(name, "") for name in own])
        self.stage = _whole(
            [stages.position(_key(row, "stage"), at) for row, at in zip(rows, where, strict=True)]
        )
        self.country = _whole(
            [countries.position(row.text("country"), at) for row, at in zip(rows, where, strict=True)]
        )
        self.is_sme = np.array([row.truth("sme") for row in rows], dtype=np.bool_)
        self.fit = np.array([row.number("fit") for row in rows], dtype=np.float64)


def _whole(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _key(row: Fields, name: str) -> object:
    return row.values.get(name)


def _names(fields: Fields, name: str, what: str) -> Names:
    return Names([as_text(value, f"{fields.where}: {name}") for value in fields.items(name)], what)


def _links(fields: Fields, stages: int, countries: int) -> FloatArray:
    """Read one matrix per pair of following stages: rows are the countries handing over."""
    given = fields.items("links", ())
    where = f"{fields.where}: links"
    if not given:
        return np.zeros((max(stages - 1, 0), countries, countries))
    rows = [
        [[as_number(value, where) for value in as_list(row, where)] for row in as_list(matrix, where)]
        for matrix in given
    ]
    if len(rows) != stages - 1 or any(
        len(matrix) != countries or any(len(row) != countries for row in matrix) for matrix in rows
    ):
        raise InvalidInstance(f"{where} must be {stages - 1} matrices of {countries} by {countries}")
    return np.array(rows, dtype=np.float64).reshape(stages - 1, countries, countries)


def _pair_links(fields: Fields, names: Names) -> tuple[IntArray, FloatArray]:
    pairs, links = [], []
    for index, value in enumerate(fields.items("pair_links", ())):
        where = f"{fields.where}: pair_links[{index}]"
        row = as_list(value, where)
        if len(row) != 3:
            raise InvalidInstance(f"{where}: two candidates and a number were expected")
        pairs.append([names.position(row[0], where), names.position(row[1], where)])
        links.append(as_number(row[2], where))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(links, dtype=np.float64)


def _rules(fields: Fields) -> ChainRules:
    given = Fields(fields.mapping("rules"), f"{fields.where}: rules")
    given.refuse_others(
        *("least_countries", "most_per_country", "least_sme_share", "most_per_organisation"),
        *("second_source", "second_other_country", "most_changes"),
    )
    return ChainRules(
        least_countries=given.whole("least_countries", 1),
        most_per_country=given.whole("most_per_country") if "most_per_country" in given else None,
        least_sme_share=given.number("least_sme_share", 0.0),
        most_per_organisation=given.whole("most_per_organisation", 1),
        second_source=given.truth("second_source", default=False),
        second_other_country=given.truth("second_other_country", default=False),
        most_changes=given.whole("most_changes") if "most_changes" in given else None,
    )


def _marked(fields: Fields, name: str, names: Names) -> BoolArray:
    marked = np.zeros(len(names), dtype=np.bool_)
    for candidate in fields.items(name, ()):
        marked[names.position(candidate, f"{fields.where}: {name}")] = True
    return marked


def _previous(fields: Fields, stages: Names, rows: _Rows) -> IntArray:
    previous = np.full(len(stages), -1, dtype=np.int64)
    where = f"{fields.where}: previous"
    for candidate in fields.items("previous", ()):
        position = rows.names.position(candidate, where)
        previous[rows.stage[position]] = position
    return previous


COMMAND = Command(name="chain", read=read_chain, solve=solve_chain, encode=encode_chain)
