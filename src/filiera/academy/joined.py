"""A schedule joined from prepared rows: timeline, list or grid, on any zone's clocks, with one's stars."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from itertools import groupby

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.design.pictures import icon_html
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

from .dates import long_day, short_day
from .models import PartMode
from .prepared import CLASSES, HOURS, STAR
from .queries.published import Item, Programme
from .snapshot import FramePart

TIMELINE, LIST, GRID = "timeline", "list", "grid"
VIEWS = (TIMELINE, GRID, LIST)
_ROW_MINUTES = 5
_LONGEST_ROWS = 288


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the grid: a room, or one more column where two sessions may overlap in it."""

    room: str
    number: int


@dataclass(frozen=True)
class Reader:
    """For whom and when a schedule is joined; no stars at all for a visitor."""

    moment: datetime
    zone: str = ""
    stars: frozenset[int] | None = None


@dataclass(frozen=True)
class Schedule:
    """The chosen sessions of a programme, ready to be written out in one of the views."""

    programme: Programme
    items: Sequence[Item]
    rows: Mapping[str, str]
    reader: Reader
    view: str = TIMELINE

    @cached_property
    def days(self) -> dict[date, list[Item]]:
        """The sessions by the date on which they start, on the clocks that are shown."""
        days: dict[date, list[Item]] = {}
        for item in self.items:
            days.setdefault(self.local(item.start, item).date(), []).append(item)
        return days

    def local(self, moment: datetime, item: Item) -> datetime:
        return at_zone(moment, self.reader.zone or item.zone)

    def html(self) -> SafeString:
        """Everything below the filters: one section a day, with the marker of what is next."""
        write = self._grid if self.view == GRID else self._slots
        marked = self._next_item()
        sections = [self._day(day, items, write, marked) for day, items in self.days.items()]
        waiting = "" if marked else _now_marker(is_hidden=True)
        return mark_safe(waiting + "".join(sections))

    def _next_item(self) -> Item | None:
        """Before this one the marker stands; nowhere before the first session and after the last."""
        moment = self.reader.moment
        if not self.items or self.items[0].start > moment:
            return None
        return next((item for item in self.items if item.start > moment), None)

    def _day(
        self,
        day: date,
        items: list[Item],
        write: Callable[[list[Item], Item | None], str],
        marked: Item | None,
    ) -> str:
        return (
            f'<section class="day" id="day-{day.isoformat()}"><h2>{escape(long_day(day))}'
            f"{self._place(day, items)}</h2>{write(items, marked)}</section>"
        )

    def _place(self, day: date, items: list[Item]) -> str:
        parts = {part["slug"]: part for part in self.programme.frame["parts"]}
        held = list(dict.fromkeys(item.part for item in items))
        titles = [
            translated(told["title"])
            for told in self.programme.frame["days"]
            if told["date"] == day.isoformat() and told["part"] in held and told["title"]
        ]
        places = "".join(_part_mark(parts[slug]) for slug in held if slug in parts)
        return "".join(f" <small>{escape(title)}</small>" for title in titles) + places

    def _slots(self, items: list[Item], marked: Item | None) -> str:
        written = []
        for start, group in groupby(items, key=lambda item: item.start):
            held = list(group)
            if marked is not None and start == marked.start:
                written.append(_now_marker(is_hidden=False))
            written.append(self._slot(start, held))
        return "".join(written)

    def _slot(self, start: datetime, items: list[Item]) -> str:
        lengths = {item.minutes for item in items}
        told_once = len(lengths) == 1
        if self.view == LIST:
            until = f"–{self.local(items[0].end, items[0]):%H:%M}" if told_once else ""
            length = ""
        else:
            until = ""
            length = f"<small>{_length(lengths.pop())}</small>" if told_once else ""
        # Where sessions that start together last differently, each says its own hours.
        rows = "".join(self.row(item, says_hours=not told_once) for item in items)
        return (
            f'<div class="slot" data-slot><div class="slot-time"><time datetime="{start:%Y-%m-%dT%H:%MZ}">'
            f"{self.local(start, items[0]):%H:%M}</time>{until}{length}</div>"
            f'<div class="slot-sessions">{rows}</div></div>'
        )

    def row(self, item: Item, *, says_hours: bool, says_day: bool = False, classes: str = "") -> str:
        """One session as it stands alone or in a slot, with what this reader may see of it now."""
        moment = self.reader.moment
        if item.end <= moment:
            classes += " is-over"
        elif item.start <= moment:
            classes += " is-now"
        hours = ""
        if says_hours:
            local_start, local_end = self.local(item.start, item), self.local(item.end, item)
            day = f"{escape(short_day(local_start.date()))}, " if says_day else ""
            hours = f'<small class="hours">{day}{local_start:%H:%M}–{local_end:%H:%M}</small> '
        row = self.rows[item.slug].replace(CLASSES, classes).replace(HOURS, hours)
        return row.replace(STAR, self._star(item))

    def _star(self, item: Item) -> str:
        if self.reader.stars is None or item.kind == "break":
            return ""
        return star_button(
            self.programme.slug, item.slug, is_starred=item.id in self.reader.stars, prefix=self._star_prefix
        )

    @cached_property
    def _star_prefix(self) -> str:
        return _star_address(self.programme.slug)

    def _grid(self, items: list[Item], marked: Item | None) -> str:
        opening = _hour_before(min(self.local(item.start, item) for item in items))
        spanning = _spanning(items)
        lanes = self._lanes([item for item in items if item.slug not in spanning])
        columns = list(dict.fromkeys(sorted(lanes.values(), key=self._lane_order)))
        heads = "".join(
            f'<div class="room c-{number}">{self._room_head(lane)}</div>'
            for number, lane in enumerate(columns, start=1)
        )
        closing = max(self.local(item.end, item) for item in items)
        hours = []
        hour = opening
        while hour < closing:
            row = min(_rows_between(opening, hour), _LONGEST_ROWS - 1)
            hours.append(f'<div class="hour t-{row}">{hour:%H:%M}</div><div class="hour-line t-{row}"></div>')
            hour += timedelta(hours=1)
        cells = [
            self._cell(
                item,
                opening,
                "spans-rooms" if item.slug in spanning else f"c-{columns.index(lanes[item.slug]) + 1}",
            )
            for item in items
        ]
        name = escape(_("Rooms and hours, %(day)s") % {"day": long_day(opening.date())})
        return (
            f'<div class="time-grid-scroll" tabindex="0" role="region" aria-label="{name}">'
            f'<div class="time-grid rooms-{max(len(columns), 1)}">'
            f"{heads}{''.join(hours)}{''.join(cells)}</div></div>"
        )

    def _cell(self, item: Item, opening: datetime, column: str) -> str:
        top = min(_rows_between(opening, self.local(item.start, item)), _LONGEST_ROWS - 1)
        height = max(1, min(-(-item.minutes // _ROW_MINUTES), _LONGEST_ROWS - top))
        return self.row(item, says_hours=True, classes=f" t-{top} d-{height} {column}")

    def _lanes(self, items: list[Item]) -> dict[str, Lane]:
        """A column for each item: its room's, or one beside it where an overlap was allowed."""
        ends: dict[Lane, datetime] = {}
        lanes: dict[str, Lane] = {}
        for item in items:
            number = 0
            while (busy := ends.get(Lane(item.room, number))) is not None and busy > item.start:
                number += 1
            lane = Lane(item.room, number)
            ends[lane], lanes[item.slug] = item.end, lane
        return lanes

    def _lane_order(self, lane: Lane) -> tuple[int, int]:
        order = {room["slug"]: place for place, room in enumerate(self.programme.frame["rooms"])}
        return order.get(lane.room, len(order)), lane.number

    def _room_head(self, lane: Lane) -> str:
        room = next((room for room in self.programme.frame["rooms"] if room["slug"] == lane.room), None)
        if room is None:
            return escape(_("No room"))
        places = ""
        if room["capacity"] is not None:
            count = ngettext("%(count)s place", "%(count)s places", room["capacity"])
            places = f"<small>{escape(count % {'count': room['capacity']})}</small>"
        return escape(translated(room["name"])) + places


def star_button(edition: str, slug: str, *, is_starred: bool, prefix: str = "") -> SafeString:
    """The one button by which a session is put into one's agenda and taken out of it."""
    address = f"{prefix or _star_address(edition)}{slug}/star/"
    value, pressed = ("0", "true") if is_starred else ("1", "false")
    word = escape(_("Star this session"))
    return mark_safe(
        f'<button class="star" form="stars" formaction="{address}" name="is_starred" value="{value}" '
        f'aria-pressed="{pressed}" aria-label="{word}" aria-describedby="t-{slug}">'
        f"{icon_html('star')}</button>"
    )


def cards(programme: Programme, items: Iterable[Item], rows: Mapping[str, str], reader: Reader) -> SafeString:
    """Single sessions with their days and hours, outside any schedule."""
    schedule = Schedule(programme=programme, items=list(items), rows=rows, reader=reader)
    return mark_safe("".join(schedule.row(item, says_hours=True, says_day=True) for item in schedule.items))


def _spanning(items: Sequence[Item]) -> frozenset[str]:
    """Those without a room while nothing else is on, such as lunch: they stand across all rooms."""
    return frozenset(
        item.slug
        for item in items
        if not item.room
        and not any(
            other is not item and other.start < item.end and item.start < other.end for other in items
        )
    )


def _star_address(edition: str) -> str:
    return reverse("academy:session_star", args=[edition, "-slug-"]).removesuffix("-slug-/star/")


def _part_mark(part: FramePart) -> str:
    place = ""
    if part["mode"] != PartMode.ONLINE and part["venue"]:
        town = part["venue"]["city"]
        place = ", ".join(word for word in (part["venue"]["name"], town) if word)
    label = place or str(PartMode(part["mode"]).label)
    return f' <span class="kind mode-{part["mode"]}">{escape(label)}</span>'


def _now_marker(*, is_hidden: bool) -> str:
    # The script moves it and writes the time; without script it stands where it was joined in.
    now = escape(_("Now"))
    return f'<p class="now-marker" id="now-marker"{" hidden" if is_hidden else ""}>{now} <time></time></p>'


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if minutes <= 90 or rest not in (0, 30):
        return escape(_("%(count)s min") % {"count": minutes})
    half = "½" if rest else ""
    return escape(_("%(count)s h") % {"count": f"{hours}{half}"})


def _hour_before(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _rows_between(opening: datetime, moment: datetime) -> int:
    return int((moment - opening).total_seconds() // (_ROW_MINUTES * 60))
