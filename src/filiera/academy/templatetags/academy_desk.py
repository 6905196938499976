"""Tags of the desk."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from filiera.academy import dates
from filiera.academy.models import Edition, Session
from filiera.academy.queries.session_list import SessionLine
from filiera.shared.http import wants_fragment
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

register = template.Library()


@register.filter
def desk_title(session: Session) -> str:
    return translated(session.title) or session.slug


@register.simple_tag(takes_context=True)
def panel_title(context: Context, text: str) -> SafeString:
    """The heading of a form: the page's first where it is a page, one under it in the side panel."""
    level = "h2" if wants_fragment(context["request"]) else "h1"
    return format_html("<{level}>{text}</{level}>", level=level, text=text)


@register.simple_tag
def session_rows(edition: Edition, sessions: Sequence[SessionLine]) -> SafeString:
    """The rows of the list of all sessions: hundreds on one page, so no template is asked for each."""
    base = reverse("academy:desk_sessions", args=[edition.slug])
    labels = [escape(label) for label in (_("When"), _("Room"), _("Speakers"), _("Minutes"))]
    in_tray, cancelled = escape(_("In the tray")), escape(_("Cancelled"))
    when, room, speakers, minutes = labels
    rows = []
    for line in sessions:
        mark = f' <span class="badge bad">{cancelled}</span>' if line.is_cancelled else ""
        time = f"{line.day}, {line.time}" if not line.is_in_tray else in_tray
        rows.append(
            f'<tr><th scope="row"><a href="{base}{line.pk}/">{escape(line.title)}</a>{mark}'
            f'<small class="kind kind-{line.kind}">{escape(line.kind_name)}</small></th>'
            f'<td data-label="{when}">{time}</td><td data-label="{room}">{escape(line.room)}</td>'
            f'<td data-label="{speakers}">{escape(line.speakers)}</td>'
            f'<td data-label="{minutes}" class="number">{line.minutes}</td></tr>'
        )
    return mark_safe("".join(rows))


@register.filter
def local_moment(moment: datetime, zone: str) -> str:
    """A moment as clocks of the zone show it, with its day."""
    local = at_zone(moment, zone)
    return f"{dates.plain_date(local.date())}, {local:%H:%M}"


@register.filter
def local_clock(moment: datetime, zone: str) -> str:
    return f"{at_zone(moment, zone):%H:%M}"


@register.filter
def moment_words(moment: datetime) -> str:
    """Day and time of a moment, in UTC as it is kept."""
    return f"{dates.plain_date(moment.date())}, {moment:%H:%M}"


register.filter("day_and_month", dates.day_and_month)
