"""What places, presence and tasks add to somebody's own page, the desk of the day and the day folder."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from filiera.academy import day_parts
from filiera.academy.dates import day_and_month
from filiera.academy.day_parts import DeskLine, DeskPanel, OwnKind, OwnPart, Sheet
from filiera.academy.models import Day, Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import AttendanceMode, Participation
from filiera.admissions.policies.places import can_view_days, can_view_participants
from filiera.admissions.policies.presence import can_check_in
from filiera.admissions.queries.presence_lists import PresenceLine, Target, presence_lines
from filiera.admissions.queries.registration import diets_of
from filiera.admissions.queries.tasks import own_tasks
from filiera.admissions.queries.telephones import telephones_of
from filiera.shared.time import at_zone
from filiera.texts.languages import translated


def register_day_parts() -> None:
    day_parts.register("admissions", own_parts=own_parts, desk_panels=desk_panels, sheets=sheets)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """The tasks that somebody has not handed in yet."""
    place = Participation.objects.confirmed().filter(edition=edition, person_id=viewer.person_id or 0).first()
    if place is None:
        return []
    return [
        OwnPart(
            key=f"task-{each.task.pk}",
            kind=OwnKind.TASK,
            title=translated(each.task.title),
            details=(
                (_("Overdue since %(day)s") if each.is_overdue else _("Due on %(day)s"))
                % {"day": day_and_month(at_zone(each.task.due_at, edition.time_zone).date())},
            ),
            address=reverse("admissions:task", args=[edition.slug, each.task.pk]),
            is_urgent=each.is_overdue,
        )
        for each in own_tasks(viewer, place, at=at)
        if each.hand_in is None
    ]


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """How many are there in which way, of how many who meant to come; counts, no names."""
    day = _day_at(edition, at)
    if day is None or not can_view_days(viewer, edition):
        return []
    lines = presence_lines(Target(day=day))
    counted = [
        _counted(lines, AttendanceMode.IN_PERSON, _("in person")),
        _counted(lines, AttendanceMode.ONLINE, _("online")),
    ]
    absent = sum(line.meant == AttendanceMode.ABSENT for line in lines)
    if absent:
        counted.append(DeskLine(text=_("%(count)s said that they do not come") % {"count": absent}))
    return [
        DeskPanel(
            key="presence",
            title=_("Who is there"),
            lines=tuple(line for line in counted if line is not None),
            empty=_("Nobody is expected on this day."),
            address=reverse("admissions:desk_presence", args=[edition.slug])
            if can_check_in(viewer, edition)
            else "",
            address_label=_("Check-in"),
        )
    ]


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """Attendance, what the kitchen cooks, and telephone numbers, each for who may see it."""
    found = Day.objects.filter(part__edition=edition, date=day).select_related("part").order_by("pk").first()
    if found is None:
        return
    if can_view_participants(viewer, edition) or can_check_in(viewer, edition):
        yield _attendance(found)
    if can_view_days(viewer, edition):
        counts = diets_of(edition).get(found.pk)
        if counts:
            yield Sheet(
                key="diets",
                title=_("Diets"),
                columns=(_("Diet"), _("People")),
                rows=tuple((diet, str(count)) for diet, count in counts.most_common()),
                note=_("Those who come in person; counts, no names."),
            )
    telephones = telephones_of(viewer, edition)
    if telephones:
        yield Sheet(
            key="telephones",
            title=_("Telephone numbers"),
            columns=(_("Name"), _("Organisation"), _("In an emergency")),
            rows=tuple(telephones),
            note=_("Destroy this page after the day."),
        )


def _attendance(day: Day) -> Sheet:
    modes = dict(AttendanceMode.choices)
    return Sheet(
        key="attendance",
        title=_("Attendance"),
        columns=(_("Name"), _("Organisation"), _("Meant to come"), _("Was there")),
        rows=tuple(
            (
                line.name,
                line.organisation,
                str(modes.get(line.meant, _("not said"))),
                f"{at_zone(line.presence.checked_in_at, day.part.time_zone):%H:%M}" if line.presence else "",
            )
            for line in presence_lines(Target(day=day))
        ),
    )


def _counted(lines: list[PresenceLine], mode: AttendanceMode, words: str) -> DeskLine | None:
    expected = sum(line.meant == mode for line in lines)
    present = sum(line.presence is not None and line.presence.mode == mode for line in lines)
    if not expected and not present:
        return None
    return DeskLine(
        text=_("%(present)s of %(expected)s %(how)s")
        % {"present": present, "expected": expected, "how": words},
        tone="good" if present >= expected else "",
    )


def _day_at(edition: Edition, at: datetime) -> Day | None:
    days = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")
    return next((day for day in days if at_zone(at, day.part.time_zone).date() == day.date), None)
