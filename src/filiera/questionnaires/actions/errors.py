"""Refusals that several actions share."""

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError


class QuestionnaireError(DomainError):
    """A refusal of the builder; `field` names where the form shows it."""

    field = ""


class QuestionnaireNotOpen(DomainError):
    message = _("This form is not open.")


class AlreadyAnswered(DomainError):
    message = _("You have answered this already. An anonymous answer cannot be found again to change it.")


class AnswerDoesNotFit(DomainError):
    message = _("One of the answers is not one that its question can have.")
