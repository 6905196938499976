"""To whom the desk of a day can speak: everybody, the team, a group, those online."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from filiera.academy.models import BroadcastAudience, Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import AttendanceMode, DayAttendance, ParticipationState
from filiera.texts.languages import translated
from filiera.workshops.models import Group, Seat


@dataclass(frozen=True, slots=True)
class Circle:
    """Some people under one name, and how they are found."""

    key: str
    label: str
    audience: BroadcastAudience
    people: Callable[[], set[int]] = set


def circles_of(viewer: Viewer, edition: Edition, day: date | None) -> list[Circle]:
    """The circles of an edition on a day; who sits in them is asked only when somebody writes to one."""
    circles = [
        Circle("everybody", str(BroadcastAudience.EVERYBODY.label), BroadcastAudience.EVERYBODY),
        Circle("team", str(BroadcastAudience.TEAM.label), BroadcastAudience.TEAM),
    ]
    if day is not None:
        circles += [
            _of_mode(edition, day, AttendanceMode.IN_PERSON, _("Those who come in person")),
            _of_mode(edition, day, AttendanceMode.ONLINE, _("Those who take part online")),
        ]
    groups = (
        Group.objects.visible_to(viewer)
        .filter(round__series__edition=edition, round__series__published_at__isnull=False)
        .select_related("round__series", "room")
        .order_by("round__series__created_at", "round__series", "round__number", "number")
    )
    return [*circles, *(_of_group(viewer, group) for group in groups)]


def _of_mode(edition: Edition, day: date, mode: AttendanceMode, label: str) -> Circle:
    def people() -> set[int]:
        said = DayAttendance.objects.filter(
            participation__edition=edition,
            participation__state=ParticipationState.CONFIRMED,
            participation__person__isnull=False,
            day__date=day,
            mode=mode,
        )
        return set(said.values_list("participation__person", flat=True))

    return Circle(f"mode-{mode}", label, BroadcastAudience.NAMED, people)


def _of_group(viewer: Viewer, group: Group) -> Circle:
    def people() -> set[int]:
        seats = Seat.objects.visible_to(viewer).filter(group=group, participation__person__isnull=False)
        found = set(seats.values_list("participation__person", flat=True))
        return found | ({group.facilitator.person_id} if group.facilitator is not None else set())

    label = _("%(series)s, round %(round)s, group %(number)s") % {
        "series": translated(group.round.series.title),
        "round": group.round.number,
        "number": group.number,
    }
    return Circle(f"group-{group.pk}", label, BroadcastAudience.NAMED, people)
