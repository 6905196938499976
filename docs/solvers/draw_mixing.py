"""Draws the pictures of groups, rounds, seating and agenda: ``python docs/solvers/draw_mixing.py``."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiera_solvers import (
    Limits,
    read_agenda,
    read_groups,
    read_rounds,
    read_seating,
    solve_agenda,
    solve_groups,
    solve_rounds,
    solve_seating,
)

HERE = Path(__file__).parent
LIMITS = Limits(time_limit_s=5, seed=1)
SHADES = ("#f2f5f4", "#cfe3dd", "#9cc8bb", "#5fa593", "#2c7d6b", "#0f5246")
TEXT = 'font-family="sans-serif" font-size="12" fill="#1d2b28"'


def heat_map(matrix: NDArray[np.float64], left: float, top: float, cell: float) -> str:
    """Return one path for each shade, light to dark."""
    greatest = float(matrix.max()) or 1.0
    level = np.minimum((matrix / greatest * len(SHADES)).astype(int), len(SHADES) - 1)
    paths = []
    for number, shade in enumerate(SHADES):
        squares = "".join(
            f"M{left + column * cell:g} {top + row * cell:g}h{cell:g}v{cell:g}h-{cell:g}z"
            for row, column in np.argwhere(level == number)
        )
        if squares:
            paths.append(f'<path fill="{shade}" d="{squares}"/>')
    return "".join(paths)


def frames(sizes: list[int], left: float, top: float, cell: float) -> str:
    """Return a frame round each block of the diagonal."""
    drawn, at = "", 0
    for size in sizes:
        drawn += (
            f'<rect x="{left + at * cell:g}" y="{top + at * cell:g}" width="{size * cell:g}" '
            f'height="{size * cell:g}" fill="none" stroke="#c2410c" stroke-width="2"/>'
        )
        at += size
    return drawn


def save(name: str, title: str, width: float, height: float, body: str) -> None:
    """Write one picture."""
    (HERE / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{title}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>\n',
        encoding="utf-8",
    )


def draw_groups() -> None:
    """Distances in the order of the list, and in the order of the groups found."""
    instance = read_groups(HERE / "examples" / "groups-small.json")
    found = solve_groups(instance, LIMITS).group_of
    assert found is not None
    sizes = np.bincount(found).tolist()
    cell, body = 11.0, ""
    for number, (label, order) in enumerate(
        (
            ("in the order of the list", np.arange(len(found))),
            ("groups found", np.argsort(found, kind="stable")),
        )
    ):
        left = 20 + number * (len(found) * cell + 30)
        inside = sum(
            float(instance.distance[one, two])
            for at, size in zip(np.cumsum([0, *sizes[:-1]]), sizes, strict=True)
            for one in order[at : at + size]
            for two in order[at : at + size]
            if one < two
        )
        body += f'<text x="{left:g}" y="22" {TEXT}>{label}: {inside:.1f} inside the frames</text>'
        body += heat_map(instance.distance[np.ix_(order, order)], left, 32, cell)
        body += frames(sizes, left, 32, cell)
    side = len(found) * cell
    save("groups.svg", "Distances between people before and after grouping", 2 * side + 70, side + 45, body)


def draw_rounds() -> None:
    """How often each pair has met, after each round."""
    instance = read_rounds(HERE / "examples" / "rounds-small.json")
    found = solve_rounds(instance, LIMITS).group_of
    assert found is not None
    cell, body, side = 9.0, "", len(found[0]) * 9.0
    met = np.zeros((len(found[0]), len(found[0])))
    for number, row in enumerate(found):
        met += (row[:, None] == row[None, :]) & (row[:, None] >= 0)
        np.fill_diagonal(met, 0)
        left = 20 + number * (side + 20)
        share = float((met > 0).sum()) / (met.size - len(met))
        body += f'<text x="{left:g}" y="22" {TEXT}>round {number + 1}: {share:.0%} have met</text>'
        body += heat_map(np.minimum(met, 2), left, 32, cell)
    save("rounds.svg", "Who has met after each round", len(found) * (side + 20) + 20, side + 45, body)


def draw_seating() -> None:
    """The tables with their guests; guests of one country have one colour."""
    path = HERE / "examples" / "seating-small.json"
    instance = read_seating(path)
    found = solve_seating(instance, LIMITS).table_of
    assert found is not None
    countries = json.loads(path.read_text(encoding="utf-8"))["attributes"][0]["values"]
    hue = {
        country: 360 * number / len(set(countries)) for number, country in enumerate(sorted(set(countries)))
    }
    body = ""
    for number, table in enumerate(instance.tables):
        middle_x, middle_y = 120 + number * 220, 130
        body += f'<circle cx="{middle_x}" cy="{middle_y}" r="52" fill="#f2f5f4" stroke="#5fa593"/>'
        body += f'<text x="{middle_x}" y="{middle_y + 4}" text-anchor="middle" {TEXT}>{table.name}</text>'
        guests = np.flatnonzero(found == number)
        for place, guest in enumerate(guests):
            angle = 2 * math.pi * place / len(guests)
            x, y = middle_x + 80 * math.cos(angle), middle_y + 80 * math.sin(angle)
            mark = ' stroke="#1d2b28" stroke-width="3"' if guest in instance.hosts else ""
            fill = f"hsl({hue[countries[guest]]:.0f} 55% 80%)"
            body += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="19" fill="{fill}"{mark}/>'
            body += f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" {TEXT}>{countries[guest]}</text>'
    save("seating.svg", "Guests at their tables, hosts ringed", 220 * len(instance.tables) + 20, 250, body)


def draw_agenda() -> None:
    """Rooms across, sessions down; one colour a track, and how many time slots are filled."""
    instance = read_agenda(HERE / "examples" / "agenda-small.xlsx")
    result = solve_agenda(instance, LIMITS)
    assert result.track_at is not None
    assert result.submission_at is not None
    body = "".join(
        f'<text x="{130 + 150 * room}" y="24" text-anchor="middle" {TEXT}>{name}</text>'
        for room, name in enumerate(instance.rooms)
    )
    for session, one in enumerate(instance.sessions):
        top = 36 + 46 * session
        body += f'<text x="12" y="{top + 25}" {TEXT}>{one.name}</text>'
        for room in range(len(instance.rooms)):
            track, left = int(result.track_at[session, room]), 60 + 150 * room
            fill = "#f2f5f4" if track < 0 else f"hsl({360 * track / len(instance.tracks):.0f} 55% 82%)"
            body += f'<rect x="{left}" y="{top}" width="142" height="40" rx="4" fill="{fill}"/>'
            if track >= 0:
                filled = int((result.submission_at[session, room] >= 0).sum())
                told = f"{instance.tracks[track]}: {filled} of {one.slots}"
                body += f'<text x="{left + 71}" y="{top + 25}" text-anchor="middle" {TEXT}>{told}</text>'
    height = 46 * len(instance.sessions) + 46
    save("agenda.svg", "Which track is where and when", 60 + 150 * len(instance.rooms), height, body)


if __name__ == "__main__":
    draw_groups()
    draw_rounds()
    draw_seating()
    draw_agenda()
