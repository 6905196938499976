"""Marking a challenge solved: how, and with whose help; what counts goes to the ledger."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.ledger import actions as ledger
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError
from filiera.workshops import facts
from filiera.workshops.models import Challenge, ChallengeHelper, ChallengeState
from filiera.workshops.policies import challenges as policies

from .challenge_thread import address_of, organisation_of
from .challenges import locked, tell
from .errors import ChallengeNotStanding


class NotSolved(DomainError):
    message = _("This challenge is not marked as solved.")


@transaction.atomic
def solve_challenge(
    *, challenge: Challenge, solution: str, helpers: Sequence[Person], by: Viewer, at: datetime
) -> Challenge:
    """Mark a challenge solved, say how, and credit whoever helped; helpers get a mail that says so.

    Raises PermissionDenied, ChallengeNotStanding.
    """
    challenge = locked(challenge)
    if not policies.can_solve(by, challenge):
        raise PermissionDenied
    if not challenge.is_standing:
        raise ChallengeNotStanding
    challenge.state, challenge.solved_at = ChallengeState.SOLVED, at
    challenge.solution, challenge.changed_at = solution, at
    challenge.save(update_fields=["state", "solved_at", "solution", "changed_at"])
    ledger.record(
        facts.CHALLENGE_SOLVED.code,
        subject=challenge,
        by=by,
        at=at,
        organisation=challenge.organisation,
        counterpart=challenge.edition.organiser,
        person=challenge.owner.person if challenge.owner else None,
        ecosystem=challenge.ecosystem,
        # It can be opened and solved again.
        event=at.isoformat(),
    )
    for person in helpers:
        _credit(challenge, person, by=by, at=at)
    tell(challenge)
    return challenge


@transaction.atomic
def reopen_challenge(*, challenge: Challenge, by: Viewer, at: datetime) -> Challenge:
    """Say that a challenge is not solved after all; what was recorded of it is reversed.

    Raises PermissionDenied, NotSolved.
    """
    challenge = locked(challenge)
    if not policies.can_solve(by, challenge):
        raise PermissionDenied
    if challenge.state != ChallengeState.SOLVED:
        raise NotSolved
    _reverse_facts(challenge, by=by, at=at)
    challenge.helpers.all().delete()
    challenge.state, challenge.solved_at = ChallengeState.WORKED_ON, None
    challenge.solution, challenge.changed_at = "", at
    challenge.save(update_fields=["state", "solved_at", "solution", "changed_at"])
    tell(challenge)
    return challenge


def _credit(challenge: Challenge, person: Person, *, by: Viewer, at: datetime) -> None:
    organisation = organisation_of(person, challenge)
    helper = ChallengeHelper.objects.create(
        challenge=challenge, helper=person, organisation=organisation, credited_at=at
    )
    ledger.record(
        facts.CHALLENGE_HELPED.code,
        subject=challenge,
        by=by,
        at=at,
        organisation=organisation,
        counterpart=challenge.organisation,
        person=person,
        ecosystem=challenge.ecosystem,
        event=f"helper:{helper.pk}",
    )
    queue_mail(
        key=f"workshops.helper_thanked:{helper.pk}",
        to=person,
        template="workshops/mail/helper_thanked.txt",
        context={"challenge": challenge, "person": person, "link": address_of(challenge)},
        language=person.language,
        at=at,
    )


def _reverse_facts(challenge: Challenge, *, by: Viewer, at: datetime) -> None:
    kinds = (facts.CHALLENGE_SOLVED.code, facts.CHALLENGE_HELPED.code)
    ledger.reverse_standing(challenge, *kinds, by=by, at=at)
