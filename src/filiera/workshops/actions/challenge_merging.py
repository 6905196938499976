"""Letting challenges that say the same go on as one; people decide, and can take it back."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops.models import Challenge, ChallengeState, NotAlike
from filiera.workshops.policies import challenges as policies
from filiera.workshops.policies.editions import can_lead

from .challenges import tell


class NothingToMerge(DomainError):
    message = _(
        "A challenge goes into another one of the same edition that is not solved and stands by itself."
    )


class OthersWereMergedIntoIt(DomainError):
    message = _(
        "Others already go on in this challenge. Merge the other one into it, or take the others out first."
    )


class NotMerged(DomainError):
    message = _("This challenge stands by itself already.")


@transaction.atomic
def merge_challenge(*, challenge: Challenge, into: Challenge, by: Viewer, at: datetime) -> Challenge:
    """Let a challenge go on in another one, whose page shows both threads; nothing is moved or lost.

    Raises PermissionDenied, NothingToMerge, OthersWereMergedIntoIt.
    """
    challenge, into = _locked_pair(challenge, into)
    if not policies.can_merge(by, challenge):
        raise PermissionDenied
    is_same = challenge.pk == into.pk or challenge.edition_id != into.edition_id
    if is_same or not challenge.is_standing or not into.is_standing:
        raise NothingToMerge
    if challenge.merged.exists():
        raise OthersWereMergedIntoIt
    challenge.state, challenge.merged_into, challenge.changed_at = ChallengeState.MERGED, into, at
    challenge.save(update_fields=["state", "merged_into", "changed_at"])
    tell(challenge)
    tell(into)
    return challenge


@transaction.atomic
def part_challenge(*, challenge: Challenge, by: Viewer, at: datetime) -> Challenge:
    """Take a challenge out of the one it went into; it is open again, with all that was its own.

    Raises PermissionDenied, NotMerged.
    """
    challenge = (
        Challenge.objects.select_for_update(of=("self",))
        .select_related("edition", "owner", "merged_into")
        .get(pk=challenge.pk)
    )
    if not policies.can_merge(by, challenge):
        raise PermissionDenied
    if challenge.state != ChallengeState.MERGED:
        raise NotMerged
    if challenge.merged_into is not None:
        tell(challenge.merged_into)
    challenge.state, challenge.merged_into, challenge.changed_at = ChallengeState.OPEN, None, at
    challenge.save(update_fields=["state", "merged_into", "changed_at"])
    tell(challenge)
    return challenge


@transaction.atomic
def leave_apart(*, challenge: Challenge, other: Challenge, by: Viewer, at: datetime) -> None:
    """Say that two challenges are not the same: the pair is not proposed again.

    Raises PermissionDenied, NothingToMerge.
    """
    if not can_lead(by, challenge.edition):
        raise PermissionDenied
    if challenge.pk == other.pk or challenge.edition_id != other.edition_id:
        raise NothingToMerge
    earlier, later = sorted((challenge, other), key=lambda each: each.pk)
    NotAlike.objects.get_or_create(earlier=earlier, later=later, defaults={"decided_at": at})


def _locked_pair(challenge: Challenge, into: Challenge) -> tuple[Challenge, Challenge]:
    # In one order, so that two people who merge crosswise do not wait for each other.
    rows = (
        Challenge.objects.select_for_update(of=("self",))
        .select_related("edition", "owner")
        .filter(pk__in=[challenge.pk, into.pk])
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    return found[challenge.pk], found[into.pk]
