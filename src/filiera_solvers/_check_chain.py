"""An independent look at a chain: every rule and every figure counted anew, stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from filiera_solvers._chain_instance import ChainInstance
from filiera_solvers._frame import Verdict


def check_chain(instance: ChainInstance, members: Sequence[int], seconds: Sequence[int]) -> Verdict:
    """Say whether a chain (one candidate per stage, and its second sources) keeps every rule; its value."""
    broken = [*_broken_places(instance, members, seconds)]
    if broken:
        return Verdict(valid=False, value=None, broken=tuple(broken))
    broken += [*_broken_limits(instance, members, seconds), *_broken_partners(instance, members)]
    if instance.rules.second_source:
        broken += _broken_seconds(instance, members, seconds)
    value = 0.0
    for stage, candidate in enumerate(members):
        value += instance.fit_weight * float(instance.fit[candidate])
        if stage:
            value += instance.link_weight * _link(instance, members[stage - 1], candidate)
        if seconds[stage] >= 0:
            value += instance.second_weight * float(instance.fit[seconds[stage]])
    return Verdict(valid=not broken, value=value, broken=tuple(broken))


def _link(instance: ChainInstance, first: int, second: int) -> float:
    for row, (source, target) in enumerate(instance.pairs):
        if source == first and target == second:
            return float(instance.pair_link[row])
    return float(instance.link[instance.stage[first]][instance.country[first]][instance.country[second]])


def _broken_places(instance: ChainInstance, members: Sequence[int], seconds: Sequence[int]) -> Iterator[str]:
    if len(members) != len(instance.stages) or len(seconds) != len(instance.stages):
        yield f"{len(members)} members and {len(seconds)} second sources for {len(instance.stages)} stages"
        return
    for stage, name in enumerate(instance.stages):
        if not 0 <= members[stage] < len(instance.candidates):
            yield f"{name}: nobody takes the stage"
            continue
        for candidate in (members[stage], seconds[stage]):
            if candidate >= 0 and instance.stage[candidate] != stage:
                yield f"{name}: {instance.candidates[candidate]} is no candidate for it"
            if candidate >= 0 and instance.excluded[candidate]:
                yield f"{name}: {instance.candidates[candidate]} is excluded"


def _broken_limits(instance: ChainInstance, members: Sequence[int], seconds: Sequence[int]) -> Iterator[str]:
    rules = instance.rules
    countries = Counter(instance.countries[instance.country[candidate]] for candidate in members)
    if len(countries) < rules.least_countries:
        yield f"{len(countries)} countries, at least {rules.least_countries} were asked"
    for country, count in sorted(countries.items()):
        if rules.most_per_country is not None and count > rules.most_per_country:
            yield f"{country}: {count} stages, at most {rules.most_per_country} were asked"
    small = sum(1 for candidate in members if instance.is_sme[candidate])
    if small < rules.least_sme_share * len(members) - 1e-9:
        yield f"{small} stages by small or medium-sized enterprises, {rules.least_sme_share:.0%} were asked"
    everybody = [*members, *(candidate for candidate in seconds if candidate >= 0)]
    organisations = Counter(instance.organisations[instance.organisation[c]] for c in everybody)
    for organisation, count in sorted(organisations.items()):
        if count > rules.most_per_organisation:
            yield f"{organisation}: {count} stages, at most {rules.most_per_organisation} were asked"


def _broken_partners(instance: ChainInstance, members: Sequence[int]) -> Iterator[str]:
    for candidate, name in enumerate(instance.candidates):
        if instance.fixed[candidate] and candidate not in members:
            yield f"{name} is fixed but not in the chain"
    if instance.rules.most_changes is not None:
        changes = sum(
            1 for before, now in zip(instance.previous, members, strict=True) if before >= 0 and before != now
        )
        if changes > instance.rules.most_changes:
            yield f"{changes} stages change hands, at most {instance.rules.most_changes} were asked"


def _broken_seconds(instance: ChainInstance, members: Sequence[int], seconds: Sequence[int]) -> Iterator[str]:
    for stage, name in enumerate(instance.stages):
        first, second = members[stage], seconds[stage]
        if second < 0:
            yield f"{name}: there is no second source"
            continue
        if instance.organisation[first] == instance.organisation[second]:
            yield f"{name}: both sources are {instance.organisations[instance.organisation[first]]}"
        if instance.rules.second_other_country and instance.country[first] == instance.country[second]:
            yield f"{name}: both sources are from {instance.countries[instance.country[first]]}"
