"""Applications: begin, keep step by step, send, take back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.facts import APPLICATION_SUBMITTED
from filiera.admissions.models import (
    AccessCode,
    Application,
    ApplicationState,
    Call,
    CallPhase,
    CallState,
    HostOffer,
    Participation,
    ParticipationState,
)
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.calls import told_moment
from filiera.admissions.steps import (
    ApplyingOrganisation,
    StepValues,
    kept_in,
    mark_of,
    missing_of,
)
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.mail.actions import queue_mail
from filiera.organisations.identity import comparable_name
from filiera.organisations.models import Organisation
from filiera.questionnaires.actions.answering import save_draft, start_response, submit_response
from filiera.questionnaires.actions.leaving import discard_draft as discard_response
from filiera.questionnaires.models import Response
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages

from .codes import give_code_back, use_code
from .errors import FieldRefusal

MOST_DRAFTS = 20
_STANDING_PLACE = (
    ParticipationState.SELECTED, ParticipationState.OFFERED, ParticipationState.CONFIRMED,
)  # fmt: skip


class CallTakesNoApplications(FieldRefusal):
    """Says when the call closed, so that nobody wonders."""

    message = gettext_lazy("This call takes no applications now.")

    def __init__(self, call: Call | None = None) -> None:
        words = None
        if call is not None and call.closes_at is not None:
            words = _("The call closed on %(moment)s. What you typed is still here, but is not saved.") % {
                "moment": told_moment(call.closes_at, call.time_zone)
            }
        super().__init__(words)


class CallIsByInvitation(FieldRefusal):
    message = gettext_lazy("This call is by invitation. Enter the code you were given.")
    field = "code"


class TooManyDrafts(FieldRefusal):
    message = gettext_lazy("You have many drafts in this call already. Send or discard one of them first.")


class ApplicationIsWithdrawn(FieldRefusal):
    message = gettext_lazy("This application was withdrawn. Begin a new one while the call is open.")


class ApplicationIncomplete(FieldRefusal):
    """Carries what is missing."""

    message = gettext_lazy("Something is missing. The list says what and leads there.")


class StepChangedElsewhere(FieldRefusal):
    message = gettext_lazy(
        "This step was changed in another window. Your input is still here; "
        "saving again replaces what stands there."
    )


class OrganisationIsSettled(FieldRefusal):
    message = gettext_lazy(
        "The organisation of an application that was sent stays. "
        "To change it, withdraw the application and begin a new one."
    )


class OrganisationHasEnded(FieldRefusal):
    message = gettext_lazy("This organisation has ended. Choose the one that carries on its work.")
    field = "organisation"


class OrganisationHasEnough(FieldRefusal):
    field = "organisation"


class CandidateAlreadyProposed(FieldRefusal):
    field = "candidate_email"


class CallAsksNothing(FieldRefusal):
    message = gettext_lazy("This call asks no questions of its own.")


class ApplicationHasPlace(FieldRefusal):
    message = gettext_lazy("This application has a place already. Give the place back instead.")


class ApplicationNotSent(FieldRefusal):
    message = gettext_lazy("Only an application that was sent can be withdrawn.")


class ApplicationWasSent(FieldRefusal):
    message = gettext_lazy("An application that was sent cannot be discarded. Withdraw it instead.")


@dataclass(frozen=True, slots=True)
class Opened:
    """An application under its lock, with its call under the lock that counts applications."""

    call: Call
    application: Application


@transaction.atomic
def begin_application(
    *, call: Call, values: ApplyingOrganisation, code: str, language: str, by: Viewer, at: datetime
) -> Application:
    """Begin a draft in the name of an organisation; a second press of the button begins no second one.

    Raises PermissionDenied, CallTakesNoApplications, CallIsByInvitation, CodeNotKnown, TooManyDrafts,
    OrganisationHasEnded, OrganisationHasEnough.
    """
    if not policies.can_apply(by):
        raise PermissionDenied
    call = _locked(call)
    own = Application.objects.filter(call=call, filed_by=by.person_id, state=ApplicationState.DRAFT)
    untouched = own.filter(
        organisation=values.organisation,
        organisation_name=values.organisation_name,
        changed_at=F("created_at"),
    )
    begun = untouched.order_by("-pk").first()
    if begun is not None:
        return begun
    if own.count() >= MOST_DRAFTS:
        raise TooManyDrafts
    _check_ended(values.organisation, at.date())
    _check_most_per_organisation(call, values, None)
    access_code = None
    if call.phase_at(at) != CallPhase.OPEN or call.by_invitation:
        access_code = _let_in(call, code, at)
    highest = Application.objects.filter(call=call).aggregate(highest=Max("number"))["highest"]
    application = Application.objects.create(
        call=call,
        number=(highest or 0) + 1,
        filed_by=by.person,
        organisation=values.organisation,
        organisation_name=values.organisation_name,
        organisation_kind=values.organisation_kind,
        country=values.organisation.country if values.organisation is not None else None,
        access_code=access_code,
        language=language,
        created_at=at,
        changed_at=at,
        is_demonstration=call.is_demonstration,
    )
    if call.is_for_hosts:
        HostOffer.objects.create(application=application)
    return application


@transaction.atomic
def change_organisation(
    *, application: Application, values: ApplyingOrganisation, by: Viewer, at: datetime
) -> Application:
    """Apply in another name; possible until the application is sent.

    Raises PermissionDenied, CallTakesNoApplications, ApplicationIsWithdrawn, OrganisationIsSettled,
    OrganisationHasEnded, OrganisationHasEnough.
    """
    opened = open_for_change(application=application, by=by, at=at)
    application = opened.application
    if application.state == ApplicationState.SUBMITTED:
        raise OrganisationIsSettled
    _check_ended(values.organisation, at.date())
    _check_most_per_organisation(opened.call, values, application)
    application.organisation = values.organisation
    application.organisation_name = values.organisation_name
    application.organisation_kind = values.organisation_kind
    application.changed_at = at
    application.save()
    return application


@transaction.atomic
def keep_step(
    *,
    application: Application,
    values: StepValues,
    seen: str,
    by: Viewer,
    at: datetime,
) -> Application:
    """Keep what a step says. `seen` is the mark of what the page showed before it was typed into.

    Raises PermissionDenied, CallTakesNoApplications, ApplicationIsWithdrawn, StepChangedElsewhere,
    CandidateAlreadyProposed.
    """
    opened = open_for_change(application=application, by=by, at=at)
    application = opened.application
    row = kept_in(application, type(values))
    is_new = any(getattr(row, entry.name) != getattr(values, entry.name) for entry in fields(values))
    if is_new and seen != mark_of(application, type(values)):
        raise StepChangedElsewhere
    for entry in fields(values):
        setattr(row, entry.name, getattr(values, entry.name))
    if application.state == ApplicationState.SUBMITTED:
        _check_candidate(application)
        _link_candidate(application)
    application.changed_at = at
    application.save()
    if row is not application:
        row.save()
    return application


@transaction.atomic
def keep_answers(
    *, application: Application, answers: Mapping[str, Any], by: Viewer, at: datetime
) -> Application:
    """Keep answers to the call's own questions; those of an application that was sent stay complete.

    Raises PermissionDenied, CallTakesNoApplications, ApplicationIsWithdrawn, and what answering refuses.
    """
    application = open_for_change(application=application, by=by, at=at).application
    response = _begun_response(application, by, at)
    keep = submit_response if response.is_submitted else save_draft
    keep(response=response, answers=answers, by=by, at=at)
    application.changed_at = at
    application.save(update_fields=["answers", "changed_at"])
    return application


@transaction.atomic
def submit_application(*, application: Application, by: Viewer, at: datetime) -> Application:
    """Hand an application in; pressing twice hands it in once.

    The call's row is locked first: of two applications of one organisation that are sent at the same
    moment, the second sees the first.
    Raises PermissionDenied, CallTakesNoApplications, ApplicationIsWithdrawn, ApplicationIncomplete,
    OrganisationHasEnded, OrganisationHasEnough, CandidateAlreadyProposed, and what answering refuses.
    """
    opened = open_for_change(application=application, by=by, at=at)
    call, application = opened.call, opened.application
    if application.state == ApplicationState.SUBMITTED:
        return application
    if missing_of(application):
        raise ApplicationIncomplete
    _check_ended(application.organisation, at.date())
    _check_most_per_organisation(call, _organisation_of(application), application)
    _check_candidate(application)
    _link_candidate(application)
    if call.application_form is not None:
        response = _begun_response(application, by, at)
        application.answers = submit_response(response=response, by=by, at=at)
    application.state, application.submitted_at = ApplicationState.SUBMITTED, at
    application.changed_at = at
    application.save()
    ledger.record(
        APPLICATION_SUBMITTED.code,
        subject=application,
        by=by,
        at=at,
        organisation=application.organisation,
        counterpart=call.edition.organiser,
        person=application.candidate,
        ecosystem=application.ecosystem,
    )
    _mail_receipt(call, application, by, at)
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: Viewer, at: datetime) -> Application:
    """Take an application back, also after the call has closed.

    Raises PermissionDenied, ApplicationNotSent, ApplicationHasPlace.
    """
    application = _locked_application(application, by)
    if application.state != ApplicationState.SUBMITTED:
        raise ApplicationNotSent
    if Participation.objects.filter(application=application, state__in=_STANDING_PLACE).exists():
        raise ApplicationHasPlace
    application.state, application.withdrawn_at, application.changed_at = ApplicationState.WITHDRAWN, at, at
    application.save(update_fields=["state", "withdrawn_at", "changed_at"])
    give_code_back(application=application)
    _reverse_fact(application, by, at)
    return application


@transaction.atomic
def discard_draft(*, application: Application, by: Viewer, at: datetime) -> None:
    """Remove a draft that was never sent.

    Raises PermissionDenied, ApplicationWasSent.
    """
    application = _locked_application(application, by)
    if application.state != ApplicationState.DRAFT:
        raise ApplicationWasSent
    give_code_back(application=application)
    response = application.answers
    application.delete()
    if response is not None:
        discard_response(response=response, by=by, at=at)


@transaction.atomic
def let_in_by_code(*, application: Application, code: str, by: Viewer, at: datetime) -> Application:
    """Let a draft be finished after the closing, by a code of the organiser.

    Raises PermissionDenied, CodeNotKnown.
    """
    application = _locked_application(application, by)
    application.access_code = use_code(call=application.call, written=code, at=at)
    application.save(update_fields=["access_code"])
    return application


def open_for_change(*, application: Application, by: Viewer, at: datetime) -> Opened:
    """Lock an application and its call, and see that it may still be changed; for the actions here.

    What was begun in time may be finished a little after the closing, and as long as an access code says.
    Raises PermissionDenied, ApplicationIsWithdrawn, CallTakesNoApplications.
    """
    call = _locked(application.call)
    application = _locked_application(application, by)
    application.call = call
    if application.state == ApplicationState.WITHDRAWN:
        raise ApplicationIsWithdrawn
    if not may_still_change(application, at):
        raise CallTakesNoApplications(call)
    return Opened(call, application)


def may_still_change(application: Application, at: datetime) -> bool:
    """Whether the clock lets an application be written and sent."""
    call, code = application.call, application.access_code
    if code is not None and code.revoked_at is None and code.valid_until > at:
        return call.state == CallState.PUBLISHED
    return call.phase_at(at) == CallPhase.OPEN or call.is_in_grace_at(at)


def _begun_response(application: Application, by: Viewer, at: datetime) -> Response:
    """The response that holds the application's answers; begun when first needed."""
    questionnaire = application.call.application_form
    if questionnaire is None:
        raise CallAsksNothing
    if application.answers is None:
        application.answers = start_response(
            questionnaire=questionnaire,
            about=f"application:{application.pk}",
            language=application.language,
            by=by,
            at=at,
        )
    return application.answers


def _let_in(call: Call, code: str, at: datetime) -> AccessCode:
    if call.state != CallState.PUBLISHED:
        raise CallTakesNoApplications
    if code:
        return use_code(call=call, written=code, at=at)
    raise CallIsByInvitation if call.by_invitation else CallTakesNoApplications(call)


def _locked(call: Call) -> Call:
    calls = Call.objects.select_for_update(of=("self",), no_key=True)
    return calls.select_related("edition__organiser", "application_form").get(pk=call.pk)


def _locked_application(application: Application, by: Viewer) -> Application:
    if not policies.can_edit_application(by, application):
        raise PermissionDenied
    locked = Application.objects.select_for_update(of=("self",), no_key=True)
    related = locked.select_related(
        "call__edition__organiser", "call__application_form", "organisation", "candidate", "access_code",
        "host_offer", "answers",
    )  # fmt: skip
    return related.get(pk=application.pk)


def _organisation_of(application: Application) -> ApplyingOrganisation:
    return ApplyingOrganisation(
        organisation=application.organisation,
        organisation_name=application.organisation_name,
        organisation_kind=application.organisation_kind,
    )


def _check_ended(organisation: Organisation | None, today: date) -> None:
    if organisation is not None and organisation.closed_on is not None and organisation.closed_on <= today:
        raise OrganisationHasEnded


def _check_most_per_organisation(
    call: Call, values: ApplyingOrganisation, application: Application | None
) -> None:
    if call.most_per_organisation is None:
        return
    own_key = application.pk if application is not None else 0
    others = _of_same_organisation(call, values).exclude(pk=own_key)
    if others.count() >= call.most_per_organisation:
        name = values.organisation.name if values.organisation is not None else values.organisation_name
        raise OrganisationHasEnough(
            ngettext(
                "%(name)s has sent %(count)s application already, which is as many as this call allows. "
                "Withdraw it first, or apply for another organisation.",
                "%(name)s has sent %(count)s applications already, which is as many as this call allows. "
                "Withdraw one first, or apply for another organisation.",
                call.most_per_organisation,
            )
            % {"name": name, "count": call.most_per_organisation}
        )


def _of_same_organisation(call: Call, values: ApplyingOrganisation) -> QuerySet[Application]:
    """What was sent in one name, chosen from the directory or written."""
    sent = Application.objects.submitted().filter(call=call)
    if values.organisation is not None:
        name, same = values.organisation.comparable_name, Q(organisation=values.organisation)
    else:
        name, same = comparable_name(values.organisation_name), Q(pk__in=[])
    written = [
        pk
        for pk, other in sent.exclude(organisation_name="").values_list("pk", "organisation_name")
        if comparable_name(other) == name
    ]
    return sent.filter(same | Q(pk__in=written) | Q(organisation__comparable_name=name))


def _check_candidate(application: Application) -> None:
    """One organisation proposes a person once; two organisations need not know of each other."""
    email = application.candidate_email
    if not email:
        return
    same = _of_same_organisation(application.call, _organisation_of(application))
    other = same.filter(candidate_email__iexact=email).exclude(pk=application.pk).first()
    if other is not None:
        raise CandidateAlreadyProposed(
            _("Your organisation proposes this person already, in application %(number)s.")
            % {"number": other.number}
        )


def _link_candidate(application: Application) -> None:
    """An account with the candidate's address may follow the application from now on."""
    email = application.candidate_email
    if not email:
        application.candidate = None
    elif application.candidate is None or application.candidate.email != email.lower():
        application.candidate = Person.objects.active().filter(email=email.lower()).first()


def _mail_receipt(call: Call, application: Application, by: Viewer, at: datetime) -> None:
    assert by.person is not None
    language = application.language if application.language in page_languages() else DEFAULT_LANGUAGE
    queue_mail(
        key=f"admissions.received:{application.pk}",
        to=by.person,
        template="admissions/mail/application_received.txt",
        context={
            "application": application,
            "call": call,
            "edition": call.edition,
            "closes": told_moment(call.closes_at or at, call.time_zone, language),
        },
        language=language,
        at=at,
    )


def _reverse_fact(application: Application, by: Viewer, at: datetime) -> None:
    recorded = Fact.objects.filter(
        kind=APPLICATION_SUBMITTED.code,
        idempotency_key=ledger.idempotency_key(application),
        reverses__isnull=True,
    ).first()
    if recorded is not None:
        ledger.reverse(recorded, by=by, at=at)
