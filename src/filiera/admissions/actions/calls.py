"""Calls: write, publish, extend, close early."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Application, Call, CallKind, CallPhase, CallState
from filiera.admissions.policies import calls as policies
from filiera.admissions.purposes import APPLICATION, workspace_of
from filiera.admissions.queries.calls import checklist_of
from filiera.questionnaires.actions.building import QuestionnaireDetails, create_questionnaire
from filiera.questionnaires.actions.ready_made import add_question_set
from filiera.questionnaires.actions.states import open_questionnaire
from filiera.questionnaires.models import Questionnaire
from filiera.questionnaires.sets import set_of
from filiera.texts.languages import page_languages

from .errors import FieldRefusal
from .participations import fill_from_reserve

PACKAGED_QUESTIONS = "application"


class CallClosesBeforeOpening(FieldRefusal):
    message = _("The call closes before it opens. Choose a later closing.")
    field = "closes_on"


class CallNotReady(FieldRefusal):
    message = _("Something is missing that a call needs. The checklist says what.")


class CallAlreadyPublished(FieldRefusal):
    message = _("This call is published already.")


class CallHasQuestions(FieldRefusal):
    message = _("This call has questions of its own already.")


class CallQuestionsAreAnswered(FieldRefusal):
    message = _("Somebody has begun to answer the questions of this call; they stay.")
    field = "application_form"


class CallNotOpen(FieldRefusal):
    message = _("Only an open call can be closed.")


class NotLaterThanNow(FieldRefusal):
    message = _("A call that was published can be extended, not shortened. To end it now, close it.")
    field = "closes_on"


class PublishedCallNeedsTimes(FieldRefusal):
    message = _("A published call needs its opening and its closing.")
    field = "opens_on"


class CallHasApplications(FieldRefusal):
    message = _("Applications have come in already: the opening cannot be moved behind them.")
    field = "opens_on"


class PlacesAreTaken(FieldRefusal):
    message = _("More places are offered or confirmed already. Choose a higher number, or take some back.")
    field = "places"


@dataclass(frozen=True, kw_only=True)
class CallDetails:
    """What the team writes into a call."""

    title: dict[str, str]
    text: dict[str, str]
    opens_at: datetime | None
    closes_at: datetime | None
    time_zone: str
    places: int
    most_per_organisation: int | None
    reply_days: int
    by_invitation: bool


@transaction.atomic
def write_call(*, edition: Edition, kind: str, details: CallDetails, by: Viewer, at: datetime) -> Call:
    """Keep what a call says; the first time makes it, as a draft.

    A published call may change its words and be extended; its closing is never drawn nearer.
    Raises PermissionDenied, CallClosesBeforeOpening, PublishedCallNeedsTimes, NotLaterThanNow,
    CallHasApplications, PlacesAreTaken.
    """
    if not policies.can_edit_call(by, edition):
        raise PermissionDenied
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    call = Call.objects.select_for_update(no_key=True).filter(edition=edition, kind=kind).first()
    call = call or Call(edition=edition, kind=kind, is_demonstration=edition.is_demonstration)
    if details.opens_at and details.closes_at and details.closes_at <= details.opens_at:
        raise CallClosesBeforeOpening
    if call.state == CallState.PUBLISHED:
        _check_published(call, details, at)
    if details.places < call.taken:
        raise PlacesAreTaken
    for field in fields(details):
        setattr(call, field.name, getattr(details, field.name))
    call.save()
    if call.kind == CallKind.PARTICIPANTS:
        fill_from_reserve(call, by=by, at=at)
    return call


@transaction.atomic
def publish_call(*, call: Call, by: Viewer, at: datetime) -> Call:
    """Show a call to everybody; from its opening on it takes applications.

    Raises PermissionDenied, CallAlreadyPublished, CallNotReady.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    call = _locked(call)
    if call.state == CallState.PUBLISHED:
        raise CallAlreadyPublished
    if any(point.is_needed and not point.is_done for point in checklist_of(call, at)):
        raise CallNotReady
    call.state = CallState.PUBLISHED
    call.save(update_fields=["state"])
    form = call.application_form
    if form is not None and not form.is_open:
        open_questionnaire(questionnaire=form, by=by, at=at)
    return call


@transaction.atomic
def take_packaged_questions(*, call: Call, by: Viewer, at: datetime) -> Call:
    """Give a call the ready-made questions of a cluster academy, to be changed as the team likes.

    Raises PermissionDenied, CallHasQuestions.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    call = _locked(call)
    if call.application_form is not None:
        raise CallHasQuestions
    packaged = set_of(PACKAGED_QUESTIONS)
    assert packaged is not None
    form = create_questionnaire(
        purpose=APPLICATION,
        workspace=workspace_of(call.edition_id),
        details=QuestionnaireDetails(title=dict(packaged.title), languages=page_languages()),
        is_demonstration=call.is_demonstration,
        by=by,
        at=at,
    )
    add_question_set(questionnaire=form, chosen=packaged, by=by, at=at)
    if call.state == CallState.PUBLISHED:
        open_questionnaire(questionnaire=form, by=by, at=at)
    call.application_form = form
    call.save(update_fields=["application_form"])
    return call


@transaction.atomic
def choose_application_form(*, call: Call, form: Questionnaire | None, by: Viewer, at: datetime) -> Call:
    """Ask the questions of this form in the call, or none of its own; possible until somebody has begun.

    Raises PermissionDenied, CallQuestionsAreAnswered.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    call = _locked(call)
    if form is not None and (form.workspace, form.purpose) != (workspace_of(call.edition_id), APPLICATION):
        raise PermissionDenied
    if Application.objects.filter(call=call, answers__isnull=False).exists():
        raise CallQuestionsAreAnswered
    if form is not None and call.state == CallState.PUBLISHED and not form.is_open:
        open_questionnaire(questionnaire=form, by=by, at=at)
    call.application_form = form
    call.save(update_fields=["application_form"])
    return call


@transaction.atomic
def close_call(*, call: Call, by: Viewer, at: datetime) -> Call:
    """End an open call now.

    Raises PermissionDenied, CallNotOpen.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    call = _locked(call)
    if call.phase_at(at) != CallPhase.OPEN:
        raise CallNotOpen
    call.closes_at = at
    call.save(update_fields=["closes_at"])
    return call


@transaction.atomic
def extend_call(*, call: Call, closes_at: datetime, by: Viewer, at: datetime) -> Call:
    """Let a published call take applications for longer, also after it has closed.

    Raises PermissionDenied, NotLaterThanNow.
    """
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    call = _locked(call)
    if call.closes_at is None or closes_at <= max(call.closes_at, at):
        raise NotLaterThanNow
    call.closes_at = closes_at
    call.save(update_fields=["closes_at"])
    return call


def _locked(call: Call) -> Call:
    calls = Call.objects.select_for_update(of=("self",), no_key=True)
    return calls.select_related("edition", "application_form").get(pk=call.pk)


def _check_published(call: Call, details: CallDetails, at: datetime) -> None:
    if details.opens_at is None or details.closes_at is None:
        raise PublishedCallNeedsTimes
    assert call.closes_at is not None
    # Whoever reads "open until Friday" may rely on it.
    if details.closes_at < call.closes_at and call.closes_at > at:
        raise NotLaterThanNow
    first = Application.objects.filter(call=call).order_by("created_at").first()
    if first is not None and details.opens_at > first.created_at:
        raise CallHasApplications
