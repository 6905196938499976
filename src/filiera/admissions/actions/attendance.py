"""How somebody means to be there on each day: online, in person, or not."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.actions.steps import tell_desks
from filiera.academy.models import Day
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    DayAttendanceChange,
    Participation,
    ParticipationState,
)
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.days import is_over
from filiera.shared.errors import DomainError

KEPT_CHANGES = 5
"""So many earlier answers are kept for each day."""


class NotConfirmed(DomainError):
    message = _("Only somebody whose place is confirmed can say how they attend.")


class DayIsOver(DomainError):
    message = _("This day is over. Write to the team if what stands here is wrong.")


class StrangeDay(DomainError):
    message = _("This day does not belong to the edition, or there is no such way to attend.")


@transaction.atomic
def say_attendance(
    *, participation: Participation, modes: Mapping[int, str], by: Viewer, at: datetime
) -> list[DayAttendance]:
    """Keep how somebody attends the days named by key; answer the days that changed.

    Days that are over are changed by the desk alone.
    Raises PermissionDenied, NotConfirmed, StrangeDay, DayIsOver.
    """
    if not policies.can_answer_for(by, participation):
        raise PermissionDenied
    place = Participation.objects.select_for_update(of=("self",)).select_related("edition")
    participation = place.get(pk=participation.pk)
    if participation.state != ParticipationState.CONFIRMED:
        raise NotConfirmed
    days = Day.objects.filter(part__edition=participation.edition, pk__in=modes).select_related("part")
    if len(days) != len(modes) or set(modes.values()) - set(AttendanceMode.values):
        raise StrangeDay
    is_desk = policies.can_edit_participants(by, participation.edition)
    said = {row.day_id: row for row in DayAttendance.objects.filter(participation=participation)}
    changed = []
    for day in days:
        before = said[day.pk].mode if day.pk in said else ""
        if before == modes[day.pk]:
            continue
        if is_over(day, at) and not is_desk:
            raise DayIsOver
        changed.append(_write(participation, day, said.get(day.pk), modes[day.pk], by=by, at=at))
    if changed:
        tell_desks(participation.edition, by=by)
    return changed


def _write(
    participation: Participation,
    day: Day,
    row: DayAttendance | None,
    mode: str,
    *,
    by: Viewer,
    at: datetime,
) -> DayAttendance:
    before = row.mode if row is not None else ""
    row = row or DayAttendance(participation=participation, day=day)
    row.mode, row.changed_at = mode, at
    row.save()
    DayAttendanceChange.objects.create(
        attendance=row, before=before, after=mode, changed_at=at, changed_by=by.person
    )
    earlier = DayAttendanceChange.objects.filter(attendance=row).order_by("-changed_at", "-pk")
    out_of_reach = list(earlier.values_list("pk", flat=True)[KEPT_CHANGES:])
    DayAttendanceChange.objects.filter(pk__in=out_of_reach).delete()
    return row
