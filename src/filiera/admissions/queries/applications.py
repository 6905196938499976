"""Applications as applicants follow and organisers read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Application,
    ApplicationState,
    Call,
    Decision,
    Participation,
    ParticipationState,
    Presence,
)
from filiera.admissions.queries.selection import told_decision
from filiera.organisations.models import Organisation, Position
from filiera.reference.models import Country, Ecosystem
from filiera.texts.sorting import sort_key

PAGE_SIZE = 50
MOST_FOUND = 8
_TOLD = (
    ParticipationState.OFFERED, ParticipationState.CONFIRMED, ParticipationState.DECLINED,
    ParticipationState.EXPIRED, ParticipationState.CANCELLED,
)  # fmt: skip


def own_applications(viewer: Viewer, call: Call) -> list[Application]:
    """What the viewer filed in a call or stands for, the newest first."""
    if viewer.person_id is None:
        return []
    own = Q(filed_by=viewer.person_id) | Q(candidate=viewer.person_id) & ~Q(state=ApplicationState.DRAFT)
    found = Application.objects.visible_to(viewer).filter(own, call=call)
    return list(found.select_related("organisation").order_by("-pk"))


def application_for_page(viewer: Viewer, application_id: int) -> QuerySet[Application]:
    """One application with what its pages show, as far as the viewer may know it."""
    related = ("call__edition__organiser", "organisation", "candidate", "filed_by", "country", "ecosystem",
               "access_code", "host_offer")  # fmt: skip
    return Application.objects.visible_to(viewer).filter(pk=application_id).select_related(*related)


@dataclass(frozen=True, slots=True)
class Stage:
    """One knot of the thread from draft to presence."""

    name: str | Promise
    state: str
    at: datetime | None = None


def progress_of(application: Application) -> list[Stage]:
    """Draft, submitted, selected, confirmed, present; a selection that was not sent is not told."""
    place = Participation.objects.filter(application=application, state__in=_TOLD).first()
    first = (
        Presence.objects.standing().filter(participation=place).order_by("checked_in_at").first()
        if place is not None
        else None
    )
    reached: list[tuple[str | Promise, datetime | None]] = [
        (pgettext_lazy("application", "Draft"), application.created_at),
        (pgettext_lazy("application", "Submitted"), application.submitted_at),
    ]
    if application.call.is_for_hosts:
        return _stages(reached, ended=_withdrawn(application))
    reached += [
        (pgettext_lazy("application", "Selected"), place.offered_at if place is not None else None),
        (pgettext_lazy("application", "Confirmed"), place.confirmed_at if place is not None else None),
        (pgettext_lazy("application", "Present"), first.checked_in_at if first is not None else None),
    ]
    ended = _withdrawn(application)
    if place is not None and place.ended_at is not None:
        ended = (place.get_state_display(), place.ended_at)
    return _stages(reached, ended=ended or (_turned_down(application) if place is None else None))


def _turned_down(application: Application) -> tuple[str, datetime | None] | None:
    """The reserve list or a refusal, once the applicant was told of it."""
    told = told_decision(application)
    if told is None or told.decision not in (Decision.RESERVE, Decision.REJECTED):
        return None
    return (told.get_decision_display(), told.told_at)


def _withdrawn(application: Application) -> tuple[str, datetime | None] | None:
    if application.state != ApplicationState.WITHDRAWN:
        return None
    return (application.get_state_display(), application.withdrawn_at)


def _stages(
    reached: list[tuple[str | Promise, datetime | None]], *, ended: tuple[str, datetime | None] | None
) -> list[Stage]:
    done = [(name, at) for name, at in reached if at is not None]
    stages = [Stage(name, "is-done", at) for name, at in done]
    if ended is not None:
        return [*stages, Stage(ended[0], "is-now", ended[1])]
    stages[-1] = Stage(stages[-1].name, "is-now", stages[-1].at)
    return stages + [Stage(name, "is-later") for name, at in reached if at is None]


def organisations_of_person(viewer: Viewer, at: datetime) -> list[Organisation]:
    """The organisations whose team the viewer is in, as far as they have not ended."""
    if viewer.person_id is None:
        return []
    positions = Position.objects.current().filter(person=viewer.person_id).values("organisation")
    found = Organisation.objects.visible_to(viewer).filter(_not_ended(at), pk__in=positions)
    return list(found.select_related("country").order_by("sort_key", "pk"))


def organisations_like(viewer: Viewer, text: str, at: datetime) -> list[Organisation]:
    """Organisations of the directory whose name has what was typed, the closest first."""
    words = sort_key(text).split()
    if not words or len("".join(words)) < 2:
        return []
    found = Organisation.objects.visible_to(viewer).filter(_not_ended(at))
    for word in words:
        found = found.filter(search_key__contains=word)
    return list(found.select_related("country").order_by("sort_key", "pk")[:MOST_FOUND])


def _not_ended(at: datetime) -> Q:
    return Q(closed_on__isnull=True) | Q(closed_on__gt=at.date())


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What is asked of the list of applications; empty asks for nothing."""

    text: str = ""
    state: str = ApplicationState.SUBMITTED
    country: str = ""
    ecosystem: str = ""
    maturity: str = ""
    newcomer: str = ""

    def narrow(self, found: QuerySet[Application]) -> QuerySet[Application]:
        if self.state:
            found = found.filter(state=self.state)
        if self.country:
            found = found.filter(country=self.country)
        if self.ecosystem:
            found = found.filter(ecosystem=self.ecosystem)
        if self.maturity:
            found = found.filter(maturity=self.maturity)
        if self.newcomer:
            found = found.filter(is_returning=self.newcomer == "no")
        if self.text.isdecimal() and len(self.text) < 9:
            return found.filter(number=int(self.text))
        if self.text:
            found = found.filter(
                Q(candidate_name__icontains=self.text)
                | Q(candidate_email__icontains=self.text)
                | Q(organisation_name__icontains=self.text)
                | Q(organisation__name__icontains=self.text)
                | Q(challenge_title__icontains=self.text)
            )
        return found


@dataclass(frozen=True, slots=True)
class ApplicationsPage:
    """One page of the list by number; the keys lead to the pages beside it."""

    applications: list[Application]
    total: int
    next_key: int | None
    previous_key: int | None


def applications_page(
    viewer: Viewer, call: Call, asked: ListFilter, *, after: int | None = None, before: int | None = None
) -> ApplicationsPage:
    """The handed-in applications of a call, one page at a time; keys are their numbers."""
    found = asked.narrow(_handed_in(viewer, call))
    backwards = before is not None and after is None
    rows = found.select_related("organisation", "country", "ecosystem")
    if after is not None:
        rows = rows.filter(number__gt=after)
    elif before is not None:
        rows = rows.filter(number__lt=before)
    page = list(rows.order_by("-number" if backwards else "number")[: PAGE_SIZE + 1])
    has_more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    if backwards:
        page.reverse()
    has_next = has_more or backwards
    has_previous = has_more if backwards else after is not None
    return ApplicationsPage(
        applications=page,
        total=found.count(),
        next_key=page[-1].number if page and has_next else None,
        previous_key=page[0].number if page and has_previous else None,
    )


def applications_for_table(viewer: Viewer, call: Call, asked: ListFilter) -> Iterable[Application]:
    """All that the list shows, for a file; read in portions."""
    rows = asked.narrow(_handed_in(viewer, call)).select_related("organisation", "country", "ecosystem")
    return rows.order_by("number").iterator(chunk_size=1_000)


@dataclass(frozen=True, slots=True)
class ListChoices:
    countries: list[Country]
    ecosystems: list[Ecosystem]


def list_choices(call: Call) -> ListChoices:
    """What the list can be narrowed by: only what occurs in it."""
    handed_in = Application.objects.filter(call=call).exclude(state=ApplicationState.DRAFT)
    countries = Country.objects.filter(Exists(handed_in.filter(country=OuterRef("pk"))))
    ecosystems = Ecosystem.objects.filter(Exists(handed_in.filter(ecosystem=OuterRef("pk"))))
    return ListChoices(list(countries), list(ecosystems.order_by("position")))


def _handed_in(viewer: Viewer, call: Call) -> QuerySet[Application]:
    return Application.objects.visible_to(viewer).filter(call=call).exclude(state=ApplicationState.DRAFT)


def flags_of(application: Application, at: datetime) -> list[str]:
    """What deserves a look: the same person elsewhere, an organisation that ended, somebody from outside."""
    flags = []
    if application.candidate_email:
        same = Application.objects.submitted().filter(
            call=application.call_id, candidate_email__iexact=application.candidate_email
        )
        flags += [
            gettext("The same person is proposed in application %(number)s.") % {"number": other.number}
            for other in same.exclude(pk=application.pk).order_by("number")
        ]
    if application.candidate_name:
        namesakes = Application.objects.submitted().filter(
            call=application.call_id, candidate_name__iexact=application.candidate_name
        )
        if application.candidate_email:
            namesakes = namesakes.exclude(candidate_email__iexact=application.candidate_email)
        flags += [
            gettext("Somebody of the same name is proposed in application %(number)s with another address.")
            % {"number": other.number}
            for other in namesakes.exclude(pk=application.pk).order_by("number")
        ]
    organisation = application.organisation
    if organisation is None:
        flags.append(gettext("The organisation is not in the directory yet."))
        return flags
    if organisation.closed_on is not None and organisation.closed_on <= at.date():
        flags.append(gettext("The organisation has ended since."))
    in_team = Position.objects.current().filter(
        person=application.filed_by_id or 0, organisation=application.organisation_id
    )
    if not in_team.exists():
        flags.append(gettext("Filed by somebody who is not in the organisation's team here."))
    return flags
