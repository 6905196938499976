"""What methods are made of: steps of ten blocks, as data that a facilitator can write without code.

A method is a list of steps; each names one block and says for how long, for whom hidden, how many cards or
dots, in which areas. Nothing here knows the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

Words = Mapping[str, str]

MOST_STEPS = 20
MOST_AREAS = 12
MOST_ROLES = 8
MOST_TURNS = 12
MOST_MINUTES = 180
# Of cards in one turn, or of dots in one step, for each person.
MOST_EACH = 20
LONGEST_CARD = 500
POINTS = (1, 2, 3, 4, 5)
"""Where something can be placed on an axis."""


class Block(models.TextChoices):
    EXPLAIN = "explain", gettext_lazy("Explain")
    WRITE = "write", pgettext_lazy("block of a method", "Write")
    PASS_ON = "pass_on", gettext_lazy("Write and pass on")
    CHAIN = "chain", gettext_lazy("Ask why, again and again")
    CANVAS = "canvas", gettext_lazy("Fill a canvas")
    ROTATE = "rotate", gettext_lazy("Go from table to table")
    GROUP = "group", gettext_lazy("Put together what belongs together")
    VOTE = "vote", gettext_lazy("Vote with dots")
    PLACE = "place", gettext_lazy("Place on two axes")
    DISCUSS = "discuss", pgettext_lazy("block of a method", "Discuss")


class Layout(models.TextChoices):
    """How areas lie beside each other on wide screens; on a phone they follow each other."""

    COLUMNS = "columns", gettext_lazy("Columns")
    QUADRANTS = "quadrants", gettext_lazy("Two by two")
    THREES = "threes", gettext_lazy("Three in a row")
    BUSINESS_MODEL = "business_model", gettext_lazy("Business-model canvas (nine areas)")


WRITING = frozenset({Block.WRITE, Block.PASS_ON, Block.CHAIN, Block.CANVAS, Block.ROTATE})
"""Blocks in which cards are written."""
TAKING = frozenset({Block.GROUP, Block.VOTE, Block.PLACE, Block.DISCUSS})
"""Blocks that work on what an earlier step gave."""
GIVING = WRITING | {Block.GROUP, Block.VOTE, Block.PLACE}
BY_TURNS = frozenset({Block.PASS_ON, Block.ROTATE, Block.DISCUSS})
WITH_AREAS = frozenset({Block.CANVAS, Block.ROTATE})
MAY_BE_SILENT = frozenset({Block.WRITE, Block.PASS_ON, Block.CANVAS, Block.VOTE, Block.PLACE})

MEANING: Mapping[str, Any] = {
    Block.EXPLAIN: gettext_lazy("Words on every screen, and a clock."),
    Block.WRITE: gettext_lazy("Everybody writes cards, hidden from the others or open."),
    Block.PASS_ON: gettext_lazy("Each has a sheet; after every turn it goes to the next, who builds on it."),
    Block.CHAIN: gettext_lazy("Each answer is asked why again, until the cause is found."),
    Block.CANVAS: gettext_lazy("Cards go into named areas, which lie as on paper."),
    Block.ROTATE: gettext_lazy("Tables with a question each; after every turn people move to the next."),
    Block.GROUP: gettext_lazy("Cards are put into piles, and the piles get a name."),
    Block.VOTE: gettext_lazy("Each has so many dots, and so many for one card at most."),
    Block.PLACE: gettext_lazy("Each says where a card lies on two axes; the middle of all is shown."),
    Block.DISCUSS: gettext_lazy("Talk with a clock, about everything or about one card after the other."),
}


@dataclass(frozen=True, slots=True)
class Area:
    """A named field of a canvas, or a table."""

    code: str
    name: Words
    hint: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Axis:
    name: Words
    low: Words = field(default_factory=dict)
    high: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Role:
    """What one of the circle does besides, such as keeping the time."""

    code: str
    name: Words
    task: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: a block with its settings. `limit` counts cards in a turn or dots, for each person."""

    code: str
    block: str
    title: Words
    text: Words = field(default_factory=dict)
    minutes: int = 5
    turns: int = 1
    is_silent: bool = False
    limit: int = 5
    # Of dots on one card.
    on_one: int = 1
    # How far a chain goes.
    links: int = 5
    # With which words a card begins.
    begins: Words = field(default_factory=dict)
    areas: tuple[Area, ...] = ()
    layout: str = Layout.COLUMNS
    across: Axis | None = None
    upwards: Axis | None = None
    # An earlier step by its code; empty for the nearest that gives something.
    source: str = ""
    # How many of what the source gives; 0 for all.
    top: int = 0

    @property
    def is_writing(self) -> bool:
        return self.block in WRITING

    @property
    def has_turns(self) -> bool:
        return self.block in BY_TURNS and self.turns > 1

    @property
    def whole_minutes(self) -> int:
        return self.minutes * (self.turns if self.block in BY_TURNS else 1)

    def area(self, code: str) -> Area | None:
        return next((each for each in self.areas if each.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A whole method, as a version keeps it."""

    title: Words
    summary: Words = field(default_factory=dict)
    # For how many it is meant, in words of numbers such as "4-8".
    people: str = ""
    roles: tuple[Role, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(step.whole_minutes for step in self.steps)

    def step(self, code: str) -> Step | None:
        return next((each for each in self.steps if each.code == code), None)

    def place_of(self, code: str) -> int | None:
        return next((place for place, each in enumerate(self.steps) if each.code == code), None)

    def source_of(self, step: Step) -> Step | None:
        """The step on whose yield this one works."""
        place = self.place_of(step.code) or 0
        earlier = self.steps[:place]
        if step.source:
            return next((each for each in earlier if each.code == step.source), None)
        return next((each for each in reversed(earlier) if each.block in GIVING), None)


def problems(content: Content) -> list[str]:
    """Why a method cannot be held yet, in sentences; empty when it can."""
    if not any(content.title.values()):
        return [_("The method has no title yet.")]
    if not content.steps:
        return [_("The method has no steps yet.")]
    return [sentence for step in content.steps for sentence in _problems_of(content, step)]


def _problems_of(content: Content, step: Step) -> Iterator[str]:
    title = next(iter(step.title.values()), step.code)
    if step.block in WITH_AREAS and not step.areas:
        yield _("“%(step)s” has no areas yet.") % {"step": title}
    if step.block == Block.PLACE and (step.across is None or step.upwards is None):
        yield _("“%(step)s” has no axes yet.") % {"step": title}
    needs_source = step.block in TAKING and (step.block != Block.DISCUSS or step.source)
    if needs_source and content.source_of(step) is None:
        yield _("“%(step)s” works on cards, and no step before it gives any.") % {"step": title}


def content_from(data: Mapping[str, Any]) -> Content:
    """Read a method from stored or packaged data; what it does not say has its usual value."""
    return Content(
        title=_words(data.get("title")),
        summary=_words(data.get("summary")),
        people=str(data.get("people", "")),
        roles=tuple(
            Role(str(each["code"]), _words(each.get("name")), _words(each.get("task")))
            for each in data.get("roles", ())
        ),
        steps=tuple(step_from(each) for each in data.get("steps", ())),
    )


def step_from(data: Mapping[str, Any]) -> Step:
    plain = {
        name: data[name]
        for name in (
            "minutes", "turns", "is_silent", "limit", "on_one", "links", "layout", "source", "top",
        )
        if name in data
    }  # fmt: skip
    return Step(
        code=str(data["code"]),
        block=Block(data["block"]).value,
        title=_words(data.get("title")),
        text=_words(data.get("text")),
        begins=_words(data.get("begins")),
        areas=tuple(
            Area(str(each["code"]), _words(each.get("name")), _words(each.get("hint")))
            for each in data.get("areas", ())
        ),
        across=_axis(data.get("across")),
        upwards=_axis(data.get("upwards")),
        **plain,
    )


def data_of(content: Content) -> dict[str, Any]:
    """The method as it is stored: the other way round."""
    return {
        "title": dict(content.title),
        "summary": dict(content.summary),
        "people": content.people,
        "roles": [_plain(each) for each in content.roles],
        "steps": [_plain(each) for each in content.steps],
    }


def _plain(row: Any) -> dict[str, Any]:
    found = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if isinstance(value, Axis):
            value = _plain(value)
        elif isinstance(value, tuple):
            value = [_plain(part) for part in value]
        elif isinstance(value, Mapping):
            value = dict(value)
        if value is not None:
            found[each.name] = value
    return found


def _axis(data: Mapping[str, Any] | None) -> Axis | None:
    if not data:
        return None
    return Axis(_words(data.get("name")), _words(data.get("low")), _words(data.get("high")))


def _words(data: Any) -> dict[str, str]:
    return {str(language): str(text) for language, text in data.items() if text} if data else {}


def sheet_for(place: int, turn: int, sheets: Sequence[int]) -> int:
    """Which sheet lies before the person at a place of the circle; in each turn no two have the same."""
    return sheets[(place - (turn - 1)) % len(sheets)]


def table_for(place: int, turn: int, areas: Sequence[Area], people: int) -> tuple[Area, bool]:
    """At which table somebody sits in a turn, and whether as its host, who stays while others go on.

    There are hosts where at least one other person comes to each table.
    """
    hosts = len(areas) if people >= 2 * len(areas) else 0
    if place < hosts:
        return areas[place], True
    return areas[(place + turn - 1) % len(areas)], False
