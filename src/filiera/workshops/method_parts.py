"""What methods add to somebody's own page, the desk of the running day, its folder and a dossier."""

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel, OwnKind, OwnPart, Sheet
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.workshops import dossier_parts
from filiera.workshops.dossier_parts import Entry, Section
from filiera.workshops.method_blocks import Block
from filiera.workshops.models import MethodCard, MethodRun
from filiera.workshops.policies.editions import can_lead
from filiera.workshops.queries.methods import RunLine, run_lines, running_for, runs_to_open


def register_parts() -> None:
    day_parts.register("workshops.methods", own_parts=own_parts, desk_panels=desk_panels, sheets=sheets)
    dossier_parts.register("workshops.methods", dossier_sections, order=30)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """What goes on at one's own board now."""
    for run in running_for(viewer, edition):
        yield OwnPart(
            key=f"method-{run.pk}",
            kind=OwnKind.TASK,
            title=run.name,
            details=(_("Now: %(step)s") % {"step": translated(run.now.title)},),
            address=reverse("workshops:method_run", args=[edition.slug, run.pk]),
            is_urgent=True,
        )


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """The methods that go on, with their step and clock, and those that are prepared."""
    if not can_lead(viewer, edition):
        return []
    lines = [line for line in run_lines(viewer, edition) if not line.run.is_ended]
    return [
        DeskPanel(
            key="methods",
            title=_("Methods"),
            lines=tuple(_desk_line(line, edition) for line in lines),
            empty=_("No method is going on or prepared."),
            address=reverse("workshops:desk_methods", args=[edition.slug]),
            address_label=_("All methods"),
        )
    ]


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """The steps of the methods of a day with their minutes, for whoever leads without a screen."""
    if not can_lead(viewer, edition):
        return []
    rows = []
    for run in runs_to_open(viewer, edition).order_by("pk"):
        begins = _begins(run, edition)
        if begins is None or begins.date() != day:
            continue
        rows += [
            (
                begins.strftime("%H:%M"),
                run.name,
                str(number),
                translated(step.title),
                str(Block(step.block).label),
                _("%(minutes)s min") % {"minutes": step.whole_minutes} if step.minutes else _("no clock"),
                translated(step.text),
            )
            for number, step in enumerate(run.content.steps, start=1)
        ]
    if not rows:
        return []
    columns = (
        _("Begins"), _("Method"), _("No."), _("Step"), _("Block"), pgettext("method", "Time"),
        _("What to do"),
    )  # fmt: skip
    return [Sheet(key="methods", title=_("Methods"), columns=columns, rows=tuple(rows))]


def dossier_sections(viewer: Viewer, edition: Edition) -> Iterable[Section]:
    """What somebody wrote themselves, with the way to the whole."""
    own = (
        MethodCard.objects.visible_to(viewer)
        .standing()
        .filter(author_id=viewer.person_id or 0, board__run__edition=edition)
        .select_related("board__run__version")
        .order_by("written_at", "pk")
    )
    entries = []
    for card in own:
        run = card.board.run
        step = run.content.step(card.step)
        path = reverse("workshops:method_results", args=[edition.slug, run.pk])
        entries.append(
            Entry(
                card.text,
                f"{run.name}: {translated(step.title)}" if step else run.name,
                f"{settings.PUBLIC_URL.rstrip('/')}{path}",
            )
        )
    return [Section(_("My cards in methods"), entries, _("No cards were written."))]


def _desk_line(line: RunLine, edition: Edition) -> DeskLine:
    run = line.run
    cards = ngettext("one card", "%(count)s cards", line.cards) % {"count": line.cards}
    if run.is_running:
        step = _("Now: %(step)s") % {"step": translated(run.now.title)}
        detail = f"{step}, {cards}"
    else:
        detail = str(run.get_state_display())
    return DeskLine(
        text=run.name,
        detail=detail,
        address=reverse("workshops:desk_method_run", args=[edition.slug, run.pk]),
        tone="good" if run.is_running else "",
    )


def _begins(run: MethodRun, edition: Edition) -> datetime | None:
    """When it began, or when its session is to be."""
    if run.started_at is not None:
        return at_zone(run.started_at, edition.time_zone)
    if run.session is not None and run.session.during is not None:
        return at_zone(run.session.during.lower, edition.time_zone)
    return None
