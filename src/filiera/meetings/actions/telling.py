"""Mails about meetings: a plan is published, some of it changed, one is cancelled."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from filiera.mail.actions import queue_mail
from filiera.meetings.models import Attendee, Meeting, MeetingRound
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages


def language_of(attendee: Attendee) -> str:
    """The person's language where the platform speaks it, else English."""
    spoken = attendee.person.language if attendee.person is not None else ""
    return spoken if spoken in page_languages() else DEFAULT_LANGUAGE


def tell_schedule(round_: MeetingRound, attendees: Iterable[Attendee], *, at: datetime) -> None:
    """Say once that one's meetings can be read."""
    _write("schedule", round_, attendees, event="published", at=at)


def tell_changes(round_: MeetingRound, attendees: Iterable[Attendee], *, event: str, at: datetime) -> None:
    """Say to those for whom anything changed that they look again; once for each event."""
    _write("schedule_changed", round_, attendees, event=event, at=at)


def tell_cancelled(meeting: Meeting, attendees: Iterable[Attendee], *, at: datetime) -> None:
    _write(
        "meeting_cancelled",
        meeting.round,
        attendees,
        event=f"meeting-{meeting.pk}-{at:%Y%m%d%H%M%S}",
        at=at,
        meeting=meeting,
    )


def page_of(round_: MeetingRound) -> str:
    return f"{settings.PUBLIC_URL}{reverse('meetings:round', args=[round_.edition.slug, round_.pk])}"


def _write(
    template: str,
    round_: MeetingRound,
    attendees: Iterable[Attendee],
    *,
    event: str,
    at: datetime,
    meeting: Meeting | None = None,
) -> None:
    for attendee in attendees:
        if attendee.person is None:
            continue
        other = None
        if meeting is not None:
            other = meeting.second if attendee.pk == meeting.first_id else meeting.first
        queue_mail(
            key=f"{template}:{round_.pk}:{event}:{attendee.pk}",
            to=attendee.person,
            template=f"meetings/mail/{template}.txt",
            context={
                "attendee": attendee,
                "edition": round_.edition,
                "round": round_,
                "meeting": meeting,
                "other": other,
                "link": page_of(round_),
            },
            language=language_of(attendee),
            at=at,
        )
