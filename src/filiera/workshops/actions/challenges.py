"""Cards of the wall: from an application or by hand, worded anew, moved on the board."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q
from procrastinate.contrib.django import app

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.push.actions import publish_event
from filiera.reference.models import Ecosystem
from filiera.workshops.models import Challenge, ChallengeRevision, ChallengeState
from filiera.workshops.policies import challenges as policies
from filiera.workshops.policies.editions import can_lead

from .errors import ChallengeNotStanding, ChallengeNotWithdrawn, ChangedMeanwhile

_TITLE_LENGTH = 200
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a challenge says."""

    title: str
    statement: str
    context: str = ""
    tried: str = ""
    help_wanted: str = ""
    ecosystem: Ecosystem | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a challenge comes from that nobody of the edition brought."""

    sources: list[dict[str, str]]
    is_demonstration: bool = False


@transaction.atomic
def bring_challenge(
    *,
    edition: Edition,
    wording: Wording,
    names_owner: bool,
    language: str,
    by: Viewer,
    at: datetime,
    origin: Origin | None = None,
) -> Challenge:
    """Put a new card on the wall; it belongs to the place of whoever brings it, if they have one.

    Raises PermissionDenied.
    """
    if not policies.can_bring_challenge(by, edition) and not can_lead(by, edition):
        raise PermissionDenied
    owner = _place_of(edition, by)
    challenge = Challenge.objects.create(
        edition=edition,
        owner=owner,
        organisation=owner.organisation if owner else None,
        names_owner=names_owner and owner is not None,
        language=language,
        created_at=at,
        changed_at=at,
        sources=origin.sources if origin else [],
        is_demonstration=origin.is_demonstration if origin else False,
        **_values(wording),
    )
    _keep_wording(challenge, 1, author=by.person, at=at)
    tell(challenge)
    return challenge


@transaction.atomic
def take_over_challenge(*, participation: Participation, at: datetime) -> Challenge | None:
    """Make the card of what an application brought, once, as soon as its place is confirmed.

    Asks no policy: it follows the confirmation. Nothing where the application says nothing.
    """
    place = (
        Participation.objects.select_for_update(of=("self",))
        .select_related("edition", "application__ecosystem", "organisation", "person")
        .get(pk=participation.pk)
    )
    application = place.application
    if place.state != ParticipationState.CONFIRMED or application is None:
        return None
    title = application.challenge_title or application.challenge[:_TITLE_LENGTH]
    if not title or Challenge.objects.filter(owner=place, from_application=True).exists():
        return None
    challenge = Challenge.objects.create(
        edition=place.edition,
        owner=place,
        organisation=place.organisation,
        from_application=True,
        title=title,
        statement=application.challenge or title,
        ecosystem=application.ecosystem,
        language=application.language,
        created_at=at,
        changed_at=at,
        is_demonstration=place.is_demonstration,
    )
    _keep_wording(challenge, 1, author=place.person, at=at)
    tell(challenge)
    return challenge


def take_over_challenges(*, edition: Edition | None, by: Viewer, at: datetime) -> int:
    """Make the cards that are still missing for confirmed places, of one edition or of all; how many.

    Raises PermissionDenied.
    """
    if not (by.administering if edition is None else can_lead(by, edition)):
        raise PermissionDenied
    said = Q(application__challenge_title="") & Q(application__challenge="")
    places = Participation.objects.confirmed().filter(application__isnull=False).exclude(said)
    if edition is not None:
        places = places.filter(edition=edition)
    there = Challenge.objects.filter(from_application=True, owner__isnull=False).values("owner")
    missing = places.exclude(pk__in=there).order_by("pk")[:_AT_ONCE]
    return sum(take_over_challenge(participation=place, at=at) is not None for place in missing)


@transaction.atomic
def edit_challenge(
    *, challenge: Challenge, wording: Wording, names_owner: bool, seen: int, by: Viewer, at: datetime
) -> Challenge:
    """Word a challenge anew; what it said before is kept. `seen` numbers the wording that was edited.

    Raises PermissionDenied, ChallengeNotStanding, ChangedMeanwhile.
    """
    challenge = locked(challenge)
    if not policies.can_edit_challenge(by, challenge):
        raise PermissionDenied
    if not challenge.is_standing:
        raise ChallengeNotStanding
    latest = latest_number(challenge)
    if latest != seen:
        raise ChangedMeanwhile
    if policies.is_owner(by, challenge):
        challenge.names_owner = names_owner
    before = {field.name: getattr(challenge, field.name) for field in fields(Wording)}
    after = _values(wording)
    for name, value in after.items():
        setattr(challenge, name, value)
    challenge.changed_at = at
    challenge.save(update_fields=[*after, "names_owner", "changed_at"])
    if after != before:
        _keep_wording(challenge, latest + 1, author=by.person, at=at)
    tell(challenge)
    return challenge


@transaction.atomic
def move_challenge(
    *,
    challenge: Challenge,
    state: str = "",
    ecosystem: Ecosystem | None = None,
    by: Viewer,
    at: datetime,
) -> Challenge:
    """Move a card to another column of the board: to a state that is not yet an end, or to an ecosystem.

    Solving says how and by whom, and is an action of its own.
    Raises PermissionDenied, ChallengeNotStanding.
    """
    challenge = locked(challenge)
    if not policies.can_edit_challenge(by, challenge):
        raise PermissionDenied
    if not challenge.is_standing:
        raise ChallengeNotStanding
    if state in (ChallengeState.OPEN, ChallengeState.WORKED_ON):
        challenge.state = ChallengeState(state)
    if ecosystem is not None and ecosystem.pk != challenge.ecosystem_id:
        challenge.ecosystem = ecosystem
        _keep_wording(challenge, latest_number(challenge) + 1, author=by.person, at=at)
    challenge.changed_at = at
    challenge.save(update_fields=["state", "ecosystem", "changed_at"])
    tell(challenge)
    return challenge


@transaction.atomic
def withdraw_challenge(*, challenge: Challenge, by: Viewer, at: datetime) -> Challenge:
    """Take one's card off the wall; nobody else sees it, and what was merged into it stands by itself.

    Raises PermissionDenied, ChallengeNotStanding.
    """
    challenge = locked(challenge)
    if not policies.can_withdraw(by, challenge):
        raise PermissionDenied
    if not challenge.is_standing:
        raise ChallengeNotStanding
    challenge.merged.update(state=ChallengeState.OPEN, merged_into=None, changed_at=at)
    challenge.state, challenge.changed_at = ChallengeState.WITHDRAWN, at
    challenge.save(update_fields=["state", "changed_at"])
    tell(challenge)
    return challenge


@transaction.atomic
def restore_challenge(*, challenge: Challenge, by: Viewer, at: datetime) -> Challenge:
    """Put one's card back on the wall. Raises PermissionDenied, ChallengeNotWithdrawn."""
    challenge = locked(challenge)
    if not policies.can_withdraw(by, challenge):
        raise PermissionDenied
    if challenge.state != ChallengeState.WITHDRAWN:
        raise ChallengeNotWithdrawn
    challenge.state, challenge.changed_at = ChallengeState.OPEN, at
    challenge.save(update_fields=["state", "changed_at"])
    tell(challenge)
    return challenge


def locked(challenge: Challenge) -> Challenge:
    rows = Challenge.objects.select_for_update(of=("self",))
    return rows.select_related(
        "edition__organiser", "owner__person", "organisation", "ecosystem", "merged_into"
    ).get(pk=challenge.pk)


def tell(challenge: Challenge) -> None:
    """Let open pages fetch what changed: those of the wall, and those of this one challenge."""
    for topic in (f"challenges:{challenge.edition_id}", f"challenges:{challenge.edition_id}:{challenge.pk}"):
        publish_event(topic, {"challenge": challenge.pk})


def latest_number(challenge: Challenge) -> int:
    return challenge.revisions.aggregate(latest=Max("number"))["latest"] or 0


def _place_of(edition: Edition, by: Viewer) -> Participation | None:
    if by.person_id is None:
        return None
    places = Participation.objects.confirmed().select_related("organisation")
    return places.filter(edition=edition, person_id=by.person_id).first()


def _values(wording: Wording) -> dict[str, object]:
    return {field.name: getattr(wording, field.name) for field in fields(wording)}


def _keep_wording(challenge: Challenge, number: int, *, author: Person | None, at: datetime) -> None:
    ChallengeRevision.objects.create(
        challenge=challenge,
        number=number,
        author=author,
        saved_at=at,
        **{field.name: getattr(challenge, field.name) for field in fields(Wording)},
    )


@app.periodic(cron="17 * * * *")
@app.task(name="workshops.take_over_challenges", queueing_lock="workshops.take_over_challenges")
def take_over_challenges_regularly(timestamp: int) -> None:
    """Make the cards of places that were confirmed before there was a wall, or whose signal was lost."""
    take_over_challenges(edition=None, by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
