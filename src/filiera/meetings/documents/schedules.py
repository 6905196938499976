"""Somebody's meetings on paper (PDF/UA-1) and as a calendar."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from filiera.academy.dates import long_day
from filiera.design.typesetting import pdf
from filiera.meetings.models import Attendee, MeetingRound
from filiera.meetings.queries.own import OwnMeeting
from filiera.meetings.words import table_words
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

FOLDER = Path(__file__).resolve().parent
PRODUCT = "-//Filiera//Meetings//EN"


def schedule_pdf_of(
    round_: MeetingRound, attendee: Attendee, meetings: Sequence[OwnMeeting], *, language: str
) -> bytes:
    """One page, or a few: time, place, whom, what they offer and need, and room for notes."""
    zone = round_.edition.time_zone
    with override(language):
        data = {
            "title": _("Meetings of %(name)s") % {"name": attendee.name},
            "language": language,
            "eyebrow": translated(round_.edition.name, language),
            "footer": translated(round_.title, language),
            "demonstration": _("demonstration") if round_.is_demonstration else "",
            "empty": _("No meetings yet."),
            "note": _("Notes"),
            "offers": _("offers"),
            "needs": _("needs"),
            "meetings": [_line(own, zone) for own in meetings],
        }
        return pdf(FOLDER / "schedule.typ", data)


def _line(own: OwnMeeting, zone: str) -> dict[str, str]:
    begins, ends = (at_zone(moment, zone) for moment in _times(own))
    return {
        "day": long_day(begins.date()),
        "time": f"{begins:%H:%M}–{ends:%H:%M}",
        "place": table_words(own.meeting.table),
        "name": own.other.name,
        "organisation": own.other.organisation.name_here
        if own.other.organisation
        else own.other.organisation_name,
        "offers": own.other.offers,
        "needs": own.other.needs,
    }


def calendar_of(round_: MeetingRound, meetings: Sequence[OwnMeeting], *, language: str) -> bytes:
    """One entry for each meeting; its UID stays the same when it moves."""
    base = settings.PUBLIC_URL.rstrip("/")
    with override(language):
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", PRODUCT)
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", translated(round_.title, language))
        for own in meetings:
            meeting = own.meeting
            path = reverse("meetings:meeting", args=[round_.edition.slug, round_.pk, meeting.pk])
            event = Event()
            event.add("uid", f"meeting-{meeting.pk}@{urlsplit(base).hostname}")
            event.add("dtstamp", meeting.changed_at)
            event.add("sequence", int(meeting.changed_at.timestamp()) - 1_600_000_000)
            begins, ends = _times(own)
            event.add("dtstart", begins)
            event.add("dtend", ends)
            event.add("summary", _("Meeting with %(name)s") % {"name": own.other.name})
            event.add("location", table_words(meeting.table))
            event.add("url", f"{base}{path}")
            calendar.add_component(event)
        content: bytes = calendar.to_ical()
        return content


def _times(own: OwnMeeting) -> tuple[datetime, datetime]:
    return own.meeting.slot.starts_at, own.meeting.slot.ends_at
