"""Groups as tables: for a spreadsheet, for the breakout rooms of a video tool."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated
from filiera.workshops.models import GroupRound, GroupSeries, Seat
from filiera.workshops.queries.group_reasons import Reasons
from filiera.workshops.queries.group_sentences import Sentences
from filiera.workshops.queries.groups import GroupShown, formed, group_title, shown_groups

# What video tools read; the words are theirs and not translated.
BREAKOUT_HEADER = ("Pre-assign Room Name", "Email Address")


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: list[tuple[str | int, ...]]


def groups_table(series: GroupSeries) -> Table:
    """One row for each place, with the reason for it; by round, group and name."""
    problem, plan = formed(series)
    rounds = {each.pk: place for place, each in enumerate(series.rounds.order_by("number"))}
    reasons = [Reasons(problem, plan, sitting) for sitting in range(len(problem.sittings))]
    sentences = Sentences(problem)
    seats = (
        Seat.objects.filter(round__series=series)
        .select_related(
            "round", "group__room", "group__facilitator__person", "participation__organisation",
            "participation__country", "participation__ecosystem",
        )
        .order_by("round__number", "group__number", "participation__sort_name", "pk")
    )  # fmt: skip
    rows: list[tuple[str | int, ...]] = []
    for seat in seats:
        place, sitting = seat.participation, rounds[seat.round_id]
        position = problem.position_of.get(place.pk)
        is_seated = position is not None and position in plan[sitting]
        rows.append(
            (
                seat.round.number,
                seat.group.number,
                seat.group.theme,
                place.name,
                place.organisation.name if place.organisation else place.organisation_name,
                translated(place.country.names) if place.country else "",
                translated(place.ecosystem.names) if place.ecosystem else "",
                translated(seat.group.room.name) if seat.group.room else "",
                seat.group.facilitator.person.shown_name if seat.group.facilitator else "",
                seat.group.online_url,
                sentences.reason(sitting, position, reasons[sitting].of(position))
                if position is not None and is_seated
                else "",
            )
        )
    header = (
        _("Round"), _("Group"), _("Theme"), _("Name"), _("Organisation"), _("Country"), _("Ecosystem"),
        _("Room"), _("Facilitator"), _("Link"), _("Why"),
    )  # fmt: skip
    return Table(header, rows)


def breakout_rooms(round_: GroupRound) -> Table:
    """Room and address of each person of a round, as video tools read it; who has no address is left out."""
    seats = (
        Seat.objects.filter(round=round_)
        .exclude(participation__email="")
        .select_related("group", "participation")
        .order_by("group__number", "participation__sort_name", "pk")
    )
    return Table(BREAKOUT_HEADER, [(group_title(seat.group), seat.participation.email) for seat in seats])


def cards_of(viewer: Viewer, series: GroupSeries) -> list[tuple[GroupRound, GroupShown]]:
    """A card for each group of each round."""
    rounds = list(series.rounds.select_related("session").order_by("number"))
    groups = shown_groups(viewer, rounds)
    return [(each, group) for each in rounds for group in groups.get(each.pk, ())]
