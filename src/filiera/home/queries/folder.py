"""The day folder: who does what when, and the sheets of the rooms, as far as the reader may see them."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from filiera.academy.dates import long_day
from filiera.academy.day_parts import Sheet, sheets_of
from filiera.academy.models import ChecklistTask, Contribution, ContributionRole, Edition, EditionMember
from filiera.academy.permissions import RUN_DAY, permissions_of
from filiera.academy.queries.delays import RunningDay
from filiera.academy.queries.times import clock
from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated


@dataclass(frozen=True)
class Folder:
    """All sheets of one day."""

    title: str
    day: date
    sheets: list[Sheet]


def day_folder(viewer: Viewer, edition: Edition, day: RunningDay) -> Folder:
    """The latest state of a day, from the draft: the team works by what is planned now."""
    return Folder(
        title=long_day(day.day.date),
        day=day.day.date,
        sheets=[_run_sheet(day), *_team(edition, day), *sheets_of(viewer, edition, day.day.date)],
    )


def _run_sheet(day: RunningDay) -> Sheet:
    people: dict[int, list[str]] = {}
    contributions = Contribution.objects.filter(session__in=day.sessions).select_related("speaker")
    for contribution in contributions.order_by("position", "pk"):
        role = ContributionRole(contribution.role).label
        people.setdefault(contribution.session_id, []).append(f"{contribution.speaker.name} ({role})")
    rows = []
    for session in day.sessions:
        assert session.during is not None
        rows.append(
            (
                f"{clock(session.during.lower, day.zone)}–{clock(session.during.upper, day.zone)}",
                translated(session.title) or session.slug,
                translated(session.room.name) if session.room is not None else "",
                ", ".join(people.get(session.pk, [])),
                str(session.get_kind_display()),
            )
        )
    return Sheet(
        key="run-sheet",
        title=_("Run sheet"),
        columns=(_("When"), _("What"), _("Where"), _("Who"), _("Kind")),
        rows=tuple(rows),
    )


def _team(edition: Edition, day: RunningDay) -> list[Sheet]:
    members = EditionMember.objects.current().filter(edition=edition).select_related("person")
    team: dict[str, list[str]] = {}
    for member in members.order_by("person__sort_name", "pk"):
        if RUN_DAY in permissions_of(frozenset({member.role})):
            team.setdefault(member.person.shown_name, []).append(str(member.get_role_display()))
    tasks = (
        ChecklistTask.objects.filter(edition=edition, part=day.day.part, done_at__isnull=True)
        .select_related("owner")
        .order_by("-days_before", "position", "pk")
    )
    sheets = []
    if team:
        sheets.append(
            Sheet(
                key="team",
                title=_("Team"),
                columns=(_("Name"), _("Role")),
                rows=tuple((name, ", ".join(roles)) for name, roles in team.items()),
            )
        )
    if tasks:
        sheets.append(
            Sheet(
                key="checklist",
                title=_("Still open in the checklist"),
                columns=(_("Task"), _("Who")),
                rows=tuple(
                    (translated(task.title), task.owner.shown_name if task.owner else "") for task in tasks
                ),
            )
        )
    return sheets
