"""What needs somebody who applied, was given a place or takes part."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy.dates import day_and_month
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Application,
    ApplicationState,
    CallState,
    Participation,
    ParticipationState,
)
from filiera.admissions.queries.assessments import open_self_assessments
from filiera.admissions.queries.calls import told_moment
from filiera.admissions.queries.days import own_days
from filiera.admissions.queries.people import contact_requests
from filiera.admissions.queries.registration import registration_form
from filiera.admissions.queries.surveys import surveys_asked
from filiera.admissions.queries.tasks import open_tasks
from filiera.credentials.models import Certificate
from filiera.texts.languages import translated

from .needs import Need, need_in

_NEWS = timedelta(days=30)
_DUE_SOON = timedelta(days=3)


def participant_needs(person: Person, viewer: Viewer, at: datetime) -> Iterable[Need]:
    """From an unsent application to the certificate, what comes next for this person."""
    yield from _applications(person, at)
    places = list(
        Participation.objects.filter(
            person=person, state__in=[ParticipationState.OFFERED, ParticipationState.CONFIRMED]
        )
        .select_related("edition")
        .defer("edition__sources")
        .order_by("pk")
    )
    for place in places:
        yield from _place(place, viewer, place.edition.clock_at or at)
    yield from _work(person, at)
    yield from _certificates(person, at)


def _applications(person: Person, at: datetime) -> Iterable[Need]:
    drafts = Application.objects.filter(
        filed_by=person,
        state=ApplicationState.DRAFT,
        call__state=CallState.PUBLISHED,
        call__opens_at__lte=at,
        call__closes_at__gt=at,
    )
    for draft in drafts.select_related("call__edition").order_by("call__closes_at", "pk"):
        closes = draft.call.closes_at
        assert closes is not None
        sentence = _("Your application is not sent yet; the call closes on %(moment)s") % {
            "moment": told_moment(closes, draft.call.time_zone)
        }
        is_urgent = closes - at <= _DUE_SOON
        yield need_in(draft.call.edition, sentence, "admissions:application", draft.pk, is_urgent=is_urgent)


def _place(place: Participation, viewer: Viewer, at: datetime) -> Iterable[Need]:
    edition = place.edition
    if place.state == ParticipationState.OFFERED:
        if place.respond_by is not None and place.respond_by > at:
            sentence = _("A place is offered to you; answer by %(moment)s") % {
                "moment": told_moment(place.respond_by, edition.time_zone)
            }
            yield need_in(edition, sentence, "admissions:my_place", is_urgent=True)
        return
    if place.registered_at is None and registration_form(edition) is not None:
        yield need_in(edition, _("The details of your registration are missing"), "admissions:my_place")
    unsaid = sum(not day.mode and not day.is_over for day in own_days(place, at=at))
    if unsaid:
        sentence = ngettext("Say how you attend one day", "Say how you attend %(count)s days", unsaid) % {
            "count": unsaid
        }
        yield need_in(edition, sentence, "admissions:my_place")
    waiting = sum(not asked.is_answered for asked in surveys_asked(edition, viewer, at))
    if waiting:
        sentence = ngettext(
            "One survey asks what you think", "%(count)s surveys ask what you think", waiting
        ) % {"count": waiting}
        yield need_in(edition, sentence, "admissions:surveys")


def _work(person: Person, at: datetime) -> Iterable[Need]:
    for task in open_tasks(person):
        now = task.edition.clock_at or at
        sentence = _("%(task)s, due on %(day)s") % {
            "task": translated(task.title),
            "day": day_and_month(task.due_at),
        }
        yield need_in(
            task.edition, sentence, "admissions:task", task.pk, is_urgent=task.due_at - now <= _DUE_SOON
        )
    for assessment in open_self_assessments(person, at=at):
        edition = assessment.participation.edition
        yield need_in(
            edition, _("Rate your competences"), "admissions:self_assessment_moment", assessment.moment
        )
    for request in contact_requests(person):
        sentence = _("%(name)s would like to exchange contacts") % {"name": request.sender.shown_name}
        yield need_in(request.edition, sentence, "admissions:contacts")


def _certificates(person: Person, at: datetime) -> Iterable[Need]:
    fresh = Certificate.objects.standing().filter(participation__person=person)
    for certificate in fresh.select_related("edition", "award").order_by("-issued_at", "pk"):
        now = certificate.edition.clock_at or at
        if certificate.issued_at >= now - _NEWS:
            sentence = _("Your certificate is ready: %(name)s") % {"name": translated(certificate.award.name)}
            yield need_in(certificate.edition, sentence, "credentials:my_certificates")
