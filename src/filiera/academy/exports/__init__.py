"""What leaves the platform: calendars, Frab files, linked data, feeds, tables.

Everything here is a pure function of a session's published data: it can be rendered once, at publication.
"""

from collections.abc import Iterable

from filiera.academy.models import ExportForm, ProgrammeVersion, PublishedExport
from filiera.academy.snapshot import SessionData

from .calendar import session_event
from .frab import event_json, event_xml, room_name

_RENDER = {
    ExportForm.CALENDAR: session_event,
    ExportForm.JSON: event_json,
    ExportForm.XML: event_xml,
}


def published_exports(
    version: ProgrammeVersion, sessions: Iterable[SessionData], *, languages: Iterable[str], base: str
) -> list[PublishedExport]:
    """The entries of every format and language for a version, not yet saved.

    `base` is the platform's public address without a slash at its end. A session without a time has no
    place in any of these formats.
    """
    scheduled = [session for session in sessions if session["starts_at"]]
    edition = version.edition.slug
    return [
        PublishedExport(
            version=version,
            language=language,
            form=form,
            entries=[
                [
                    session["id"],
                    session["day"],
                    room_name(session, language),
                    session["zone"],
                    render(session, edition=edition, language=language, base=base),
                ]
                for session in scheduled
            ],
        )
        for language in languages
        for form, render in _RENDER.items()
    ]
