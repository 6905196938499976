"""A programme from a Frab `schedule.xml`, as pretalx, Indico and others write it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import SessionKind
from filiera.shared.errors import DomainError
from filiera.shared.tables import MAXIMUM_BYTES, RowProblem, TableTooLarge

from .programme import ImportedSession, ImportedSpeaker, ProgrammePlace, dates_in_words
from .table import LONGEST_ABSTRACT, LONGEST_TITLE

DEFAULT_LANGUAGE = "en"
# The words that other tools use for what a session is.
KINDS = {
    "talk": SessionKind.LESSON,
    "lecture": SessionKind.LESSON,
    "keynote": SessionKind.KEYNOTE,
    "panel": SessionKind.PLENARY,
    "workshop": SessionKind.WORKSHOP,
    "tutorial": SessionKind.WORKSHOP,
    "break": SessionKind.BREAK,
    "lunch": SessionKind.BREAK,
    "social": SessionKind.SOCIAL,
    "dinner": SessionKind.SOCIAL,
}


class UnreadableSchedule(DomainError):
    message = gettext_lazy("This file could not be read as a Frab schedule (XML).")


def read_frab(
    content: bytes, places: Sequence[ProgrammePlace]
) -> tuple[list[ImportedSession], list[RowProblem]]:
    """Read and check every event; a problem's row is the event's number in the file.

    Raises UnreadableSchedule, TableTooLarge.
    """
    if len(content) > MAXIMUM_BYTES:
        raise TableTooLarge
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableSchedule from error
    events = list(root.iter("event"))
    if root.tag != "schedule" or not events:
        raise UnreadableSchedule
    sessions: list[ImportedSession] = []
    problems: list[RowProblem] = []
    taken: set[str] = set()
    for number, event in enumerate(events, start=1):
        read = _read_event(event, number, places, taken)
        if isinstance(read, RowProblem):
            problems.append(read)
        else:
            taken.add(read.slug)
            sessions.append(read)
    return sessions, problems


def _read_event(
    event: Element, number: int, places: Sequence[ProgrammePlace], taken: set[str]
) -> ImportedSession | RowProblem:
    title = _text(event, "title")
    if not title or len(title) > LONGEST_TITLE:
        return RowProblem(
            number,
            "title",
            title[:200],
            _("a title of at most %(longest)s characters") % {"longest": LONGEST_TITLE},
        )
    abstract = "\n\n".join(filter(None, (_text(event, "abstract"), _text(event, "description"))))
    if len(abstract) > LONGEST_ABSTRACT:
        return RowProblem(
            number,
            "abstract",
            abstract[:200],
            _("at most %(longest)s characters") % {"longest": LONGEST_ABSTRACT},
        )
    moment = _text(event, "date")
    try:
        starts_at = datetime.fromisoformat(moment)
    except ValueError:
        return RowProblem(number, "date", moment, _("a moment such as 2023-09-21T09:00:00+02:00"))
    if starts_at.tzinfo is None:
        return RowProblem(
            number, "date", moment, _("a moment with its offset, such as 2023-09-21T09:00:00+02:00")
        )
    place = next((place for place in places if place.holds(starts_at.astimezone(place.zone).date())), None)
    if place is None:
        dates = dates_in_words(places)
        return RowProblem(number, "date", moment, _("a date inside a part: %(dates)s") % {"dates": dates})
    duration = _text(event, "duration")
    minutes = _minutes(duration)
    if not minutes:
        return RowProblem(number, "duration", duration, _("hours and minutes such as 01:30"))
    language = (_text(event, "language") or DEFAULT_LANGUAGE).lower()[:2]
    slug = slugify(title)[:70].strip("-_") or f"session-{number}"
    return ImportedSession(
        row=number,
        slug=slug if slug not in taken else f"{slug}-{number}",
        part_id=place.part_id,
        kind=_kind(_text(event, "type")),
        title={language: title},
        abstract={language: abstract} if abstract else {},
        starts_at=starts_at.astimezone(UTC),
        minutes=minutes,
        room=_text(event, "room"),
        speakers=tuple(
            ImportedSpeaker((person.text or "").strip()[:200])
            for person in event.iterfind("persons/person")
            if (person.text or "").strip()
        ),
        languages=(language,),
    )


def _text(event: Element, name: str) -> str:
    return (event.findtext(name) or "").strip()


def _kind(word: str) -> str:
    asked = word.casefold().replace(" ", "_")
    if asked in SessionKind.values:
        return asked
    return KINDS.get(asked, SessionKind.LESSON).value


def _minutes(duration: str) -> int:
    parts = duration.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return 0
    return int(parts[0]) * 60 + int(parts[1])
