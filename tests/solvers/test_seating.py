from dataclasses import replace

import numpy as np
import pytest

from filiera_solvers import (
    InvalidInstance,
    Limits,
    SeatingInstance,
    Status,
    Table,
    Verdict,
    check_seating,
    evenly_filled,
    solve_seating,
)


def limits(time_limit_s: float = 0.5, *, seed: int = 1) -> Limits:
    return Limits(time_limit_s=time_limit_s, seed=seed)


def dinner(guests: int = 24, **rules: object) -> SeatingInstance:
    """Four tables of eight; two of them need a host, one serves vegan food."""
    tables = (
        Table(name="A", seats=8, smallest=5, hosts=1),
        Table(name="B", seats=8, smallest=5, hosts=1),
        Table(name="C", seats=8, smallest=5, diets=frozenset({"vegan"})),
        Table(name="D", seats=8, smallest=5, diets=frozenset()),
    )
    return SeatingInstance(
        **{
            "names": tuple(f"guest {number}" for number in range(guests)),
            "tables": tables,
            "hosts": frozenset({0, 1, 2}),
            "diets": tuple(frozenset({"vegan"} if number % 6 == 5 else ()) for number in range(guests)),
            "distance": (np.arange(guests)[:, None] % 4 != np.arange(guests)[None, :] % 4).astype(float),
            **rules,
        }
    )


def test_hosts_diets_and_company_are_respected():
    instance = dinner(together=((3, 4),), apart=((6, 7),), wishes=((8, 9, 5.0),), met=((10, 11, 50.0),))

    result = solve_seating(instance, limits())

    assert result.checker == Verdict(True, result.value)
    assert result.table_of[8] == result.table_of[9]
    assert result.table_of[10] != result.table_of[11]


def test_two_hosts_a_table_sit_where_they_are_needed():
    tables = tuple(Table(name=str(number), seats=6, smallest=5, hosts=2) for number in range(4))

    result = solve_seating(dinner(tables=tables, hosts=frozenset(range(8)), diets=()), limits())

    assert result.checker == Verdict(True, result.value)


def test_a_small_dinner_is_proven():
    tables = (Table(name="A", seats=3), Table(name="B", seats=3))
    instance = SeatingInstance(
        names=("a", "b", "c", "d", "e"),
        tables=tables,
        wishes=((0, 1, 2.0), (1, 2, 1.0), (3, 4, 1.0), (0, 3, 1.0)),
    )

    result = solve_seating(instance, limits())

    assert (result.status, result.value, result.bound) == (Status.OPTIMAL, 4.0, 4.0)
    assert result.table_of[0] == result.table_of[1] == result.table_of[2]


def test_more_guests_of_a_diet_than_seats_is_named():
    served = (
        Table(name="A", seats=2, diets=frozenset({"vegan"})),
        Table(name="B", seats=9, diets=frozenset()),
    )
    instance = SeatingInstance(
        names=tuple("abcde"),
        tables=served,
        diets=tuple(frozenset({"vegan"} if name in "abc" else ()) for name in "abcde"),
    )

    result = solve_seating(instance, limits(60))

    assert result.status is Status.INFEASIBLE
    assert result.conflict == ("3 guests may only sit at A, with 2 seats: a, b, c",)


def test_hosts_are_found_where_few_draws_would_find_them():
    """Of forty hosts one may sit at the table that needs one: drawing who is on duty hardly finds it."""
    tables = (
        Table(name="A", seats=10, hosts=1, diets=frozenset({"vegan"})),
        Table(name="B", seats=42, diets=frozenset({"meat"})),
    )
    guests = 45
    instance = SeatingInstance(
        names=tuple(f"g{number}" for number in range(guests)),
        tables=tables,
        hosts=frozenset(range(40)),
        diets=tuple(frozenset({"vegan" if number in (7, 41, 42) else "meat"}) for number in range(guests)),
    )

    result = solve_seating(instance, limits(60))

    assert result.checker is not None
    assert result.checker.valid
    assert result.table_of[7] == 0


def test_a_host_who_must_be_in_two_places_is_named_and_nothing_else():
    tables = (Table(name="A", seats=4, hosts=1), Table(name="B", seats=4, hosts=1))
    instance = SeatingInstance(
        names=tuple("abcdefgh"), tables=tables, hosts=frozenset({0, 1}), together=((0, 1), (2, 3))
    )

    result = solve_seating(instance, limits(60))

    assert result.status is Status.INFEASIBLE
    assert set(result.conflict) == {
        "table A needs 1 of the hosts", "table B needs 1 of the hosts", "a and b must be together",
    }  # fmt: skip


def test_too_few_hosts_is_named():
    result = solve_seating(dinner(hosts=frozenset({0})), limits())

    assert (result.status, result.conflict) == (
        Status.INFEASIBLE,
        ("the tables need 2 hosts, there are 1",),
    )


def test_the_checker_finds_planted_errors():
    instance = SeatingInstance(
        names=("a", "b", "c", "d"),
        tables=(
            Table(name="A", seats=2, hosts=1),
            Table(name="B", seats=3, smallest=2, diets=frozenset()),
        ),
        hosts=frozenset({3}),
        diets=(frozenset(), frozenset(), frozenset(), frozenset({"vegan"})),
        together=((0, 3),),
        apart=((0, 1),),
        wishes=((0, 1, 2.0),),
    )

    verdict = check_seating(instance, [0, 0, 0, 1])

    assert verdict == Verdict(
        False,
        2.0,
        (
            "table A has 3 guests, not 0 to 2",
            "table A has 0 hosts, not 1",
            "table B has 1 guests, not 2 to 3",
            "table B does not serve vegan to d",
            "a and d are not together",
            "a and b are together",
        ),
    )


def test_tables_are_filled_evenly_by_default():
    assert evenly_filled([8, 8, 4], 15).tolist() == [6, 6, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ("a", "a")}, "names must be different names"),
        ({"tables": (Table(name="A", seats=3),)}, "the tables hold 0 to 3 guests, but there are 24"),
        ({"hosts": frozenset({99})}, "hosts names guests from 0 to 23"),
        ({"apart": ((3, 3),)}, "apart has the pair 3 and 3"),
        ({"met": ((0, 1, -1.0),)}, "met must have costs >= 0"),
        ({"wishes": ((0, 1, float("nan")),)}, "wishes of 0 and 1 is nan"),
        ({"mix_weight": -1.0}, "mix_weight must be a number >= 0"),
    ],
)
def test_broken_data_is_refused_with_its_place(change, message):
    with pytest.raises(InvalidInstance) as caught:
        replace(dinner(), **change)

    assert str(caught.value).startswith(message)


def test_a_table_checks_itself():
    with pytest.raises(InvalidInstance, match="table A needs 0 <= smallest <= seats, not 3 and 2"):
        Table(name="A", seats=2, smallest=3)
