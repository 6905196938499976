"""Draws the pictures of meetings, selection, places and chain: ``python docs/solvers/draw_choices.py``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers import (
    Chain,
    ChainInstance,
    Limits,
    MeetingsInstance,
    ReasonKind,
    solve_chain,
    solve_meetings,
    solve_places,
    solve_selection,
)
from filiera_solvers._chain_command import read_chain
from filiera_solvers._meetings_command import read_meetings
from filiera_solvers._places_command import read_places
from filiera_solvers._selection_command import read_selection

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
LIMITS = Limits(time_limit_s=10, seed=1)
DARK, MIDDLE, LIGHT, SIGNAL = "#0f5246", "#5fa593", "#e4ecea", "#c2410c"
TEXT = 'font-family="sans-serif" font-size="12" fill="#1d2b28"'


def box(left: float, top: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def label(left: float, top: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{left:g}" y="{top:g}" {TEXT} text-anchor="{anchor}">{text}</text>'


def save(name: str, title: str, width: float, height: float, body: str) -> None:
    """Write one picture."""
    (HERE / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{title}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>\n',
        encoding="utf-8",
    )


def days(instance: MeetingsInstance, place: list[int], left: float, cell: float) -> str:
    """Return one row per person and one square per slot: meeting, break or free."""
    body = ""
    for person, name in enumerate(instance.people):
        own = {
            place[meeting] % instance.n_slots
            for meeting, pair in enumerate(instance.pairs.tolist())
            if person in pair and place[meeting] >= 0
        }
        top = 34 + person * (cell + 2)
        body += label(left - 6, top + cell - 4, name, "end")
        for slot in range(instance.n_slots):
            waits = bool(own) and min(own) < slot < max(own)
            fill = DARK if slot in own else SIGNAL if waits else LIGHT
            body += box(left + slot * (cell + 2), top, cell, cell, fill)
    return body


def first_fit(instance: MeetingsInstance) -> list[int]:
    """Give every meeting the first slot that is free: what one does by hand."""
    taken: set[tuple[int, int]] = set()
    load = [0] * instance.n_slots
    place = []
    for pair, allowed in zip(instance.pairs.tolist(), instance.allowed, strict=True):
        free = [
            slot
            for slot in range(instance.n_slots)
            if allowed[slot]
            and load[slot] < instance.capacity[0, slot]
            and not any((person, slot) in taken for person in pair)
        ]
        slot = free[0] if free else -1
        place.append(slot)
        if slot >= 0:
            load[slot] += 1
            taken |= {(person, slot) for person in pair}
    return place


def draw_meetings() -> None:
    """Every person's day by first fit, and as found."""
    instance = read_meetings(EXAMPLES / "meetings-small.json")
    found = solve_meetings(instance, LIMITS)
    cell, width = 18.0, instance.n_slots * 20.0
    body = ""
    by_hand = first_fit(instance)
    for number, (title, place) in enumerate((("first fit", by_hand), ("found", found.place.tolist()))):
        left = 40 + number * (width + 60)
        lost = sum(slot < 0 for slot in place)
        waiting = days(instance, place, left, cell).count(SIGNAL)
        told = f"{title}: {waiting} slots of waiting" + (f", {lost} meetings without a slot" if lost else "")
        body += label(left, 20, told) + days(instance, place, left, cell)
    save(
        "meetings.svg",
        "Each person's day before and after: dark is a meeting, red is a break",
        2 * width + 130,
        44 + len(instance.people) * 20,
        body,
    )


def draw_selection() -> None:
    """Candidates by score, the chosen ones dark, with a mark where a limit decided."""
    instance = read_selection(EXAMPLES / "selection-small.json")
    result = solve_selection(instance, LIMITS, with_reasons=True)
    reasons = {reason.candidate: reason for reason in result.reasons}
    order = np.argsort(-instance.scores, kind="stable").tolist()
    body = label(20, 20, "score; dark: chosen; red edge: a limit, a pin or an exclusion decided")
    for row, candidate in enumerate(order):
        top, long = 30 + row * 18, float(instance.scores[candidate]) * 30
        kind = reasons[candidate].kind
        body += label(50, top + 12, instance.candidates[candidate], "end")
        body += box(56, top, long, 14, DARK if result.chosen[candidate] else LIGHT)
        if kind not in (ReasonKind.SCORE, ReasonKind.TIE):
            body += box(56 + long, top, 4, 14, SIGNAL)
        told = ", ".join(reasons[candidate].limits) or kind.value
        body += label(66 + long, top + 12, f"{instance.scores[candidate]:.2f} {told}")
    save(
        "selection.svg",
        "Candidates by score: chosen, not chosen, and whose decision a limit made",
        640,
        44 + len(order) * 18,
        body,
    )


def draw_places() -> None:
    """A square per wish, darker for higher ranks, with a frame round what was given."""
    instance = read_places(EXAMPLES / "places-small.json")
    result = solve_places(instance, LIMITS)
    shades = (DARK, MIDDLE, "#b7d3cb")
    body = ""
    for option, name in enumerate(instance.options):
        body += label(90 + option * 90, 20, f"{name}: {instance.capacity[option]}", "middle")
    for person, name in enumerate(instance.people):
        top = 30 + person * 24
        body += label(36, top + 14, name, "end")
        for option in range(len(instance.options)):
            rank, left = int(instance.rank[person, option]), 60 + option * 90
            body += box(left, top, 60, 18, shades[min(rank, 3) - 1] if rank else LIGHT)
            if not instance.allowed[person, option]:
                body += label(left + 30, top + 13, "×", "middle")
            if result.option_of[person] == option:
                body += (
                    f'<rect x="{left}" y="{top}" width="60" height="18" fill="none" '
                    f'stroke="{SIGNAL}" stroke-width="3"/>'
                )
    body += label(20, 48 + len(instance.people) * 24, "dark: first wish; ×: condition not met; red: given")
    width = 60 + 90 * len(instance.options) + 20
    save("places.svg", "Who wished what, and who got it", width, 60 + len(instance.people) * 24, body)


def path(instance: ChainInstance, chain: Chain, shade: str, shift: float, told: set[int]) -> str:
    """Return a line through the countries of a chain, with its companies but those told already."""
    points = [
        (70 + stage * 150, 50 + int(instance.country[candidate]) * 22 + shift)
        for stage, candidate in enumerate(chain.members.tolist())
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in points)
    body = f'<polyline points="{line}" fill="none" stroke="{shade}" stroke-width="3"/>'
    for (x, y), candidate in zip(points, chain.members.tolist(), strict=True):
        body += f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{shade}"/>'
        if candidate not in told:
            body += label(x + 10, y + 4, instance.candidates[candidate])
    return body


def draw_chain() -> None:
    """The best chain and the next best through stages and countries."""
    instance = read_chain(EXAMPLES / "chain-small.json")
    result = solve_chain(instance, LIMITS)
    assert result.best is not None
    body = ""
    for stage, name in enumerate(instance.stages):
        body += label(70 + stage * 150, 20, name, "middle")
        body += box(69 + stage * 150, 36, 2, 22 * len(instance.countries), LIGHT)
    for country, name in enumerate(instance.countries):
        body += label(30, 54 + country * 22, name, "end")
    for chain in result.others:
        body += path(instance, chain, MIDDLE, 3, set(result.best.members.tolist()))
    body += path(instance, result.best, DARK, -3, set())
    height = 60 + 22 * len(instance.countries)
    width = 150 * len(instance.stages)
    save("chain.svg", "The best chain through stages and countries, and the next best", width, height, body)


if __name__ == "__main__":
    draw_meetings()
    draw_selection()
    draw_places()
    draw_chain()
