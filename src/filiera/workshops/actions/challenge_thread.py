"""Talking about a challenge, and offering to help."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionMember
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.workshops.models import Challenge, ChallengeComment, ChallengeState, HelpOffer
from filiera.workshops.policies import challenges as policies

from .challenges import locked, tell
from .errors import ChallengeNotStanding


class MergedElsewhere(DomainError):
    message = _("This challenge goes on in another one. Write there.")


class AlreadyOffered(DomainError):
    message = _("You have offered your help already.")


@transaction.atomic
def add_comment(*, challenge: Challenge, text: str, by: Viewer, at: datetime) -> ChallengeComment:
    """Write into the thread of a challenge, under one's name.

    Raises PermissionDenied, MergedElsewhere, ChallengeNotStanding.
    """
    challenge = locked(challenge)
    if not policies.can_discuss(by, challenge):
        raise PermissionDenied
    if challenge.state == ChallengeState.MERGED:
        raise MergedElsewhere
    if challenge.state == ChallengeState.WITHDRAWN:
        raise ChallengeNotStanding
    comment = ChallengeComment.objects.create(challenge=challenge, author=by.person, text=text, written_at=at)
    tell(challenge)
    return comment


@transaction.atomic
def remove_comment(*, comment: ChallengeComment, by: Viewer, at: datetime) -> ChallengeComment:
    """Take the words of a comment away; that there was one stays.

    Raises PermissionDenied.
    """
    comment = (
        ChallengeComment.objects.select_for_update(of=("self",))
        .select_related("challenge__edition")
        .get(pk=comment.pk)
    )
    if not policies.can_remove_comment(by, comment):
        raise PermissionDenied
    if comment.removed_at is None:
        comment.text, comment.removed_at = "", at
        comment.save(update_fields=["text", "removed_at"])
        tell(comment.challenge)
    return comment


@transaction.atomic
def offer_help(*, challenge: Challenge, text: str, by: Viewer, at: datetime) -> HelpOffer:
    """Say that one would help, and how; the owner gets a mail.

    Raises PermissionDenied, ChallengeNotStanding, AlreadyOffered.
    """
    challenge = locked(challenge)
    if not policies.can_offer_help(by, challenge) or by.person is None:
        raise PermissionDenied
    if not challenge.is_standing:
        raise ChallengeNotStanding
    if HelpOffer.objects.standing().filter(challenge=challenge, helper=by.person).exists():
        raise AlreadyOffered
    offer = HelpOffer.objects.create(
        challenge=challenge,
        helper=by.person,
        organisation=organisation_of(by.person, challenge),
        text=text,
        offered_at=at,
    )
    _tell_owner(offer, at=at)
    tell(challenge)
    return offer


@transaction.atomic
def withdraw_help(*, offer: HelpOffer, by: Viewer, at: datetime) -> HelpOffer:
    """Raises PermissionDenied."""
    offer = (
        HelpOffer.objects.select_for_update(of=("self",))
        .select_related("challenge__edition")
        .get(pk=offer.pk)
    )
    if not policies.can_withdraw_help(by, offer):
        raise PermissionDenied
    if offer.withdrawn_at is None:
        offer.withdrawn_at = at
        offer.save(update_fields=["withdrawn_at"])
        tell(offer.challenge)
    return offer


def organisation_of(person: Person, challenge: Challenge) -> Organisation | None:
    """For whom somebody stands in the edition: by their place, else by their role."""
    place = (
        Participation.objects.filter(edition=challenge.edition_id, person=person, organisation__isnull=False)
        .select_related("organisation")
        .first()
    )
    if place is not None:
        return place.organisation
    member = (
        EditionMember.objects.filter(edition=challenge.edition_id, person=person, organisation__isnull=False)
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    return member.organisation if member else None


def address_of(challenge: Challenge) -> str:
    """Where the thread is, whole, for mails."""
    path = reverse("workshops:challenge", args=[challenge.edition.slug, challenge.pk])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def _tell_owner(offer: HelpOffer, *, at: datetime) -> None:
    challenge = offer.challenge
    owner = challenge.owner.person if challenge.owner else None
    if owner is None:
        return
    queue_mail(
        key=f"workshops.help_offered:{offer.pk}",
        to=owner,
        template="workshops/mail/help_offered.txt",
        context={"offer": offer, "challenge": challenge, "owner": owner, "link": address_of(challenge)},
        language=owner.language,
        at=at,
    )
