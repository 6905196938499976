"""What a certificate of an award will say of one participant."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.models import Edition, Part
from filiera.credentials.contents import AttendedDay, Contents, Texts
from filiera.credentials.queries.attendance import Attendance
from filiera.credentials.queries.standing import Needs, conditions_of
from filiera.texts.languages import page_languages


def contents_of(needs: Needs, attendance: Attendance, *, by_exception: bool = False) -> Contents:
    """Names, dates, outcomes and figures as they are at this moment."""
    award = needs.award
    parts = list(award.edition.parts.select_related("venue").order_by("starts_on"))
    told = [award.part] if award.part is not None else parts
    return Contents(
        award=award.name,
        description=award.description,
        edition=award.edition.name,
        part=award.part.title if award.part is not None else {},
        organiser=award.edition.organiser.name,
        organiser_slug=award.edition.organiser.slug,
        host=award.edition.host.name if award.edition.host is not None else "",
        place=_place(told),
        starts_on=_day(min((part.starts_on for part in told), default=None), award.edition),
        ends_on=_day(max((part.ends_on for part in told), default=None), award.edition),
        outcomes=[objective.text for objective in award.objectives.order_by("number")],
        criteria=_criteria(needs, by_exception),
        alignments=award.alignments,
        days=_days(attendance),
        minutes=attendance.minutes,
        held_minutes=needs.held_minutes,
    )


def _criteria(needs: Needs, by_exception: bool) -> Texts:
    told = {}
    for language in page_languages():
        with override(language):
            if by_exception:
                # Nobody's certificate claims a condition that its holder did not meet.
                told[language] = _("Issued by decision of the organiser.")
            else:
                told[language] = " ".join(conditions_of(needs.award, needs.sessions))
    return told


def _place(parts: Iterable[Part]) -> str:
    return next((part.venue.city for part in parts if part.venue is not None and part.venue.city), "")


def _day(day: date | None, edition: Edition) -> str:
    return (day or edition.created_at.date()).isoformat()


def _days(attendance: Attendance) -> list[AttendedDay]:
    days: dict[date, AttendedDay] = {}
    for attended in attendance.sessions:
        day = days.setdefault(attended.day, AttendedDay(date=attended.day.isoformat(), modes=[], minutes=0))
        day["minutes"] += attended.minutes
        if attended.mode not in day["modes"]:
            day["modes"].append(attended.mode)
    return [days[day] for day in sorted(days)]
