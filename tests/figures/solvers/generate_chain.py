"""Companies for value chains made from a seed: countries by population, four fifths small or medium-sized.

``python tests/figures/solvers/generate_chain.py --companies 5000 --seed 1`` prints one.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from filiera_solvers._chain_instance import ChainInstance, ChainRules

# Twenty countries of the European Union and their population in millions (Eurostat, 1 January 2024, rounded).
POPULATION = {
    **{"DE": 83.4, "FR": 68.4, "IT": 59.0, "ES": 48.6, "PL": 36.6, "RO": 19.1, "NL": 17.9, "BE": 11.8},
    **{"CZ": 10.9, "SE": 10.6, "PT": 10.6, "EL": 10.4, "HU": 9.6, "AT": 9.2, "BG": 6.4, "DK": 6.0},
    **{"FI": 5.6, "SK": 5.4, "IE": 5.3, "HR": 3.9},
}
RULES = ChainRules(least_countries=4, most_per_country=2, least_sme_share=0.5, most_per_organisation=1)


def companies(
    seed: int,
    *,
    count: int = 5000,
    stages: int = 8,
    rules: ChainRules = RULES,
    offers_per_organisation: float = 1.0,
    pair_count: int = 0,
    **settings: Any,
) -> ChainInstance:
    """Return candidates at random stages with uniform fits, and uniform links by stage and two countries."""
    dice = np.random.default_rng(seed)
    weights = np.array(list(POPULATION.values()))
    stage = dice.integers(0, stages, count)
    organisations = max(1, round(count / offers_per_organisation))
    organisation = (
        np.arange(count) if offers_per_organisation == 1 else dice.integers(0, organisations, count)
    )
    used, organisation = np.unique(organisation, return_inverse=True)
    country = dice.choice(len(weights), count, p=weights / weights.sum())
    is_sme = dice.random(count) < 0.8
    fit = dice.random(count)
    link = dice.random((stages - 1, len(weights), len(weights)))
    first = dice.integers(0, count, 4 * pair_count)
    second = dice.integers(0, count, 4 * pair_count)
    pairs = np.stack((first, second), axis=1)[stage[first] + 1 == stage[second]]
    pairs = np.unique(pairs, axis=0)[:pair_count]
    nobody = np.zeros(count, dtype=np.bool_)
    return ChainInstance(
        **{
            "candidates": tuple(f"c{index}" for index in range(count)),
            "organisations": tuple(f"o{index}" for index in used.tolist()),
            "stages": tuple(f"stage {index + 1}" for index in range(stages)),
            "countries": tuple(POPULATION),
            "organisation": organisation.astype(np.int64),
            "stage": stage.astype(np.int64),
            "country": country.astype(np.int64),
            "is_sme": is_sme,
            "fit": fit,
            "link": link,
            "pairs": pairs.astype(np.int64).reshape(-1, 2),
            "pair_link": dice.random(len(pairs)) * 1.5,
            "fixed": nobody,
            "excluded": nobody,
            "previous": np.full(stages, -1, dtype=np.int64),
            "rules": rules,
            **settings,
        }
    )


def as_file(instance: ChainInstance, seed: int, digits: int = 3) -> dict[str, Any]:
    """Return the JSON of an instance, its numbers rounded."""
    return {
        "name": f"companies {seed}",
        "seed": seed,
        "stages": list(instance.stages),
        "countries": list(instance.countries),
        "candidates": [
            {
                "id": name,
                "organisation": instance.organisations[instance.organisation[index]],
                "stage": instance.stages[instance.stage[index]],
                "country": instance.countries[instance.country[index]],
                "sme": bool(instance.is_sme[index]),
                "fit": round(float(instance.fit[index]), digits),
            }
            for index, name in enumerate(instance.candidates)
        ],
        "links": np.round(instance.link, digits).tolist(),
        "pair_links": [
            [instance.candidates[first], instance.candidates[second], round(float(link), digits)]
            for (first, second), link in zip(instance.pairs, instance.pair_link, strict=True)
        ],
        "rules": {
            "least_countries": instance.rules.least_countries,
            "most_per_country": instance.rules.most_per_country,
            "least_sme_share": instance.rules.least_sme_share,
            "most_per_organisation": instance.rules.most_per_organisation,
            "second_source": instance.rules.second_source,
        },
        "alternatives": instance.alternatives,
        "least_difference": instance.least_difference,
        "front": instance.front,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--companies", type=int, default=5000)
    parser.add_argument("--stages", type=int, default=8)
    parser.add_argument("--alternatives", type=int, default=1)
    parser.add_argument("--front", type=int, default=0)
    parser.add_argument("--pair-links", type=int, default=0)
    asked = parser.parse_args()
    instance = companies(
        asked.seed,
        count=asked.companies,
        stages=asked.stages,
        pair_count=asked.pair_links,
        alternatives=asked.alternatives,
        least_difference=min(2, asked.stages),
        front=asked.front,
    )
    print(json.dumps(as_file(instance, asked.seed), separators=(",", ":")))


if __name__ == "__main__":
    main()
