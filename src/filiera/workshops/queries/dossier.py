"""The take-home dossier of a participant: two pages for the board, and all that they take along."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from filiera.academy.models import Edition, Material
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.queries.people import contact_lines
from filiera.texts.dates import day_in_words
from filiera.texts.languages import DEFAULT_LANGUAGE, translated
from filiera.workshops import dossier_parts
from filiera.workshops.dossier_parts import Entry, Section
from filiera.workshops.models import ActionPlan, Measure, MeasureState, TakeHome
from filiera.workshops.queries.plans import own_plans
from filiera.workshops.words import indicator_words


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is set on paper or written into a file to edit: chapters of entries, in one language."""

    title: str
    name: str
    organisation: str
    edition: str
    when: str
    made_on: str
    board_title: str
    board: list[Section]
    rest_title: str
    rest: list[Section]
    is_demonstration: bool


def take_home_of(viewer: Viewer, edition: Edition) -> TakeHome | None:
    return TakeHome.objects.visible_to(viewer).filter(edition=edition).first()


def dossier_of(viewer: Viewer, edition: Edition, *, at: datetime) -> Dossier:
    """In the language of the moment; people's own words stay as they were written."""
    place = (
        Participation.objects.confirmed()
        .filter(edition=edition, person_id=viewer.person_id or 0)
        .select_related("organisation")
        .first()
    )
    written = take_home_of(viewer, edition)
    name = place.name if place is not None else str(viewer.person.shown_name) if viewer.person else ""
    organisation = ""
    if place is not None:
        organisation = place.organisation.name if place.organisation else place.organisation_name
    plans = own_plans(viewer, edition)
    prefetch_related_objects(plans, "measures__owner", "feedback")
    measures = list(
        Measure.objects.visible_to(viewer)
        .filter(plan__edition=edition, is_idea_only=False)
        .filter(_own(viewer, place))
        .with_names()
        .order_by("plan_id", "position", "pk")
    )
    return Dossier(
        title=_("What I take home"),
        name=name,
        organisation=organisation,
        edition=translated(edition.name),
        when=_when(edition),
        made_on=day_in_words(at),
        board_title=_("What I bring back"),
        board=_for_board(edition, written, plans, measures),
        rest_title=_("My dossier"),
        rest=[
            Section(
                _("My notes"),
                [Entry("", written.notes)] if written and written.notes else [],
                _("No notes were written."),
            ),
            *(_plan_section(plan) for plan in plans),
            _materials(viewer, edition, at),
            _contacts(viewer, edition),
            *dossier_parts.collected(viewer, edition),
        ],
        is_demonstration=edition.is_demonstration,
    )


def _own(viewer: Viewer, place: Participation | None) -> Q:
    own = Q(owner__person_id=viewer.person_id or 0)
    if place is not None and place.organisation_id is not None:
        own |= Q(cluster_id=place.organisation_id)
    return own


def _for_board(
    edition: Edition, written: TakeHome | None, plans: list[ActionPlan], measures: list[Measure]
) -> list[Section]:
    objectives = [Entry("", translated(each.text)) for each in edition.objectives.order_by("number")]
    wanted = [Entry("", each.help_wanted) for each in measures if each.help_wanted]
    resources = [Entry(each.text, each.resources) for each in measures if each.resources]
    return [
        Section(
            _("In a few words"),
            [Entry("", written.for_board)] if written and written.for_board else [],
            _("Write here in three sentences what changes for us."),
        ),
        Section(_("Why I was there"), objectives),
        Section(_("What my group worked on"), [Entry(plan.title, plan.aim) for plan in plans]),
        Section(
            ngettext("One measure is ours", "%(count)s measures are ours", len(measures))
            % {"count": len(measures)}
            if measures
            else _("No measure is ours yet"),
            [Entry(each.text, _line(each)) for each in measures],
        ),
        Section(_("What it takes"), resources),
        Section(_("Where we want help"), wanted),
    ]


def _line(measure: Measure) -> str:
    said = [measure.owner_name, measure.cluster_name]
    if measure.due_on:
        said.append(_("by %(day)s") % {"day": day_in_words(measure.due_on)})
    if words := indicator_words(measure):
        said.append(words)
    if measure.state != MeasureState.PLANNED:
        said.append(str(MeasureState(measure.state).label))
    return " · ".join(filter(None, said))


def _plan_section(plan: ActionPlan) -> Section:
    entries = [Entry(pgettext("action plan", "Aim"), plan.aim)] if plan.aim else []
    for measure in sorted(plan.measures.all(), key=lambda each: (each.position, each.pk)):
        owner = _("Idea only") if measure.is_idea_only else measure.owner_name
        entries.append(Entry(measure.text, owner))
    entries += [
        Entry(str(card.get_kind_display()), card.text)
        for card in sorted(plan.feedback.all(), key=lambda each: (each.written_at, each.pk))
    ]
    return Section(_("Action plan: %(title)s") % {"title": plan.title}, entries)


def _materials(viewer: Viewer, edition: Edition, at: datetime) -> Section:
    materials = (
        Material.objects.visible_to(viewer)
        .open_at(at)
        .filter(session__edition=edition)
        .select_related("session", "file")
        .order_by("session__during", "position", "pk")
    )
    return Section(
        _("Materials"),
        [
            Entry(
                translated(each.title),
                translated(each.session.title),
                each.url or _absolute(reverse("files:file", args=[each.file.uuid]) if each.file else ""),
            )
            for each in materials
        ],
        _("No materials were given out."),
    )


def _contacts(viewer: Viewer, edition: Edition) -> Section:
    lines = [line for line in contact_lines(viewer) if line.contact.edition_id == edition.pk]
    return Section(
        _("People I met"),
        [
            Entry(
                line.name,
                " · ".join(filter(None, (line.organisation, line.email, line.phone, line.contact.note))),
            )
            for line in lines
        ],
        _("No contacts were exchanged."),
    )


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if path else ""


def _when(edition: Edition) -> str:
    language = (get_language() or DEFAULT_LANGUAGE).replace("-", "_")
    days: Iterable[str] = (
        format_date(part.starts_on, "long", locale=language) for part in edition.parts.order_by("starts_on")
    )
    return ", ".join(days)
