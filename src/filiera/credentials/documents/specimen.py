"""A certificate for nobody, to see how it will look."""

from datetime import datetime

from django.utils.translation import gettext as _

from filiera.academy.models import Day, PartMode
from filiera.admissions.models import PresenceMode
from filiera.credentials.codes import ALPHABET, LENGTH
from filiera.credentials.contents import AttendedDay
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.attendance import Attendance, held_minutes
from filiera.credentials.queries.contents import Wording
from filiera.credentials.queries.standing import Needs


def specimen_of(award: Award, *, at: datetime) -> Certificate:
    """Not saved and not to be found: its code is all zeros."""
    held = held_minutes(award.edition, award.part)
    contents = Wording.of(Needs.of(award, held)).for_one(Attendance())
    days = Day.objects.filter(part__edition=award.edition).select_related("part").order_by("date", "pk")
    if award.part is not None:
        days = days.filter(part=award.part)
    contents["days"] = [
        AttendedDay(
            date=day.date.isoformat(),
            modes=[PresenceMode.ONLINE if day.part.mode == PartMode.ONLINE else PresenceMode.IN_PERSON],
            minutes=held // max(1, len(days)),
        )
        for day in days
    ]
    contents["minutes"] = sum(day["minutes"] for day in contents["days"])
    return Certificate(
        award=award,
        edition=award.edition,
        code=ALPHABET[0] * LENGTH,
        holder_name=_("Name and surname"),
        contents=contents,
        issued_at=at,
        is_demonstration=True,
    )
