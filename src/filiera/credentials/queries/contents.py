"""What a certificate of an award will say of one participant."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.models import Edition, Part
from filiera.credentials.contents import AttendedDay, Contents, Texts
from filiera.credentials.queries.attendance import Attendance
from filiera.credentials.queries.standing import Needs, conditions_of
from filiera.texts.languages import page_languages


@dataclass(frozen=True, slots=True)
class Wording:
    """What the certificates of one award have in common, read once for all of them."""

    shared: Contents
    by_exception: Texts

    @classmethod
    def of(cls, needs: Needs) -> "Wording":
        """Names, dates, outcomes and conditions as they are at this moment."""
        award = needs.award
        parts = list(award.edition.parts.select_related("venue").order_by("starts_on"))
        told = [award.part] if award.part is not None else parts
        shared = Contents(
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
            criteria=_in_each_language(lambda: " ".join(conditions_of(award, needs.sessions))),
            alignments=award.alignments,
            days=[],
            minutes=0,
            held_minutes=needs.held_minutes,
        )
        # Nobody's certificate claims a condition that its holder did not meet.
        return cls(shared, _in_each_language(lambda: _("Issued by decision of the organiser.")))

    def for_one(self, attendance: Attendance, *, by_exception: bool = False) -> Contents:
        """What the certificate of one participant says."""
        return {
            **self.shared,
            "criteria": self.by_exception if by_exception else self.shared["criteria"],
            "days": _days(attendance),
            "minutes": attendance.minutes,
        }


def _in_each_language(say: Callable[[], str]) -> Texts:
    told = {}
    for language in page_languages():
        with override(language):
            told[language] = say()
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
