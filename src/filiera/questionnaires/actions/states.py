"""Opening, closing and copying questionnaires."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import policies
from filiera.questionnaires.models import Question, QuestionKind, Questionnaire, QuestionnaireState
from filiera.shared.errors import DomainError

from .answering import release_responses
from .building import is_answered, lock_questionnaire


class NothingAsked(DomainError):
    message = _("This form asks nothing yet. Add a question first.")


class AlreadyOpen(DomainError):
    message = _("This form is open already.")


class NotOpen(DomainError):
    message = _("This form is not open.")


class HasResponses(DomainError):
    message = _("Somebody has answered: close the form instead of deleting it.")


class IsInUse(DomainError):
    message = _("Something else still uses this form. Take it out there first.")


@transaction.atomic
def open_questionnaire(*, questionnaire: Questionnaire, by: Viewer, at: datetime) -> Questionnaire:
    """Let people answer, also again after it was closed.

    Raises PermissionDenied, AlreadyOpen, NothingAsked.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    if questionnaire.is_open:
        raise AlreadyOpen
    if not questionnaire.questions.exclude(kind=QuestionKind.TEXT).exists():
        raise NothingAsked
    questionnaire.state = QuestionnaireState.OPEN
    questionnaire.opened_at, questionnaire.closed_at = questionnaire.opened_at or at, None
    questionnaire.save(update_fields=["state", "opened_at", "closed_at"])
    return questionnaire


@transaction.atomic
def close_questionnaire(*, questionnaire: Questionnaire, by: Viewer, at: datetime) -> Questionnaire:
    """Take no more answers; anonymous ones that waited for company join the results if they are enough.

    Raises PermissionDenied, NotOpen.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    if not questionnaire.is_open:
        raise NotOpen
    questionnaire.state, questionnaire.closed_at = QuestionnaireState.CLOSED, at
    questionnaire.save(update_fields=["state", "closed_at"])
    if questionnaire.may_be_anonymous:
        subjects = questionnaire.responses.filter(is_anonymous=True).values_list("about", flat=True)
        for about in set(subjects):
            release_responses(questionnaire, about)
    return questionnaire


@transaction.atomic
def copy_questionnaire(
    *,
    questionnaire: Questionnaire,
    by: Viewer,
    at: datetime,
    workspace: str = "",
    is_next_version: bool = False,
) -> Questionnaire:
    """The same questions again as a draft, in this or another workspace; answers stay where they are.

    Raises PermissionDenied.
    """
    target = workspace or questionnaire.workspace
    if not policies.can_edit(by, questionnaire) or not policies.can_edit_in(
        by, questionnaire.purpose, target
    ):
        raise PermissionDenied
    copied = Questionnaire.objects.get(pk=questionnaire.pk)
    copied.pk, copied._state.adding = None, True
    copied.workspace, copied.copied_from_id = target, questionnaire.pk
    copied.version = questionnaire.version + 1 if is_next_version else 1
    copied.state, copied.created_at = QuestionnaireState.DRAFT, at
    copied.opened_at = copied.closed_at = None
    copied.save()
    copies: dict[int, Question] = {}
    for question in questionnaire.questions.in_order():
        old_key, question.pk, question._state.adding = question.pk, None, True
        question.questionnaire = copied
        question.shown_if = copies[question.shown_if_id] if question.shown_if_id else None
        question.save()
        copies[old_key] = question
    return copied


@transaction.atomic
def delete_questionnaire(*, questionnaire: Questionnaire, by: Viewer, at: datetime) -> None:
    """Remove a questionnaire that nobody has begun to answer.

    Raises PermissionDenied, HasResponses, IsInUse.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    if is_answered(questionnaire):
        raise HasResponses
    try:
        # Conditions hold their questions fast; they leave first.
        questionnaire.questions.update(shown_if=None, shown_if_values=[])
        Questionnaire.objects.filter(pk=questionnaire.pk).delete()
    except (ProtectedError, RestrictedError) as error:
        raise IsInUse from error
