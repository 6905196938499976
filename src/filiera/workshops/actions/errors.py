"""Refusals that several actions of these rooms share."""

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError


class ChallengeNotStanding(DomainError):
    message = _("This challenge is solved or goes on in another one. Open it again first.")


class ChallengeNotWithdrawn(DomainError):
    message = _("This challenge is on the wall already.")


class ChangedMeanwhile(DomainError):
    message = _(
        "Somebody has changed this challenge since you opened it. What you typed is still here: look at the "
        "latest wording, then save again."
    )
