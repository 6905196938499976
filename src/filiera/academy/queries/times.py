"""Sentences about times and sessions that pages and refusals share."""

from datetime import datetime

from django.utils.translation import gettext as _

from filiera.academy.dates import plain_date
from filiera.academy.models import Session
from filiera.shared.time import at_zone
from filiera.texts.languages import translated


def clock(moment: datetime, zone: str) -> str:
    return at_zone(moment, zone).strftime("%H:%M")


def date_in_words(moment: datetime, zone: str) -> str:
    return plain_date(at_zone(moment, zone).date())


def from_to(session: Session, zone: str) -> str:
    """When a session is, without its day."""
    assert session.during is not None
    return _("%(start)s to %(end)s") % {
        "start": clock(session.during.lower, zone),
        "end": clock(session.during.upper, zone),
    }


def quoted_title(session: Session) -> str:
    return _("“%(title)s”") % {"title": translated(session.title) or session.slug}
