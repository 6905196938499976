"""Dinners as their pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Listing
from filiera.meetings.models import Dinner, DinnerGuest, DinnerTable, DinnerWish, GuestRole
from filiera.organisations.models import Organisation

from .dinner_guests import guests_to_wish


def dinners_of(viewer: Viewer, edition: Edition) -> QuerySet[Dinner]:
    visible = Dinner.objects.visible_to(viewer).filter(edition=edition)
    return visible.select_related("session__room__venue", "session__part", "edition").order_by(
        "session__during", "created_at", "pk"
    )


def desk_dinners(viewer: Viewer, edition: Edition) -> QuerySet[Dinner]:
    """With how many guests there are, how many have a table, and how many seats."""
    return dinners_of(viewer, edition).annotate(
        guest_count=Count("guests", distinct=True),
        seated_count=Count("guests", filter=Q(guests__table__isnull=False), distinct=True),
        table_count=Count("tables", distinct=True),
    )


@dataclass(frozen=True, slots=True)
class OwnDinner:
    """A dinner as one participant sees it."""

    dinner: Dinner
    guest: DinnerGuest | None
    takes_wishes: bool
    wanted: list[DinnerGuest]
    # Of a published plan: who represents the host at the own table, who asked to be found, how many besides.
    hosts: list[DinnerGuest]
    company: list[DinnerGuest]
    unnamed: int

    @property
    def table(self) -> DinnerTable | None:
        if self.dinner.published_at is None or self.guest is None:
            return None
        return self.guest.table


def own_dinners(viewer: Viewer, edition: Edition, *, at: datetime) -> list[OwnDinner]:
    """Every dinner of an edition with what concerns the viewer; a fixed number of statements for each."""
    dinners = list(dinners_of(viewer, edition))
    own = {
        guest.dinner_id: guest
        for guest in DinnerGuest.objects.visible_to(viewer)
        .filter(dinner__in=dinners, participation__person_id=viewer.person_id or 0)
        .select_related("table", "participation")
    }
    return [_own(viewer, dinner, own.get(dinner.pk), at) for dinner in dinners]


def _own(viewer: Viewer, dinner: Dinner, guest: DinnerGuest | None, at: datetime) -> OwnDinner:
    takes_wishes = (
        guest is not None
        and dinner.published_at is None
        and dinner.wishes_until is not None
        and at < dinner.wishes_until
    )
    wanted = [
        wish.wanted
        for wish in DinnerWish.objects.visible_to(viewer)
        .filter(guest=guest)
        .select_related("wanted")
        .order_by("pk")
    ]
    hosts, company, unnamed = _at_table(viewer, dinner, guest)
    return OwnDinner(
        dinner=dinner,
        guest=guest,
        takes_wishes=takes_wishes,
        wanted=wanted,
        hosts=hosts,
        company=company,
        unnamed=unnamed,
    )


def _at_table(
    viewer: Viewer, dinner: Dinner, guest: DinnerGuest | None
) -> tuple[list[DinnerGuest], list[DinnerGuest], int]:
    if guest is None or guest.table_id is None or dinner.published_at is None:
        return [], [], 0
    found = set(Listing.objects.visible_to(viewer).values_list("participation", flat=True))
    others = (
        DinnerGuest.objects.filter(table=guest.table_id)
        .exclude(pk=guest.pk)
        .select_related("organisation", "country")
        .order_by("name", "pk")
    )
    hosts = [other for other in others if other.role == GuestRole.HOST]
    company = [other for other in others if other.participation_id in found]
    named = {other.pk for other in (*hosts, *company)}
    return hosts, company, sum(other.pk not in named for other in others)


def organisations_at_dinner(edition: Edition) -> QuerySet[Organisation]:
    """Those a guest may come from: whoever is in the directory."""
    behind = Q(pk__in=[edition.host_id or 0, edition.organiser_id])
    return Organisation.objects.filter(Q(is_listed=True) | behind).order_by("name", "pk")


def wishable(viewer: Viewer, own: OwnDinner) -> QuerySet[DinnerGuest]:
    return guests_to_wish(viewer, own.dinner)
