"""The programme as rows, with the headings that the import reads."""

from collections.abc import Iterable, Iterator

from filiera.academy.snapshot import SessionData
from filiera.shared.tables import Cell
from filiera.texts.languages import translated

from .texts import ends_locally, starts_locally

HEADER = [
    "date",
    "start",
    "end",
    "time_zone",
    "title_en",
    "title_it",
    "kind",
    "room",
    "speakers",
    "abstract_en",
    "abstract_it",
    "languages",
    "capacity",
    "slug",
    "cancelled",
    "sources",
]


def session_table(
    sessions: Iterable[SessionData], *, language: str
) -> tuple[list[str], Iterator[list[Cell]]]:
    """Heading and rows; sessions without a time have empty cells there."""
    return HEADER, (_row(session, language) for session in sessions)


def _row(session: SessionData, language: str) -> list[Cell]:
    has_time = session["starts_at"] is not None
    return [
        session["day"],
        f"{starts_locally(session):%H:%M}" if has_time else "",
        f"{ends_locally(session):%H:%M}" if has_time else "",
        session["zone"],
        session["title"].get("en", ""),
        session["title"].get("it", ""),
        session["kind"],
        translated(session["room"]["name"], language) if session["room"] else "",
        "; ".join(_speaker(speaker) for speaker in session["speakers"]),
        session["abstract"].get("en", ""),
        session["abstract"].get("it", ""),
        ", ".join(session["languages"]),
        session["capacity"],
        session["slug"],
        "yes" if session["is_cancelled"] else "",
        " ".join(source["url"] for source in session["sources"]),
    ]


def _speaker(speaker: dict[str, str]) -> str:
    return f"{speaker['name']} ({speaker['organisation']})" if speaker["organisation"] else speaker["name"]
