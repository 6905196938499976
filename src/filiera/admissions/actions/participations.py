"""Places given and given back: offered, confirmed, declined, cancelled, expired.

Every change of a place's state runs under one lock of its edition's call, counts there, and lets the
reserve list move: so there are never more places offered and confirmed than the call has.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.actions.steps import lock_edition, tell_desks
from filiera.academy.actions.team import AlreadyInRole, put_into_role, take_out_of_role
from filiera.academy.models import Day, Edition, EditionRole
from filiera.accounts.actions import account_of_address
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions import facts
from filiera.admissions.models import (
    TAKING_STATES,
    Application,
    Call,
    CallKind,
    Participation,
    ParticipationState,
)
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.place_links import address_of
from filiera.admissions.queries.reserve import next_in_reserve
from filiera.admissions.signals import place_confirmed, place_ended
from filiera.ledger import actions as ledger
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed
from filiera.shared.time import at_zone, local_moment, parse_zone
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages

from .errors import FieldRefusal
from .session_places import give_back_all

REPLY_DAYS = 7
"""How long an offer stands where no call says otherwise."""

OFFERED_AT_ONCE = 200
REMINDED_BEFORE = timedelta(hours=48)
_LAST_MINUTE = time(23, 59)
HELD_STATES = (ParticipationState.SELECTED, *TAKING_STATES)


class NoPlaceLeft(DomainError):
    message = _("All places of the call are offered or confirmed. Raise its places, or wait for one back.")


class AlreadyHasPlace(FieldRefusal):
    message = _("Somebody with this address has a place in this edition already.")
    field = "email"


class NoOpenOffer(DomainError):
    message = _("There is no open offer for this place. Write to the team if you think that is wrong.")


class OfferHasExpired(DomainError):
    message = _(
        "The time to answer is over, and the offer with it. Write to the team if you still wish to come."
    )


class PlaceGivenBack(DomainError):
    message = _("This place was given back. Write to the team if you still wish to come.")


class AccountHasPlace(DomainError):
    message = _("Your account has another place in this edition. Write to the team, who can join the two.")


class PlaceOfAnother(DomainError):
    message = _("This place belongs to another account already.")


@dataclass(frozen=True, kw_only=True)
class PlaceDetails:
    """Whose place it is."""

    name: str
    email: str = ""
    position: str = ""
    organisation: Organisation | None = None
    organisation_name: str = ""
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    language: str = DEFAULT_LANGUAGE
    person: Person | None = None
    is_demonstration: bool = False


@transaction.atomic
def offer_place(
    *,
    edition: Edition,
    application: Application | None = None,
    details: PlaceDetails | None = None,
    participation: Participation | None = None,
    by: Viewer,
    at: datetime,
    respond_by: datetime | None = None,
    writes: bool = True,
) -> Participation:
    """Offer a place to an application, to somebody by hand, or again to somebody who had one.

    Without `respond_by` the call's days to answer are counted. `writes` is off where another mail tells
    of the offer (with `place_links.address_of`). Offering twice changes nothing.
    Raises PermissionDenied, NoPlaceLeft.
    """
    if not policies.can_offer_places(by, edition):
        raise PermissionDenied
    call = lock_places(edition)
    place = participation or _place_of(edition, application, details, at=at)
    place = Participation.objects.select_for_update(of=("self",)).select_related("edition").get(pk=place.pk)
    if place.state in TAKING_STATES:
        return place
    _offer(place, call, by=by, at=at, respond_by=respond_by, writes=writes)
    count_places(call)
    tell_desks(edition, by=by)
    return place


@transaction.atomic
def offer_to_all(*, edition: Edition, by: Viewer, at: datetime) -> list[Participation]:
    """Offer their places to those who were added or imported and not told yet, so many at a time.

    Whoever was selected from an application is told with the decisions, never by this.
    Raises PermissionDenied, NoPlaceLeft.
    """
    if not policies.can_edit_participants(by, edition):
        raise PermissionDenied
    call = lock_places(edition)
    waiting = Participation.objects.filter(
        edition=edition, state=ParticipationState.SELECTED, application__isnull=True
    ).exclude(email="")
    places = waiting.select_for_update(of=("self",)).select_related("edition__organiser", "person")
    offered = list(places.order_by("pk")[:OFFERED_AT_ONCE])
    for place in offered:
        _offer(place, call, by=by, at=at)
    count_places(call)
    tell_desks(edition, by=by)
    return offered


@transaction.atomic
def add_participant(
    *, edition: Edition, details: PlaceDetails, is_confirmed: bool, by: Viewer, at: datetime
) -> Participation:
    """Add somebody by hand: confirmed, because they said so elsewhere, or selected and not yet told.

    Raises PermissionDenied, AlreadyHasPlace, NoPlaceLeft.
    """
    if not policies.can_edit_participants(by, edition):
        raise PermissionDenied
    call = lock_places(edition)
    if details.email and _with_address(edition, details.email) is not None:
        raise AlreadyHasPlace
    place = new_place(edition, details, at=at)
    place.save()
    if is_confirmed:
        confirm_locked(place, by=by, at=at)
        count_places(call)
    tell_desks(edition, by=by)
    return place


@transaction.atomic
def confirm_place(*, participation: Participation, by: Viewer, at: datetime) -> Participation:
    """Take an offered place; confirming again changes nothing.

    Whoever confirms by the mailed link has shown that the address is theirs: the place goes to the account
    of that address, which is made without a password where there is none. The desk may confirm for
    somebody, also before an offer and after its end; that proves no address.
    Raises PermissionDenied, NoOpenOffer, OfferHasExpired, PlaceGivenBack, NoPlaceLeft.
    """
    if not policies.can_answer_for(by, participation):
        raise PermissionDenied
    call = lock_places(participation.edition)
    place = _locked(participation)
    if place.state == ParticipationState.CONFIRMED:
        return place
    if not policies.can_edit_participants(by, place.edition):
        _check_open(place, at)
    if place.person is None and policies.can_act_for(by, place):
        place.person = _account_by_link(place, at=at)
    confirm_locked(place, by=by, at=at)
    count_places(call)
    _mail(place, "confirmed", key=at.isoformat(), at=at)
    tell_desks(place.edition, by=by)
    return place


@transaction.atomic
def take_into_account(*, participation: Participation, by: Viewer, at: datetime) -> Participation:
    """Let a place belong to the account that is signed in where its link was opened.

    Raises PermissionDenied, PlaceOfAnother, AccountHasPlace.
    """
    if by.person is None or not policies.can_act_for(by, participation):
        raise PermissionDenied
    lock_places(participation.edition)
    place = _locked(participation)
    if place.person_id == by.person.pk:
        return place
    # An account that somebody uses keeps its place; one that confirming made gives it up.
    if place.person is not None and (place.person.has_usable_password() or place.person.last_login):
        raise PlaceOfAnother
    if Participation.objects.filter(edition=place.edition, person=by.person).exists():
        raise AccountHasPlace
    _end_membership(place, at=at)
    place.person = by.person
    place.save(update_fields=["person"])
    if place.state == ParticipationState.CONFIRMED:
        begin_membership(place, at=at)
    return place


@transaction.atomic
def decline_place(*, participation: Participation, by: Viewer, at: datetime) -> Participation:
    """Say no to an offered place; the next of the reserve list is offered one.

    Raises PermissionDenied, NoOpenOffer.
    """
    if not policies.can_answer_for(by, participation):
        raise PermissionDenied
    call = lock_places(participation.edition)
    place = _locked(participation)
    if place.state == ParticipationState.DECLINED:
        return place
    if place.state not in (ParticipationState.SELECTED, ParticipationState.OFFERED):
        raise NoOpenOffer
    _end(place, ParticipationState.DECLINED, by=by, at=at)
    _mail(place, "declined", key=at.isoformat(), at=at)
    fill_from_reserve(call, by=by, at=at)
    tell_desks(place.edition, by=by)
    return place


@transaction.atomic
def cancel_place(
    *, participation: Participation, by: Viewer, at: datetime, writes: bool = True
) -> Participation:
    """Give a place back, or take it back at the desk; what was recorded of it is reversed.

    Raises PermissionDenied, PlaceGivenBack.
    """
    if not policies.can_answer_for(by, participation):
        raise PermissionDenied
    call = lock_places(participation.edition)
    place = _locked(participation)
    if place.state == ParticipationState.CANCELLED:
        return place
    if place.state not in HELD_STATES:
        raise PlaceGivenBack
    _end(place, ParticipationState.CANCELLED, by=by, at=at)
    if writes:
        _mail(place, "cancelled", key=at.isoformat(), at=at)
    fill_from_reserve(call, by=by, at=at)
    tell_desks(place.edition, by=by)
    return place


@transaction.atomic
def renew_place_link(*, participation: Participation, by: Viewer, at: datetime) -> Participation:
    """Mail a new link; the earlier one stops working.

    Raises PermissionDenied, PlaceGivenBack.
    """
    if not policies.can_edit_participants(by, participation.edition):
        raise PermissionDenied
    place = _locked(participation)
    if place.state not in TAKING_STATES:
        raise PlaceGivenBack
    place.link_seed = fresh_seed()
    place.save(update_fields=["link_seed"])
    _mail(place, "link", key=place.link_seed, at=at)
    return place


@transaction.atomic
def expire_offers(*, edition: Edition, by: Viewer, at: datetime) -> list[Participation]:
    """End the offers of an edition whose time is over and let the reserve list move; answer which.

    Raises PermissionDenied.
    """
    if not policies.can_offer_places(by, edition):
        raise PermissionDenied
    call = lock_places(edition)
    over = Participation.objects.filter(edition=edition, state=ParticipationState.OFFERED, respond_by__lte=at)
    expired = list(over.select_for_update(of=("self",)).select_related("edition", "person").order_by("pk"))
    for place in expired:
        _end(place, ParticipationState.EXPIRED, by=by, at=at)
        _mail(place, "expired", key=at.isoformat(), at=at)
    if expired:
        fill_from_reserve(call, by=by, at=at)
        tell_desks(edition, by=by)
    return expired


@transaction.atomic
def remind_of_offers(*, edition: Edition, at: datetime) -> int:
    """Write once to those whose offer ends within two days; how many offers that are.

    Asks no policy: it says again what an offer said.
    """
    soon = Participation.objects.filter(
        edition=edition,
        state=ParticipationState.OFFERED,
        respond_by__gt=at,
        respond_by__lte=at + REMINDED_BEFORE,
        # An offer that is short in itself is not said twice in a day.
        offered_at__lte=at - timedelta(hours=24),
    )
    for place in soon.select_related("edition", "person").order_by("pk"):
        assert place.respond_by is not None
        _mail(place, "reminder", key=place.respond_by.isoformat(), at=at)
    return len(soon)


def fill_from_reserve(call: Call | None, *, by: Viewer, at: datetime) -> list[Participation]:
    """Offer what is free to the reserve list, in its order, until the edition begins.

    Runs under `lock_places`; for actions that have asked their own policy.
    """
    offered: list[Participation] = []
    if call is None:
        return offered
    held = Participation.objects.filter(edition_id=call.edition_id, state__in=HELD_STATES).count()
    begins_at = beginning_of(call.edition)
    while held < call.places and (begins_at is None or at < begins_at):
        application = next_in_reserve(call)
        if application is None:
            break
        place = _place_of(call.edition, application, None, at=at)
        if place.state in TAKING_STATES:
            break
        _offer(place, call, by=by, at=at)
        offered.append(place)
        held += 1
    count_places(call, is_given_back=True)
    return offered


def lock_places(edition: Edition) -> Call | None:
    """Let one change of an edition's places come after the other; its call for participants, if any."""
    # The edition first, as everywhere: no two wait for each other crosswise.
    lock_edition(edition)
    calls = Call.objects.select_for_update(of=("self",), no_key=True).select_related("edition__organiser")
    return calls.filter(edition=edition, kind=CallKind.PARTICIPANTS).first()


def count_places(call: Call | None, *, is_given_back: bool = False) -> None:
    """Write down how many places are offered or confirmed, under the lock of the call.

    Raises NoPlaceLeft.
    """
    if call is None:
        return
    taken = Participation.objects.filter(edition_id=call.edition_id, state__in=TAKING_STATES).count()
    if taken > call.places and not is_given_back:
        raise NoPlaceLeft
    # People who were there before their call may be more than its places; they can still give back.
    call.taken = min(taken, call.places)
    call.save(update_fields=["taken"])


def new_place(edition: Edition, details: PlaceDetails, *, at: datetime) -> Participation:
    """A place that nobody has been told of; not saved yet."""
    language = details.language if details.language in page_languages() else DEFAULT_LANGUAGE
    return Participation(
        edition=edition,
        person=details.person or known_account(edition, details.email),
        name=details.name,
        email=details.email.lower(),
        position=details.position,
        organisation=details.organisation,
        organisation_name=details.organisation_name,
        country=details.country,
        ecosystem=details.ecosystem,
        language=language,
        state=ParticipationState.SELECTED,
        selected_at=at,
        link_seed=fresh_seed(),
        is_demonstration=details.is_demonstration,
    )


def has_place(edition: Edition, email: str) -> bool:
    """Whether an address has a place in an edition, whatever became of it."""
    return _with_address(edition, email) is not None


def known_account(edition: Edition, email: str) -> Person | None:
    """The account that proved this address, unless it has a place in the edition."""
    if not email:
        return None
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    if address is None or not address.user.is_active:
        return None
    taken = Participation.objects.filter(edition=edition, person=address.user).exists()
    person: Person = address.user
    return None if taken else person


def confirm_locked(place: Participation, *, by: Viewer, at: datetime) -> None:
    """Make a place confirmed under the lock of its edition; the caller counts afterwards."""
    place.state, place.confirmed_at, place.ended_at = ParticipationState.CONFIRMED, at, None
    place.save(update_fields=["state", "confirmed_at", "ended_at", "person"])
    begin_membership(place, at=at)
    ledger.record(
        facts.PLACE_CONFIRMED.code,
        subject=place,
        by=by,
        at=at,
        organisation=place.organisation,
        counterpart=place.edition.organiser,
        person=place.person,
        ecosystem=place.ecosystem,
        # A place can be given back and confirmed again.
        event=at.isoformat(),
    )
    place_confirmed.send(sender=Participation, participation=place, at=at)


def beginning_of(edition: Edition) -> datetime | None:
    """When the first day opens, on the clocks of its part."""
    first = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk").first()
    if first is None:
        return None
    return datetime.combine(first.date, first.opens_at, parse_zone(first.part.time_zone))


def _place_of(
    edition: Edition, application: Application | None, details: PlaceDetails | None, *, at: datetime
) -> Participation:
    """The place of an application or of somebody, made where there is none."""
    if application is not None:
        known = Participation.objects.filter(edition=edition, application=application).first()
        details = details or _details_of(application)
        known = known or _with_address(edition, details.email)
    else:
        assert details is not None
        known = _with_address(edition, details.email)
    place = known or new_place(edition, details, at=at) if details else known
    assert place is not None
    if place.pk is None or (application is not None and place.application_id is None):
        place.application = application or place.application
        place.save()
    return place


def _details_of(application: Application) -> PlaceDetails:
    candidate = application.candidate
    return PlaceDetails(
        name=application.candidate_name or (candidate.shown_name if candidate else ""),
        email=application.candidate_email or (candidate.email if candidate else ""),
        position=application.candidate_position,
        organisation=application.organisation,
        organisation_name=application.organisation_name,
        country=application.country,
        ecosystem=application.ecosystem,
        language=application.language,
        person=candidate,
        is_demonstration=application.is_demonstration,
    )


def _with_address(edition: Edition, email: str) -> Participation | None:
    if not email:
        return None
    return Participation.objects.filter(edition=edition, email__iexact=email).first()


def _locked(participation: Participation) -> Participation:
    places = Participation.objects.select_for_update(of=("self",))
    return places.select_related("edition__organiser", "person", "organisation", "ecosystem").get(
        pk=participation.pk
    )


def _check_open(place: Participation, at: datetime) -> None:
    if place.state == ParticipationState.CANCELLED:
        raise PlaceGivenBack
    if place.state == ParticipationState.EXPIRED:
        raise OfferHasExpired
    if place.state != ParticipationState.OFFERED:
        raise NoOpenOffer
    if place.respond_by is not None and place.respond_by <= at:
        raise OfferHasExpired


def _offer(
    place: Participation,
    call: Call | None,
    *,
    by: Viewer,
    at: datetime,
    respond_by: datetime | None = None,
    writes: bool = True,
) -> None:
    place.state, place.ended_at = ParticipationState.OFFERED, None
    place.offered_at, place.respond_by = at, respond_by or _reply_until(place.edition, call, at)
    # An old link of a place that had been given back must not answer the new offer.
    place.link_seed = fresh_seed()
    place.save(update_fields=["state", "ended_at", "offered_at", "respond_by", "link_seed"])
    ledger.record(
        facts.CANDIDATE_SELECTED.code,
        subject=place,
        by=by,
        at=at,
        organisation=place.organisation,
        counterpart=place.edition.organiser,
        person=place.person,
        ecosystem=place.ecosystem,
    )
    if writes:
        _mail(place, "offered", key=place.link_seed, at=at)


def _reply_until(edition: Edition, call: Call | None, at: datetime) -> datetime:
    """The end of the last day to answer, but not after the edition has begun."""
    zone = call.time_zone if call is not None else edition.time_zone
    days = call.reply_days if call is not None else REPLY_DAYS
    last_day = at_zone(at, zone).date() + timedelta(days=days)
    until = local_moment(last_day, _LAST_MINUTE, parse_zone(zone), second=True)
    begins_at = beginning_of(edition)
    return begins_at if begins_at is not None and at < begins_at < until else until


def _end(place: Participation, state: ParticipationState, *, by: Viewer, at: datetime) -> None:
    was_confirmed = place.state == ParticipationState.CONFIRMED
    place.state, place.ended_at = state, at
    place.save(update_fields=["state", "ended_at"])
    if was_confirmed:
        give_back_all(place, at=at)
        _end_membership(place, at=at)
        _reverse_confirmation(place, by=by, at=at)
        place_ended.send(sender=Participation, participation=place, at=at)


def _reverse_confirmation(place: Participation, *, by: Viewer, at: datetime) -> None:
    ledger.reverse_standing(place, facts.PLACE_CONFIRMED.code, by=by, at=at)


def _account_by_link(place: Participation, *, at: datetime) -> Person | None:
    if not place.email:
        return None
    person = account_of_address(email=place.email, name=place.name, language=place.language, at=at)
    if person is None or Participation.objects.filter(edition=place.edition, person=person).exists():
        return None
    return person


def begin_membership(place: Participation, *, at: datetime) -> None:
    if place.person is None:
        return
    try:
        put_into_role(
            edition=place.edition,
            person=place.person,
            role=EditionRole.PARTICIPANT,
            organisation=place.organisation,
            at=at,
        )
    except AlreadyInRole:
        # Somebody who was added to the edition by name before; the place confirms it.
        return


def _end_membership(place: Participation, *, at: datetime) -> None:
    if place.person is not None:
        take_out_of_role(edition=place.edition, person=place.person, role=EditionRole.PARTICIPANT, at=at)


def _mail(place: Participation, what: str, *, key: str, at: datetime) -> None:
    if not place.email:
        return
    language = place.person.language if place.person is not None else ""
    queue_mail(
        key=f"admissions.place_{what}:{place.pk}:{key}",
        to=place.email,
        person=place.person,
        template=f"admissions/mail/place_{what}.txt",
        context={
            "place": place,
            "edition": place.edition,
            "zone": _zone_of(place.edition),
            "link": address_of(place),
        },
        language=language if language in page_languages() else place.language,
        at=at,
        holds_secret=True,
    )


def _zone_of(edition: Edition) -> str:
    call = Call.objects.filter(edition=edition, kind=CallKind.PARTICIPANTS).only("time_zone").first()
    return call.time_zone if call is not None else edition.time_zone


@app.periodic(cron="*/5 * * * *")
@app.task(name="admissions.move_offers", queueing_lock="admissions.move_offers")
def move_offers_regularly(timestamp: int) -> None:
    """End offers whose time is over, offer to the reserve list, remind those whose time is nearly over."""
    now = datetime.fromtimestamp(timestamp, tz=parse_zone("UTC"))
    waiting = Participation.objects.filter(state=ParticipationState.OFFERED).values("edition")
    for edition in Edition.objects.filter(pk__in=waiting).order_by("pk"):
        # The offers of a demonstration live by its own clock.
        at = edition.clock_at or now
        expire_offers(edition=edition, by=SYSTEM, at=at)
        remind_of_offers(edition=edition, at=at)
