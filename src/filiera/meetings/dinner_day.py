"""What dinner adds to an edition's days: one's own table, tables and diets on paper, a delay."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from filiera.academy import day_parts
from filiera.academy.day_parts import Delay, DeskLine, DeskPanel, Hit, OwnKind, OwnPart, Sheet
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.meetings import policies
from filiera.meetings.models import Dinner, DinnerGuest, GuestRole
from filiera.meetings.policies import dinner as dinner_policies
from filiera.meetings.queries.dinner import desk_dinners, dinners_of
from filiera.meetings.queries.dinner_guests import DietLine, diet_lines
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """One's own table, once the plan is published."""
    if viewer.person_id is None:
        return []
    own = list(
        DinnerGuest.objects.filter(
            participation__person_id=viewer.person_id,
            dinner__edition=edition,
            dinner__published_at__isnull=False,
            table__isnull=False,
        ).select_related("table", "dinner__session__room__venue", "dinner__session__part")
    )
    hosts: dict[int, list[str]] = {}
    at_tables = DinnerGuest.objects.filter(
        table__in=[guest.table_id for guest in own], role=GuestRole.HOST
    ).order_by("name", "pk")
    for table, name in at_tables.values_list("table", "name"):
        hosts.setdefault(table, []).append(name)
    return [_own_table(edition, guest, hosts.get(guest.table_id or 0, [])) for guest in own]


def _own_table(edition: Edition, guest: DinnerGuest, hosts: list[str]) -> OwnPart:
    session = guest.dinner.session
    during = session.during if session is not None else None
    venue = session.room.venue if session is not None and session.room is not None else None
    assert guest.table is not None
    place = _("Table %(number)s") % {"number": guest.table.number}
    return OwnPart(
        key=f"table-{guest.dinner_id}",
        kind=OwnKind.TABLE,
        title=translated(guest.dinner.title),
        starts_at=during.lower if during is not None else None,
        ends_at=during.upper if during is not None else None,
        place=f"{place}, {venue.name}" if venue is not None else place,
        details=(_("For the host: %(names)s") % {"names": ", ".join(hosts)},) if hosts else (),
        address=reverse("meetings:dinner", args=[edition.slug]),
    )


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """Today's dinner: how many have a table, and whether everybody knows theirs."""
    if not policies.can_seat_dinner(viewer, edition):
        return []
    today = at_zone(at, edition.time_zone).date()
    lines = []
    for dinner in desk_dinners(viewer, edition):
        if _date(edition, dinner) != today:
            continue
        seated, guests = dinner.seated_count, dinner.guest_count  # type: ignore[attr-defined]
        session = dinner.session
        lines.append(
            DeskLine(
                text=translated(dinner.title),
                detail=_("%(seated)s of %(guests)s guests have a table")
                % {"seated": seated, "guests": guests},
                place=session.room.venue.name
                if session is not None and session.room is not None and session.room.venue is not None
                else "",
                starts_at=session.during.lower if session is not None and session.during else None,
                address=reverse("meetings:desk_dinner", args=[edition.slug, dinner.pk]),
                tone="good" if dinner.published_at is not None else "warn",
            )
        )
    if not lines:
        return []
    return [DeskPanel(key="dinner", title=_("Dinner"), lines=tuple(lines))]


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """Tables by name for who seats the dinner; diets by table, without names, for the kitchen."""
    if not dinner_policies.can_see_dinners(viewer, edition):
        return []
    found = []
    for dinner in dinners_of(viewer, edition):
        if _date(edition, dinner) != day:
            continue
        name = translated(dinner.title)
        if policies.can_seat_dinner(viewer, edition):
            found.append(_tables(viewer, dinner, name))
        if dinner_policies.can_view_kitchen_list(viewer, edition):
            found.append(
                Sheet(
                    key=f"diets-{dinner.pk}",
                    title=_("Diets by table: %(dinner)s") % {"dinner": name},
                    columns=(pgettext("meetings", "Table"), _("Guests"), _("Diets"), _("Not said")),
                    rows=tuple(_diet_row(line) for line in diet_lines(dinner)),
                )
            )
    return found


def _tables(viewer: Viewer, dinner: Dinner, name: str) -> Sheet:
    guests = DinnerGuest.objects.visible_to(viewer).filter(dinner=dinner)
    rows = [
        (
            (sort_key(guest.name), guest.pk),
            (
                guest.name,
                guest.organisation.name if guest.organisation is not None else guest.organisation_name,
                str(guest.table.number) if guest.table is not None else "",
            ),
        )
        for guest in guests.select_related("organisation", "table")
    ]
    return Sheet(
        key=f"tables-{dinner.pk}",
        title=_("Tables: %(dinner)s") % {"dinner": name},
        columns=(_("Name"), _("Organisation"), pgettext("meetings", "Table")),
        rows=tuple(row for _order, row in sorted(rows)),
        note="" if dinner.published_at is not None else _("The plan is not published yet."),
    )


def _diet_row(line: DietLine) -> tuple[str, ...]:
    table = _("All guests") if line.number is None else str(line.number or _("Without a table"))
    return (
        table,
        str(line.guests),
        ", ".join(f"{count} {words}" for words, count in line.counts),
        str(line.not_said),
    )


def hits(viewer: Viewer, edition: Edition, delay: Delay) -> Iterable[Hit]:
    """A dinner that would begin later, so that the kitchen can be told."""
    if not policies.can_seat_dinner(viewer, edition):
        return []
    found = []
    for dinner in desk_dinners(viewer, edition):
        during = dinner.session.during if dinner.session is not None else None
        if during is None or delay.moved(during.lower) == during.lower:
            continue
        guests = dinner.guest_count  # type: ignore[attr-defined]
        words = ngettext(
            "%(dinner)s for one guest begins at %(after)s: tell the kitchen.",
            "%(dinner)s for %(count)s guests begins at %(after)s: tell the kitchen.",
            guests,
        )
        after = at_zone(delay.moved(during.lower), edition.time_zone)
        found.append(
            Hit(
                sentence=words
                % {"dinner": translated(dinner.title), "count": guests, "after": f"{after:%H:%M}"},
                address=reverse("meetings:desk_dinner", args=[edition.slug, dinner.pk]),
            )
        )
    return found


def register_day_parts() -> None:
    day_parts.register(
        "meetings.dinner", own_parts=own_parts, desk_panels=desk_panels, sheets=sheets, hits=hits
    )


def _date(edition: Edition, dinner: Dinner) -> date | None:
    session = dinner.session
    if session is None or session.during is None:
        return None
    return at_zone(session.during.lower, edition.time_zone).date()
