"""What groups say on somebody's own page, on the desk of the running day, and in the day's folder."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel, OwnKind, OwnPart, Sheet
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.workshops.policies.editions import can_form_groups
from filiera.workshops.queries.groups import GroupShown, RoundShown, series_shown


def register() -> None:
    day_parts.register("workshops.groups", own_parts=own_parts, desk_panels=desk_panels, sheets=sheets)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """One's group in each round that is published."""
    address = reverse("workshops:groups", args=[edition.slug])
    for shown in series_shown(viewer, edition, at):
        for each in shown.rounds:
            own = each.own
            if own is None:
                continue
            yield OwnPart(
                key=f"group-{each.round.pk}",
                kind=OwnKind.GROUP,
                title=f"{translated(shown.series.title)}: {own.title}",
                starts_at=each.slot.starts_at if each.slot else None,
                ends_at=each.slot.ends_at if each.slot else None,
                place=own.room or (each.slot.room if each.slot else ""),
                online_url=own.group.online_url,
                details=_details(viewer, own),
                address=address,
            )


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """The groups of the round that is on or comes next, with room and facilitator."""
    if not can_form_groups(viewer, edition):
        return []
    lines = []
    for shown in series_shown(viewer, edition, at):
        if shown.next_round is None:
            continue
        lines += [_desk_line(shown.next_round, group, edition) for group in shown.next_round.groups]
    address = reverse("workshops:desk_groups", args=[edition.slug])
    return [
        DeskPanel(
            key="groups",
            title=_("Groups now or next"),
            lines=tuple(lines),
            empty=_("No groups are published for a session that is still to come."),
            address=address,
            address_label=_("All groups"),
        )
    ]


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """Who sits where on this day, for the run of the day on paper."""
    if not can_form_groups(viewer, edition):
        return []
    rows = []
    for shown in series_shown(viewer, edition, datetime.combine(day, datetime.min.time()).astimezone()):
        for each in shown.rounds:
            if each.slot is None or at_zone(each.slot.starts_at, edition.time_zone).date() != day:
                continue
            begins = at_zone(each.slot.starts_at, edition.time_zone).strftime("%H:%M")
            rows += [
                (
                    begins,
                    translated(shown.series.title),
                    str(each.round.number),
                    group.title,
                    group.room or each.slot.room,
                    group.facilitator,
                    ", ".join(seat.participation.name for seat in group.seats),
                )
                for group in each.groups
            ]
    if not rows:
        return []
    columns = (
        _("Begins"), _("Groups"), _("Round"), _("Group"), _("Room"), _("Facilitator"), _("People"),
    )  # fmt: skip
    return [Sheet(key="groups", title=_("Groups"), columns=columns, rows=tuple(sorted(rows)))]


def _desk_line(round_: RoundShown, group: GroupShown, edition: Edition) -> DeskLine:
    people = len(group.seats)
    told = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
    detail = f"{told}, {group.facilitator}" if group.facilitator else told
    return DeskLine(
        text=group.title,
        detail=detail,
        place=group.room or (round_.slot.room if round_.slot else ""),
        starts_at=round_.slot.starts_at if round_.slot else None,
        address=reverse("workshops:desk_series", args=[edition.slug, round_.round.series_id]),
        tone="warn" if people == 1 else "",
    )


def _details(viewer: Viewer, own: GroupShown) -> tuple[str, ...]:
    others = [
        seat.participation.name for seat in own.seats if seat.participation.person_id != viewer.person_id
    ]
    told = []
    if own.facilitator:
        told.append(_("Facilitator: %(name)s") % {"name": own.facilitator})
    if others:
        told.append(_("With %(names)s") % {"names": ", ".join(others)})
    return tuple(told)
