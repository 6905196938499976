"""What leaves the platform: calendars, Frab files, linked data, feeds, tables.

Everything here is a pure function of a session's published data: it can be rendered once, at publication.
"""

from filiera.academy.snapshot import SessionData

from .calendar import session_event
from .frab import event_json, event_xml


def prepare(data: SessionData, *, edition: str, languages: list[str], base: str) -> dict[str, dict[str, str]]:
    """Render one session for every export and language.

    `edition` is the edition's slug, `base` the platform's public address without a slash at its end.
    Returns {language: {"calendar": VEVENT, "json": Frab event, "xml": Frab event}}; a session without a time
    has no place in any of them and gets empty texts.
    """
    if data["starts_at"] is None:
        return {language: {"calendar": "", "json": "", "xml": ""} for language in languages}
    return {
        language: {
            "calendar": session_event(data, edition=edition, language=language, base=base),
            "json": event_json(data, edition=edition, language=language, base=base),
            "xml": event_xml(data, edition=edition, language=language, base=base),
        }
        for language in languages
    }
