"""What challenges hear of places that are confirmed and of people who leave, and what they tell about them.

Of somebody who is erased these stay, without any name: a card on which others worked, with its latest
wording; that a comment stood somewhere; that an organisation helped. A card that nobody else touched goes.
"""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import Participation
from filiera.admissions.signals import place_confirmed
from filiera.workshops.actions.challenges import take_over_challenge
from filiera.workshops.models import (
    Challenge,
    ChallengeComment,
    ChallengeHelper,
    ChallengeRevision,
    ChallengeState,
    HelpOffer,
)


def connect() -> None:
    place_confirmed.connect(begin_card, dispatch_uid="workshops.challenges.place_confirmed")
    person_erased.connect(forget_person, dispatch_uid="workshops.challenges.person_erased")
    exports.register("challenges", challenges_of)


def begin_card(*, participation: Participation, at: datetime, **_: Any) -> None:
    take_over_challenge(participation=participation, at=at)


def challenges_of(person: Person) -> dict[str, Any]:
    """What somebody brought, wrote and offered, for the archive of their data."""
    return {
        "my challenges": list(
            Challenge.objects.filter(owner__person=person)
            .order_by("pk")
            .values(
                "edition__slug", "title", "statement", "context", "tried", "help_wanted", "ecosystem",
                "names_owner", "state", "solution", "created_at", "solved_at",
            )
        ),
        "earlier wordings": list(
            ChallengeRevision.objects.filter(author=person)
            .order_by("challenge", "number")
            .values("challenge__title", "number", "title", "statement", "saved_at")
        ),
        "comments": list(
            ChallengeComment.objects.filter(author=person)
            .order_by("written_at", "pk")
            .values("challenge__title", "text", "written_at", "removed_at")
        ),
        "offers of help": list(
            HelpOffer.objects.filter(helper=person)
            .order_by("offered_at", "pk")
            .values("challenge__title", "text", "offered_at", "withdrawn_at")
        ),
        "challenges I helped with": list(
            ChallengeHelper.objects.filter(helper=person)
            .order_by("credited_at", "pk")
            .values("challenge__title", "organisation__name", "credited_at")
        ),
    }  # fmt: skip


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    HelpOffer.objects.filter(helper=person).delete()
    ChallengeComment.objects.filter(author=person).update(author=None, text="", removed_at=at)
    ChallengeHelper.objects.filter(helper=person).update(helper=None)
    for challenge in Challenge.objects.filter(owner__person=person):
        if _others_worked_on(challenge):
            latest = challenge.revisions.order_by("-number").values("pk")[:1]
            challenge.revisions.exclude(pk__in=latest).delete()
            challenge.owner, challenge.names_owner, challenge.from_application = None, False, False
            challenge.save(update_fields=["owner", "names_owner", "from_application"])
        else:
            challenge.delete()
    ChallengeRevision.objects.filter(author=person).update(author=None)


def _others_worked_on(challenge: Challenge) -> bool:
    """Asked after the person's own comments and offers are gone."""
    if challenge.state in (ChallengeState.SOLVED, ChallengeState.MERGED):
        return True
    return (
        challenge.comments.filter(removed_at__isnull=True).exists()
        or challenge.help_offers.exists()
        or Challenge.objects.filter(merged_into=challenge).exists()
    )
