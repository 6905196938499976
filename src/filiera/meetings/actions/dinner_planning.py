"""Preparing a dinner: its tables, its guests, who must and must not sit together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Participation
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.meetings import facts, policies
from filiera.meetings.models import Dinner, DinnerGuest, DinnerPair, DinnerTable, DinnerWish, GuestRole
from filiera.meetings.queries.dinner_guests import people_who_dine
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem
from filiera.shared.errors import DomainError

from .dinner_telling import tell_boards

MOST_WISHES = 3
# The kitchen may be asked once more the morning after.
FORGOTTEN_AFTER = timedelta(days=1)
# What a guest who takes part in the edition has from there.
_TAKEN_OVER = ("name", "organisation", "organisation_name", "country", "ecosystem", "is_demonstration")


class PlanIsPublished(DomainError):
    message = _("The plan is published. Take it back first, then change it.")


class SessionOfAnotherEdition(DomainError):
    message = _("This session belongs to another edition.")
    field = "session"


class TooSmallForHosts(DomainError):
    message = _("A table cannot need more representatives of the host than it has seats.")
    field = "least_hosts"


class GuestIsParticipant(DomainError):
    message = _("This guest takes part in the edition: name and organisation come from there.")


class NotTwoGuests(DomainError):
    message = _("Choose two different guests of this dinner.")
    field = "two"


class PairKnown(DomainError):
    message = _("There is a rule for these two already.")
    field = "two"


class WishesOver(DomainError):
    message = _("Wishes for this dinner are closed.")


class TooManyWishes(DomainError):
    message = _("Up to three people can be wished for.")


@dataclass(frozen=True, kw_only=True)
class DinnerDetails:
    """A dinner and what a good seating of it is worth."""

    title: Mapping[str, str]
    session: Session | None = None
    wishes_until: datetime | None = None
    country_weight: int = 2
    ecosystem_weight: int = 1
    role_weight: int = 1
    wish_worth: int = 2
    met_cost: int = 1


@dataclass(frozen=True, kw_only=True)
class GuestDetails:
    """A guest who takes no part in the edition otherwise."""

    name: str
    organisation: Organisation | None = None
    organisation_name: str = ""
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    role: str = GuestRole.GUEST
    diet: str = ""
    is_demonstration: bool = field(default=False)


@transaction.atomic
def make_dinner(*, edition: Edition, details: DinnerDetails, by: Viewer, at: datetime) -> Dinner:
    """Begin a dinner without tables and guests. Raises PermissionDenied, SessionOfAnotherEdition."""
    if not policies.can_seat_dinner(by, edition):
        raise PermissionDenied
    return Dinner.objects.create(edition=edition, created_at=at, changed_at=at, **_columns(edition, details))


@transaction.atomic
def change_dinner(*, dinner: Dinner, details: DinnerDetails, by: Viewer, at: datetime) -> Dinner:
    """Change name, session, wishes and weights.

    Raises PermissionDenied, PlanIsPublished, SessionOfAnotherEdition.
    """
    dinner = open_dinner(dinner, by)
    columns = {**_columns(dinner.edition, details), "changed_at": at}
    for name, value in columns.items():
        setattr(dinner, name, value)
    dinner.save(update_fields=list(columns))
    tell_boards(dinner)
    return dinner


@transaction.atomic
def add_tables(
    *, dinner: Dinner, count: int, seats: int, least_hosts: int, by: Viewer, at: datetime
) -> list[DinnerTable]:
    """Add alike tables under the next numbers. Raises PermissionDenied, PlanIsPublished, TooSmallForHosts."""
    dinner = open_dinner(dinner, by)
    if least_hosts > seats:
        raise TooSmallForHosts
    last = dinner.tables.aggregate(last=Max("number"))["last"] or 0
    made = DinnerTable.objects.bulk_create(
        DinnerTable(dinner=dinner, number=last + number, seats=seats, least_hosts=least_hosts)
        for number in range(1, count + 1)
    )
    tell_boards(dinner)
    return made


@transaction.atomic
def change_table(
    *, table: DinnerTable, seats: int, least_hosts: int, by: Viewer, at: datetime
) -> DinnerTable:
    """Raises PermissionDenied, PlanIsPublished, TooSmallForHosts."""
    dinner = open_dinner(table.dinner, by)
    if least_hosts > seats:
        raise TooSmallForHosts
    table.seats, table.least_hosts = seats, least_hosts
    table.save(update_fields=["seats", "least_hosts"])
    tell_boards(dinner)
    return table


@transaction.atomic
def remove_table(*, table: DinnerTable, by: Viewer) -> None:
    """Take a table out; its guests are unseated. Raises PermissionDenied, PlanIsPublished."""
    dinner = open_dinner(table.dinner, by)
    table.delete()
    tell_boards(dinner)


@transaction.atomic
def gather_guests(*, dinner: Dinner, by: Viewer, at: datetime) -> tuple[int, int]:
    """Bring the guests up to those who come in person that day; how many came and how many left.

    Whoever was added by hand stays. Raises PermissionDenied, PlanIsPublished.
    """
    dinner = open_dinner(dinner, by)
    coming = {participation.pk: participation for participation in people_who_dine(dinner)}
    known = {
        guest.participation_id: guest
        for guest in dinner.guests.filter(participation__isnull=False)
        if guest.participation_id is not None
    }
    DinnerGuest.objects.bulk_create(
        _guest_of(dinner, participation) for key, participation in coming.items() if key not in known
    )
    staying = [_renewed(guest, coming[key]) for key, guest in known.items() if key in coming]
    DinnerGuest.objects.bulk_update(staying, _TAKEN_OVER, batch_size=500)
    gone = [guest.pk for key, guest in known.items() if key not in coming]
    DinnerGuest.objects.filter(pk__in=gone).delete()
    tell_boards(dinner)
    return len(coming.keys() - known.keys()), len(gone)


@transaction.atomic
def add_guest(*, dinner: Dinner, details: GuestDetails, by: Viewer, at: datetime) -> DinnerGuest:
    """Add somebody by name. Raises PermissionDenied, PlanIsPublished."""
    dinner = open_dinner(dinner, by)
    guest = DinnerGuest.objects.create(dinner=dinner, **_guest_columns(details))
    tell_boards(dinner)
    return guest


@transaction.atomic
def change_guest(*, guest: DinnerGuest, details: GuestDetails, by: Viewer, at: datetime) -> DinnerGuest:
    """Change somebody who was added by name.

    Raises PermissionDenied, PlanIsPublished, GuestIsParticipant.
    """
    dinner = open_dinner(guest.dinner, by)
    if guest.participation_id is not None:
        raise GuestIsParticipant
    columns = _guest_columns(details)
    for name, value in columns.items():
        setattr(guest, name, value)
    guest.save(update_fields=list(columns))
    tell_boards(dinner)
    return guest


@transaction.atomic
def remove_guest(*, guest: DinnerGuest, by: Viewer) -> None:
    """Take a guest off the list, with the wishes and rules about them.

    Raises PermissionDenied, PlanIsPublished.
    """
    dinner = open_dinner(guest.dinner, by)
    guest.delete()
    tell_boards(dinner)


@transaction.atomic
def add_pair(
    *, dinner: Dinner, one: DinnerGuest, two: DinnerGuest, kind: str, by: Viewer, at: datetime
) -> DinnerPair:
    """Say that two must, or must not, share a table; only those who seat the dinner know.

    Raises PermissionDenied, PlanIsPublished, NotTwoGuests, PairKnown.
    """
    dinner = open_dinner(dinner, by)
    if one.pk == two.pk or one.dinner_id != dinner.pk or two.dinner_id != dinner.pk:
        raise NotTwoGuests
    first, second = sorted((one, two), key=lambda guest: guest.pk)
    if DinnerPair.objects.filter(one=first, two=second).exists():
        raise PairKnown
    pair = DinnerPair.objects.create(dinner=dinner, kind=kind, one=first, two=second)
    tell_boards(dinner)
    return pair


@transaction.atomic
def remove_pair(*, pair: DinnerPair, by: Viewer) -> None:
    """Raises PermissionDenied, PlanIsPublished."""
    dinner = open_dinner(pair.dinner, by)
    pair.delete()
    tell_boards(dinner)


@transaction.atomic
def save_dinner_wishes(
    *, guest: DinnerGuest, wanted: list[DinnerGuest], by: Viewer, at: datetime
) -> list[DinnerWish]:
    """Say beside whom one would like to sit, in place of what was said before; nobody else sees it.

    Raises PermissionDenied, PlanIsPublished, WishesOver, TooManyWishes, NotTwoGuests.
    """
    own = guest.participation
    if own is None or by.person_id is None or own.person_id != by.person_id:
        raise PermissionDenied
    dinner = Dinner.objects.select_for_update(of=("self",)).get(pk=guest.dinner_id)
    if dinner.published_at is not None:
        raise PlanIsPublished
    if dinner.wishes_until is None or at >= dinner.wishes_until:
        raise WishesOver
    keys = {other.pk for other in wanted}
    if len(keys) > MOST_WISHES:
        raise TooManyWishes
    if guest.pk in keys or any(other.dinner_id != dinner.pk for other in wanted):
        raise NotTwoGuests
    DinnerWish.objects.filter(guest=guest).delete()
    return DinnerWish.objects.bulk_create(DinnerWish(guest=guest, wanted_id=key) for key in sorted(keys))


@transaction.atomic
def forget_after_dinner(*, by: Viewer, at: datetime) -> int:
    """Delete what was told of guests for one evening: diets typed by hand, and who must sit with whom.

    A day after the dinner; of how many dinners. Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    # A demonstration lives at its own moment.
    is_over = Q(edition__clock_at__isnull=True, session__during__endswith__lte=at - FORGOTTEN_AFTER) | Q(
        session__during__endswith__lte=F("edition__clock_at") - FORGOTTEN_AFTER
    )
    holding = Q(pairs__isnull=False) | Q(guests__diet__gt="")
    over = list(Dinner.objects.filter(is_over & holding).values_list("pk", flat=True).distinct())
    DinnerPair.objects.filter(dinner__in=over).delete()
    DinnerGuest.objects.filter(dinner__in=over).exclude(diet="").update(diet="")
    return len(over)


@app.periodic(cron="37 * * * *")
@app.task(name="meetings.forget_after_dinner", queueing_lock="meetings.forget_after_dinner")
def forget_after_dinner_hourly(timestamp: int) -> None:
    forget_after_dinner(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


def leave_dinners(participation: Participation, *, at: datetime) -> None:
    """Take somebody off the tables of dinners to come whose place in the edition ended.

    Runs inside the action that ends it and has asked its own policy; a published plan shows the empty seat.
    """
    held = DinnerGuest.objects.filter(participation=participation).select_related("dinner__session")
    for guest in held:
        session = guest.dinner.session
        if session is None or session.during is None or session.during.lower > at:
            reverse_seats([guest.pk], by=SYSTEM, at=at)
            guest.delete()
            tell_boards(guest.dinner)


def reverse_seats(guest_ids: list[int], *, by: Viewer, at: datetime) -> None:
    """Cancel the facts of these guests' seats that still stand."""
    recorded = Fact.objects.filter(
        kind=facts.DINNER_SEAT.code,
        subject_type=DinnerGuest._meta.label_lower,
        subject_key__in=[str(key) for key in guest_ids],
    )
    for fact in recorded.standing():
        ledger.reverse(fact, by=by, at=at)


def open_dinner(dinner: Dinner, by: Viewer) -> Dinner:
    """The dinner, locked, for those who may change its plan. Raises PermissionDenied, PlanIsPublished."""
    found = Dinner.objects.select_for_update(of=("self",)).select_related("edition").get(pk=dinner.pk)
    if not policies.can_seat_dinner(by, found.edition):
        raise PermissionDenied
    if found.published_at is not None:
        raise PlanIsPublished
    return found


def _columns(edition: Edition, details: DinnerDetails) -> dict[str, object]:
    if details.session is not None and details.session.edition_id != edition.pk:
        raise SessionOfAnotherEdition
    columns = {name: getattr(details, name) for name in DinnerDetails.__dataclass_fields__}
    columns["title"] = dict(details.title)
    return columns


def _guest_columns(details: GuestDetails) -> dict[str, object]:
    return {name: getattr(details, name) for name in GuestDetails.__dataclass_fields__}


def _guest_of(dinner: Dinner, participation: Participation) -> DinnerGuest:
    return _renewed(
        DinnerGuest(dinner=dinner, participation=participation, role=GuestRole.PARTICIPANT), participation
    )


def _renewed(guest: DinnerGuest, participation: Participation) -> DinnerGuest:
    for name in _TAKEN_OVER:
        setattr(guest, name, getattr(participation, name))
    return guest
