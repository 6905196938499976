"""Reading who was in a video meeting: the files of Zoom, Teams and Webex, and others by their columns."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError
from filiera.shared.tables import MAXIMUM_BYTES, TableTooLarge, UnreadableTable, read_table

MOST_ROWS = 5_000
FIELDS = ("name", "email", "join", "leave", "minutes")
# As the tools write them, in English and Italian; the first that a file has is taken.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name (original name)", "nome (nome originale)", "full name", "nome completo", "display name", "name",
        "nome", "participant", "partecipante", "attendee", "attendee name", "participant name", "user name",
    ),
    "email": (
        "user email", "attendee email", "email", "e-mail", "email address", "indirizzo e-mail",
        "e-mail utente", "indirizzo email", "mail", "participant id (upn)", "id partecipante (upn)",
    ),
    "join": (
        "join time", "first join", "ora di accesso", "ora di partecipazione", "primo accesso",
        "prima partecipazione", "joined", "time joined",
    ),
    "leave": (
        "leave time", "last leave", "ora di uscita", "ultima uscita", "ora di abbandono", "left",
        "time exited",
    ),
    "minutes": (
        "duration (minutes)", "in-meeting duration", "attendance duration", "durata (minuti)", "durata",
        "durata della riunione", "durata in riunione", "duration", "total duration (minutes)", "time in call",
        "minutes", "minuti",
    ),
}  # fmt: skip
_DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d.%m.%y")
_MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d")
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


class NoAttendees(DomainError):
    message = _("No row with a name was found in this file. Export the list of participants and try again.")


@dataclass(frozen=True, slots=True)
class AttendanceTable:
    """The list in a file: headings, rows, and which column holds what, as far as that was recognised."""

    headings: list[str]
    rows: list[list[str]]
    mapping: dict[str, int]

    @property
    def is_recognised(self) -> bool:
        return is_complete(self.mapping)


def is_complete(mapping: Mapping[str, int]) -> bool:
    return "name" in mapping and ("minutes" in mapping or {"join", "leave"} <= set(mapping))


def read_attendance(content: bytes, name: str) -> AttendanceTable:
    """The list of participants in a file, wherever in it that begins.

    Raises UnreadableTable, TableTooLarge, NoAttendees.
    """
    if len(content) > MAXIMUM_BYTES:
        raise TableTooLarge
    lines = _workbook_lines(content, name) if content[:4] == b"PK\x03\x04" else _text_lines(content)
    begins, mapping = _find_list(lines)
    headings = [cell.strip() for cell in lines[begins]]
    rows: list[list[str]] = []
    for line in lines[begins + 1 :]:
        cells = [cell.strip() for cell in line]
        # Some tools put several lists below each other, with an empty line between them.
        if not any(cells) or (len(cells) == 1 and len(headings) > 1):
            if rows:
                break
            continue
        rows.append([*cells, *[""] * (len(headings) - len(cells))][: len(headings)])
    if len(rows) > MOST_ROWS:
        raise TableTooLarge
    if not rows:
        raise NoAttendees
    return AttendanceTable(headings, rows, mapping)


def parse_minutes(text: str) -> float | None:
    """57; 56 mins; 1h 2m 3s; 1:02:03; 0:56."""
    told = text.strip().lower().replace(",", ".")
    if not told:
        return None
    clock = re.fullmatch(r"(\d+):(\d{1,2})(?::(\d{1,2}))?", told)
    if clock is not None:
        first, second, third = (int(part or 0) for part in clock.groups())
        if clock.group(3) is None:
            return first * 60 + second
        return first * 60 + second + third / 60
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-z]*)", told)
    if not parts:
        return None
    total = 0.0
    for amount, unit in parts:
        per = {"h": 60, "o": 60, "s": 1 / 60, "d": 1440, "g": 1440}.get(unit[:1], 1.0)
        total += float(amount) * per
    return total


def parse_moment(text: str, held_on: date) -> datetime | None:
    """A time without zone; of the readings a date has, the one on which the session was held."""
    told = re.sub(r"[\s\u202f]+", " ", text.replace(",", " ").replace("T", " ")).strip().rstrip("Z")
    told = re.sub(r"\.\d+$", "", told)
    found = []
    for day in (*_YEAR_FIRST, *_DAY_FIRST, *_MONTH_FIRST):
        for clock in _CLOCKS:
            try:
                found.append(datetime.strptime(told, f"{day} {clock}"))  # noqa: DTZ007 (its zone is added later)
            except ValueError:
                continue
    for clock in _CLOCKS:
        try:
            time_only = datetime.strptime(told, clock)  # noqa: DTZ007
        except ValueError:
            continue
        found.append(datetime.combine(held_on, time_only.time()))
    return next((moment for moment in found if moment.date() == held_on), found[0] if found else None)


def _text_lines(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise UnreadableTable
    readings = []
    for delimiter in (",", "\t", ";"):
        try:
            readings.append(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
        except csv.Error:
            continue
    if not readings:
        raise UnreadableTable
    known = (lines for lines in readings if any(is_complete(_recognised(line)) for line in lines[:200]))
    # Of a file unknown to us the reading with the most columns.
    return next(known, None) or max(readings, key=lambda lines: max(map(len, lines), default=0))


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _workbook_lines(content: bytes, name: str) -> list[list[str]]:
    rows = read_table(content, name if name.lower().endswith(".xlsx") else f"{name}.xlsx")
    if not rows:
        raise NoAttendees
    headings = list(rows[0].values)
    return [headings, *([row[heading] for heading in headings] for row in rows)]


def _find_list(lines: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Where the list begins and what its columns hold; of a file unknown to us the widest first row."""
    for number, line in enumerate(lines[:200]):
        mapping = _recognised(line)
        if is_complete(mapping):
            return number, mapping
    for number, line in enumerate(lines[:50]):
        if sum(bool(cell.strip()) for cell in line) > 1:
            return number, _recognised(line)
    raise NoAttendees


def _recognised(line: Sequence[str]) -> dict[str, int]:
    cells = [cell.strip().strip("\ufeff").lower() for cell in line]
    mapping = {}
    for field, known in HEADINGS.items():
        at = next((cells.index(heading) for heading in known if heading in cells), None)
        if at is not None:
            mapping[field] = at
    return mapping
