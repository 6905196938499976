"""Slots, tables and people of meetings, as pages say them."""

from datetime import datetime

from django import template

from filiera.academy.dates import short_day
from filiera.meetings.forms.meetings import slot_words
from filiera.meetings.models import Attendee, MeetingSlot, MeetingTable
from filiera.meetings.words import table_words
from filiera.shared.time import at_zone

register = template.Library()
register.filter("slot_words", slot_words)


@register.filter
def slot_clock(slot: MeetingSlot, zone: str) -> str:
    """14:00–14:20."""
    return f"{at_zone(slot.starts_at, zone):%H:%M}–{at_zone(slot.ends_at, zone):%H:%M}"


@register.filter
def table_name(table: MeetingTable) -> str:
    return table_words(table)


@register.filter
def stands_for(attendee: Attendee) -> str:
    """The name of whom somebody sits at the table for."""
    return attendee.organisation.name_here if attendee.organisation else attendee.organisation_name


@register.filter
def local_day_words(moment: datetime, zone: str) -> str:
    """Thu 21 September."""
    return short_day(at_zone(moment, zone).date())


register.filter("short_day_words", short_day)
