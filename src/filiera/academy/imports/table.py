"""A programme as a table: one row per session, columns in English or Italian, in any order."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.text import slugify
from django.utils.translation import gettext as _

from filiera.academy.models import SessionKind
from filiera.shared.errors import DomainError
from filiera.shared.tables import Row, RowProblem
from filiera.shared.time import local_moment

from .programme import ImportedSession, ImportedSpeaker, ProgrammePlace, dates_in_words, part_of

# Each field with the headings that name it, in English and Italian.
COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("date", "data", "day", "giorno"),
    "start": ("start", "inizio", "from", "dalle"),
    "end": ("end", "fine", "to", "alle"),
    "title_en": ("title_en", "title", "titolo_en"),
    "title_it": ("title_it", "titolo", "titolo_it"),
    "kind": ("kind", "tipo", "type"),
    "room": ("room", "sala"),
    "speakers": ("speakers", "relatori", "speaker"),
    "abstract_en": ("abstract_en", "abstract", "description"),
    "abstract_it": ("abstract_it", "descrizione"),
    "languages": ("languages", "lingue", "language", "lingua"),
    "capacity": ("capacity", "posti", "capienza"),
    "slug": ("slug",),
}
LONGEST_TITLE = 300
LONGEST_ABSTRACT = 20_000
_LANGUAGE = re.compile(r"^[a-z]{2,3}$")
_SPEAKER = re.compile(r"^(?P<name>[^()]+?)\s*(?:\((?P<organisation>[^()]*)\))?$")


def read_programme_table(
    rows: Sequence[Row], places: Sequence[ProgrammePlace]
) -> tuple[list[ImportedSession], list[RowProblem]]:
    """Read and check every row; the sessions are of use only when there is no problem."""
    sessions: list[ImportedSession] = []
    problems: list[RowProblem] = []
    taken: dict[str, int] = {}
    for row in rows:
        reader = _RowReader(row, places)
        session = reader.session(taken)
        problems.extend(reader.problems)
        if session:
            taken[session.slug] = row.number
            sessions.append(session)
    return sessions, problems


class _RowReader:
    """Reads one row and remembers what was wrong in it."""

    def __init__(self, row: Row, places: Sequence[ProgrammePlace]) -> None:
        self.row = row
        self.places = places
        self.problems: list[RowProblem] = []

    def session(self, taken: dict[str, int]) -> ImportedSession | None:
        title = self._title()
        kind = self._kind()
        place, starts_at, minutes = self._time()
        capacity = self._capacity()
        languages = self._languages()
        speakers = self._speakers()
        slug = self._slug(title, taken)
        abstract = self._texts("abstract", LONGEST_ABSTRACT)
        if self.problems or place is None:
            return None
        return ImportedSession(
            row=self.row.number,
            slug=slug,
            part_id=place.part_id,
            kind=kind,
            title=title,
            abstract=abstract,
            starts_at=starts_at,
            minutes=minutes,
            room=self._cell("room")[1],
            speakers=speakers,
            languages=languages,
            capacity=capacity,
        )

    def _cell(self, name: str) -> tuple[str, str]:
        """The heading under which the value stands, and the value."""
        for heading in COLUMNS[name]:
            if self.row[heading]:
                return heading, self.row[heading]
        known = next((heading for heading in COLUMNS[name] if heading in self.row.values), COLUMNS[name][0])
        return known, ""

    def _refuse(self, heading: str, value: str, expected: str) -> None:
        self.problems.append(RowProblem(self.row.number, heading, value[:200], expected))

    def _texts(self, name: str, longest: int) -> dict[str, str]:
        texts = {}
        for language in ("en", "it"):
            heading, value = self._cell(f"{name}_{language}")
            if len(value) > longest:
                self._refuse(heading, value, _("at most %(longest)s characters") % {"longest": longest})
            elif value:
                texts[language] = value
        return texts

    def _title(self) -> dict[str, str]:
        title = self._texts("title", LONGEST_TITLE)
        if not title and not self.problems:
            self._refuse(self._cell("title_en")[0], "", _("a title"))
        return title

    def _kind(self) -> str:
        heading, value = self._cell("kind")
        asked = value.casefold().replace(" ", "_").replace("-", "_")
        for kind in SessionKind:
            if value and (asked == kind.value or value.casefold() == str(kind.label).casefold()):
                return kind.value
        self._refuse(heading, value, _("one of: %(kinds)s") % {"kinds": ", ".join(SessionKind.values)})
        return ""

    def _time(self) -> tuple[ProgrammePlace | None, datetime | None, int]:
        place = self._place()
        start = self._clock("start")
        end = self._clock("end")
        if place is None or start is None or end is None:
            if (start is None) != (end is None) and not self.problems:
                missing, value = self._cell("start" if start is None else "end")
                self._refuse(missing, value, _("both a start and an end, or neither"))
            return place, None, 60
        day = _read_date(self._cell("date")[1])
        heading, value = self._cell("end")
        if end <= start:
            self._refuse(heading, value, _("a time after the start, %(start)s") % {"start": f"{start:%H:%M}"})
            return place, None, 60
        minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
        try:
            return place, local_moment(day or date.min, start, place.zone), minutes
        except DomainError as error:
            heading, value = self._cell("start")
            self._refuse(heading, value, str(error))
            return place, None, 60

    def _place(self) -> ProgrammePlace | None:
        heading, value = self._cell("date")
        day = _read_date(value)
        if day is None:
            self._refuse(heading, value, _("a date such as 2023-09-21"))
            return None
        place = part_of(day, self.places)
        if place is None:
            dates = dates_in_words(self.places)
            self._refuse(heading, value, _("a date inside a part: %(dates)s") % {"dates": dates})
        return place

    def _clock(self, name: str) -> time | None:
        heading, value = self._cell(name)
        if not value:
            return None
        try:
            return time.fromisoformat(value.replace(".", ":").zfill(5))
        except ValueError:
            self._refuse(heading, value, _("a time such as 09:30"))
            return None

    def _capacity(self) -> int | None:
        heading, value = self._cell("capacity")
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and 0 < int(value) <= 100_000):
            self._refuse(heading, value, _("a whole number of places above 0"))
            return None
        return int(value)

    def _languages(self) -> tuple[str, ...]:
        heading, value = self._cell("languages")
        codes = tuple(code.strip().lower() for code in re.split(r"[,;/ ]+", value) if code.strip())
        if not all(_LANGUAGE.match(code) for code in codes):
            self._refuse(heading, value, _("language codes such as en, it"))
        return codes

    def _speakers(self) -> tuple[ImportedSpeaker, ...]:
        heading, value = self._cell("speakers")
        speakers = []
        for text in filter(None, (part.strip() for part in value.split(";"))):
            match = _SPEAKER.match(text)
            if match is None or len(text) > 200:
                self._refuse(heading, text, _("names such as: Ada Rossi (Polo Uno); Jan Novák"))
                continue
            speakers.append(ImportedSpeaker(match["name"].strip(), (match["organisation"] or "").strip()))
        return tuple(speakers)

    def _slug(self, title: dict[str, str], taken: dict[str, int]) -> str:
        heading, value = self._cell("slug")
        slug = slugify(value or next(iter(title.values()), ""))[:70].strip("-_")
        if value and slug != value:
            self._refuse(heading, value, _("small letters, digits and hyphens"))
        elif value and slug in taken:
            self._refuse(
                heading, value, _("an address of its own; row %(row)s has it too") % {"row": taken[slug]}
            )
        slug = slug or f"session-{self.row.number}"
        return slug if slug not in taken else f"{slug}-{self.row.number}"


def _read_date(value: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    return None
