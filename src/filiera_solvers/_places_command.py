"""Places on the command line: reading the file, writing who goes where."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._json_input import Fields, Names, as_list, as_text, as_whole, read_fields
from filiera_solvers._places import solve_places
from filiera_solvers._places_instance import NOWHERE, PlacesInstance, PlacesResult, PlacesRule
from filiera_solvers._registry import Command, Json


def read_places(path: Path) -> PlacesInstance:
    """Read a file as in ``docs/solvers/places.schema.json``; InvalidInstance names what is wrong."""
    fields = read_fields(path)
    fields.refuse_others(
        "name", "seed", "rule", "draw", "options", "people", "companions", "placed", "leaving"
    )
    options, people = fields.objects("options"), fields.objects("people")
    for option in options:
        option.refuse_others("id", "capacity", "needs")
    for person in people:
        person.refuse_others("id", "wishes", "has")
    option_names = Names([option.text("id") for option in options], "option")
    people_names = Names([person.text("id") for person in people], "person")
    placed = np.full(len(people), NOWHERE, dtype=np.int64)
    for name, value in fields.mapping("placed").items():
        where = f"{fields.where}: placed"
        placed[people_names.position(name, where)] = option_names.position(value, where)
    leaving = np.zeros(len(people), dtype=np.bool_)
    for value in fields.items("leaving", ()):
        leaving[people_names.position(value, f"{fields.where}: leaving")] = True
    return PlacesInstance(
        people=people_names.names,
        options=option_names.names,
        capacity=np.array(
            [as_whole(option.whole("capacity"), f"{option.where}: capacity", least=0) for option in options],
            dtype=np.int64,
        ),
        rank=_ranks(people, option_names),
        allowed=_allowed(people, options),
        companions=_companions(fields, people_names),
        rule=_rule(fields),
        draw=fields.text("draw", ""),
        placed=placed,
        leaving=leaving,
    )


def encode_places(instance: PlacesInstance, result: PlacesResult) -> Json:
    """Return who goes where with the file's ids, the profile, the tickets and the order of refill."""
    places: dict[str, Json] = {}
    for person, name in enumerate(instance.people):
        option = int(result.option_of[person])
        places[name] = None if option < 0 else instance.options[option]
    refill: dict[str, Json] = {}
    for option, name in enumerate(instance.options):
        refill[name] = [instance.people[person] for person in result.refill[option]]
    tickets: dict[str, Json] = dict(zip(instance.people, result.tickets, strict=True))
    return {
        "places": places,
        "profile": list(result.profile),
        "without": [name for name, option in places.items() if option is None],
        "draw": instance.draw or str(result.seed),
        "tickets": tickets,
        "refill": refill,
    }


def _rule(fields: Fields) -> PlacesRule:
    text = fields.text("rule", PlacesRule.RANK_MAXIMAL.value)
    try:
        return PlacesRule(text)
    except ValueError:
        raise InvalidInstance(f"{fields.where}: rule must be rank-maximal or drawn, not {text!r}") from None


def _ranks(people: list[Fields], options: Names) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    rank = np.zeros((len(people), len(options)), dtype=np.int64)
    for index, person in enumerate(people):
        for place, wish in enumerate(person.items("wishes", ()), start=1):
            where = f"{person.where}: wishes"
            option = options.position(wish, where)
            if rank[index, option]:
                raise InvalidInstance(f"{where}: {options.names[option]} is wished twice")
            rank[index, option] = place
    return rank


def _allowed(people: list[Fields], options: list[Fields]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    has = [{as_text(value, f"{person.where}: has") for value in person.items("has", ())} for person in people]
    needs = [
        {as_text(value, f"{option.where}: needs") for value in option.items("needs", ())}
        for option in options
    ]
    allowed = [[needed <= own for needed in needs] for own in has]
    return np.array(allowed, dtype=np.bool_).reshape(len(people), len(options))


def _companions(fields: Fields, people: Names) -> tuple[tuple[int, ...], ...]:
    where = f"{fields.where}: companions"
    return tuple(
        tuple(people.position(person, where) for person in as_list(group, where))
        for group in fields.items("companions", ())
    )


COMMAND = Command(name="places", read=read_places, solve=solve_places, encode=encode_places)
