"""The programme on paper (PDF/UA-1), in the language of the reader."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.models import KIND_FAMILY, Edition, PartMode, SessionKind
from filiera.academy.snapshot import SessionData
from filiera.design.typesetting import pdf
from filiera.shared.time import parse_zone, zone_label
from filiera.texts.languages import translated
from filiera.texts.markdown import plain_text

from .texts import ends_locally, place, speaker_line, starts_locally

TEMPLATE = Path(__file__).with_name("programme.typ")


def programme_pdf(edition: Edition, sessions: Sequence[SessionData], *, language: str) -> bytes:
    """The scheduled sessions by day, each with time, place, speakers and what is made up, and the sources."""
    scheduled = [session for session in sessions if session["starts_at"]]
    with override(language):
        version = edition.current_version
        data = {
            "title": translated(edition.name, language),
            "language": language,
            "eyebrow": _("Programme, version %(number)s, %(date)s")
            % {
                "number": version.number if version else 0,
                "date": format_date(
                    version.published_at if version else edition.created_at, "long", locale=language
                ),
            },
            "summary": translated(edition.summary, language),
            "footer": _("Filiera, %(edition)s") % {"edition": edition.slug},
            "days": [
                _day(list(of_day), language)
                for _date, of_day in groupby(scheduled, key=lambda session: session["day"])
            ],
            "sources_title": _("Sources"),
            "sources": _sources(edition, scheduled),
        }
    return pdf(TEMPLATE, data)


def _day(sessions: list[SessionData], language: str) -> dict[str, object]:
    start = starts_locally(sessions[0])
    zone = zone_label(parse_zone(sessions[0]["zone"]), start)
    mode = PartMode(sessions[0]["part"]["mode"]).label
    return {
        "title": format_date(start, "full", locale=language),
        "place": f"{mode} · {zone}",
        "sessions": [_session(session, language) for session in sessions],
    }


def _session(session: SessionData, language: str) -> dict[str, str]:
    kind = SessionKind(session["kind"])
    marks = []
    if session["is_cancelled"]:
        marks.append(_("cancelled"))
    if session["demonstration"]:
        marks.append(_("partly demonstration"))
    return {
        "start": f"{starts_locally(session):%H:%M}",
        "end": f"{ends_locally(session):%H:%M}",
        "kind": str(kind.label),
        "family": KIND_FAMILY[kind],
        "title": translated(session["title"], language),
        "detail": " · ".join(filter(None, (speaker_line(session), place(session, language)))),
        "abstract": plain_text(translated(session["abstract"], language)),
        "mark": ", ".join(marks),
    }


def _sources(edition: Edition, sessions: Iterable[SessionData]) -> list[str]:
    told = [source["url"] for source in edition.sources]
    told += [source["url"] for session in sessions for source in session["sources"]]
    return list(dict.fromkeys(told))
