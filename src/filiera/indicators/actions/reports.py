"""Building a report: begun from a packaged one or empty, changed section by section, kept in versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.definition import Definition
from filiera.indicators.models import Report, ReportSection, ReportVersion, SectionKind
from filiera.indicators.models.reports import LONGEST_SPAN
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.editions import edition_breakdowns
from filiera.indicators.queries.impact import programmes_of
from filiera.indicators.queries.reports import kept_version
from filiera.indicators.reports.packaged import packaged_reports
from filiera.indicators.reports.plans import SectionPlan, plan_of, plans_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

MOST_SECTIONS = 60
MOST_FIGURES = 40


class UnknownTemplate(DomainError):
    message = _("There is no such packaged report.")
    field = "template"


class EditionNeeded(DomainError):
    message = _("This report is about an edition: choose which.")
    field = "edition"


class EditionNotOurs(DomainError):
    message = _("Choose an edition that your organisation runs and whose facts are told apart.")
    field = "edition"


class TitleMissing(DomainError):
    message = _("Give it a title.")
    field = "title"


class TextMissing(DomainError):
    message = _("Write what it should say.")
    field = "text"


class FiguresMissing(DomainError):
    message = _("Choose at least one figure.")
    field = "codes"


class OneFigureOnly(DomainError):
    message = _("A chart shows one figure.")
    field = "codes"


class NoSuchFigure(DomainError):
    field = "codes"

    def __init__(self, code: str, field_name: str = "codes") -> None:
        super().__init__(_("There is no indicator {%(code)s}.") % {"code": code})
        self.field = field_name


class NotBrokenDown(DomainError):
    message = _("This figure cannot be broken down like that.")
    field = "breakdown"


class TooManySections(DomainError):
    message = _("A report has at most 60 sections.")


class NothingToKeep(DomainError):
    message = _("A report without sections says nothing. Add one first.")


class NothingNew(DomainError):
    message = _("Nothing has changed since the last version.")


class SectionIsGone(DomainError):
    message = _("Somebody took this section out and kept a version since. Add it anew.")


class ReportIsPutAway(DomainError):
    message = _("This report was put away. Bring it back to change it.")


@dataclass(frozen=True, kw_only=True)
class SectionDetails:
    """What is typed for a section; what its kind does not have is left empty."""

    kind: SectionKind
    title: Mapping[str, str] = field(default_factory=dict)
    text: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[str] = ()
    span: int = 1
    breakdown: str = ""


@transaction.atomic
def create_report(
    *,
    organisation: Organisation,
    title: Mapping[str, str],
    template: str = "",
    edition: Edition | None = None,
    is_demonstration: bool = False,
    by: Viewer,
    at: datetime,
) -> Report:
    """Begin a report, with the sections of a packaged one if it is named.

    Raises PermissionDenied, TitleMissing, UnknownTemplate, EditionNeeded, EditionNotOurs.
    """
    if not policies.can_write_reports(by, organisation):
        raise PermissionDenied
    if not title:
        raise TitleMissing
    plans: Sequence[SectionPlan] = ()
    if template:
        if template not in packaged_reports():
            raise UnknownTemplate
        packaged = packaged_reports()[template]
        if packaged.needs_edition and edition is None:
            raise EditionNeeded
        plans = packaged.sections
    if edition is not None and not programmes_of(by, organisation).filter(pk=edition.pk).exists():
        raise EditionNotOurs
    report = Report.objects.create(
        organisation=organisation,
        edition=edition,
        title=dict(title),
        template=template,
        is_demonstration=is_demonstration,
        created_by=by.person,
        created_at=at,
    )
    _place(report, plans)
    return report


@transaction.atomic
def rename_report(*, report: Report, title: Mapping[str, str], by: Viewer, at: datetime) -> Report:
    """Raises PermissionDenied, TitleMissing, ReportIsPutAway."""
    report = _locked(report, by)
    if not title:
        raise TitleMissing
    report.title = dict(title)
    report.save(update_fields=["title"])
    return report


@transaction.atomic
def put_report_away(*, report: Report, by: Viewer, at: datetime) -> None:
    """Take a report out of the list; it is sent to nobody any more. Raises PermissionDenied."""
    report = _locked(report, by, also_put_away=True)
    if report.put_away_at is None:
        report.put_away_at = at
        report.save(update_fields=["put_away_at"])


@transaction.atomic
def bring_report_back(*, report: Report, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied."""
    report = _locked(report, by, also_put_away=True)
    report.put_away_at = None
    report.save(update_fields=["put_away_at"])


@transaction.atomic
def save_section(
    *,
    report: Report,
    section: ReportSection | None,
    details: SectionDetails,
    by: Viewer,
    at: datetime,
) -> ReportSection:
    """Add a section at the end, or change one.

    Raises PermissionDenied, ReportIsPutAway, SectionIsGone and the refusals of this module.
    """
    report = _locked(report, by)
    _check(details, of_edition=report.edition_id is not None)
    said = {
        "title": dict(details.title),
        "text": dict(details.text),
        "codes": list(details.codes),
        "breakdown": details.breakdown,
        "span": details.span,
    }
    if section is None:
        if report.sections.standing().count() >= MOST_SECTIONS:
            raise TooManySections
        return ReportSection.objects.create(
            report=report, kind=details.kind, position=_next_position(report), **said
        )
    # What it says and nothing else: meanwhile it may have been moved or taken out.
    if not ReportSection.objects.filter(pk=section.pk, report=report).update(**said):
        raise SectionIsGone
    return section


@transaction.atomic
def move_section(*, section: ReportSection, up: bool, by: Viewer, at: datetime) -> None:
    """One place up or down; at the end nothing happens. Raises PermissionDenied, ReportIsPutAway."""
    report = _locked(section.report, by)
    ordered = list(report.sections.standing())
    place = next((number for number, each in enumerate(ordered) if each.pk == section.pk), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if not 0 <= other < len(ordered):
        return
    ordered[place], ordered[other] = ordered[other], ordered[place]
    for number, each in enumerate(ordered, start=1):
        each.position = number
    ReportSection.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def remove_section(*, section: ReportSection, by: Viewer, at: datetime) -> None:
    """Take a section out; it can be put back. Raises PermissionDenied, ReportIsPutAway."""
    _locked(section.report, by)
    ReportSection.objects.filter(pk=section.pk, removed_at__isnull=True).update(removed_at=at)


@transaction.atomic
def put_section_back(*, section: ReportSection, by: Viewer, at: datetime) -> None:
    """Where it stood before. Raises PermissionDenied, ReportIsPutAway, TooManySections, SectionIsGone."""
    report = _locked(section.report, by)
    if report.sections.standing().count() >= MOST_SECTIONS:
        raise TooManySections
    if not ReportSection.objects.filter(pk=section.pk).update(removed_at=None):
        raise SectionIsGone


@transaction.atomic
def save_version(*, report: Report, by: Viewer, at: datetime) -> ReportVersion:
    """Keep the draft as a version that never changes; what was taken out is gone.

    Raises PermissionDenied, ReportIsPutAway, NothingToKeep, NothingNew.
    """
    report = _locked(report, by)
    sections = [plan_of(section).told() for section in report.sections.standing()]
    if not sections:
        raise NothingToKeep
    if kept_version(report) is not None:
        raise NothingNew
    last = report.versions.order_by("-number").first()
    report.sections.filter(removed_at__isnull=False).delete()
    return ReportVersion.objects.create(
        report=report,
        number=last.number + 1 if last else 1,
        title=report.title,
        sections=sections,
        saved_by=by.person,
        saved_at=at,
    )


@transaction.atomic
def return_to_version(*, version: ReportVersion, by: Viewer, at: datetime) -> Report:
    """Make the draft what it was in this version; what the draft was can be put back section by section.

    Raises PermissionDenied, ReportIsPutAway.
    """
    report = _locked(version.report, by)
    report.sections.standing().update(removed_at=at)
    report.title = version.title
    report.save(update_fields=["title"])
    _place(report, plans_of(version.sections))
    return report


def _check(details: SectionDetails, *, of_edition: bool) -> None:
    known = current_definitions()
    for text in details.text.values():
        for code in SectionPlan(kind=details.kind, text={"": text}).all_codes:
            if code not in known:
                raise NoSuchFigure(code, "text")
    for code in details.codes:
        if code not in known:
            raise NoSuchFigure(code)
    match details.kind:
        case SectionKind.HEADING if not details.title:
            raise TitleMissing
        case SectionKind.TEXT if not details.text:
            raise TextMissing
        case SectionKind.FIGURES | SectionKind.CLUSTERS if not details.codes:
            raise FiguresMissing
        case SectionKind.CHART:
            _check_chart(details, known, of_edition=of_edition)
        case _:
            pass
    if len(details.codes) > MOST_FIGURES or not 1 <= details.span <= LONGEST_SPAN:
        raise FiguresMissing


def _check_chart(details: SectionDetails, known: Mapping[str, Definition], *, of_edition: bool) -> None:
    if not details.codes:
        raise FiguresMissing
    if len(details.codes) > 1:
        raise OneFigureOnly
    definition = known[details.codes[0]]
    possible = edition_breakdowns(definition) if of_edition else definition.breakdowns
    if details.breakdown and details.breakdown not in possible:
        raise NotBrokenDown


def _place(report: Report, plans: Sequence[SectionPlan]) -> None:
    first = _next_position(report)
    ReportSection.objects.bulk_create(
        ReportSection(
            report=report,
            position=number,
            kind=plan.kind,
            title=dict(plan.title),
            text=dict(plan.text),
            codes=list(plan.codes),
            span=plan.span,
            breakdown=plan.breakdown,
        )
        for number, plan in enumerate(plans, start=first)
    )


def _next_position(report: Report) -> int:
    last: int | None = report.sections.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _locked(report: Report, by: Viewer, *, also_put_away: bool = False) -> Report:
    """One hand at a time. Raises PermissionDenied, ReportIsPutAway."""
    locked = Report.objects.select_for_update(of=("self",)).select_related("organisation", "edition")
    found = locked.get(pk=report.pk)
    if not policies.can_write_reports(by, found.organisation):
        raise PermissionDenied
    if found.put_away_at is not None and not also_put_away:
        raise ReportIsPutAway
    return found
