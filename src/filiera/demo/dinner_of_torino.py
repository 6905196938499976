"""The dinner at Palazzo Ceriana Mayneri: place and poles are real, who sat there is made up and marked so."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.demo.tables import read
from filiera.meetings.actions import dinner_planning, dinner_seating
from filiera.meetings.actions.dinner_planning import DinnerDetails, GuestDetails
from filiera.meetings.models import Dinner, DinnerGuest, GuestRole, PairKind, SeatingRun
from filiera.organisations.models import Organisation

ROME = ZoneInfo("Europe/Rome")
SEED = 2023_921
PREPARED = datetime(2023, 9, 13, 9, 0, tzinfo=ROME)
WISHES_UNTIL = datetime(2023, 9, 20, 18, 0, tzinfo=ROME)
PUBLISHED = datetime(2023, 9, 21, 12, 30, tzinfo=ROME)
POLES = ("agrifood", "biopmed", "cgreen", "clever", "mesap", "pointex", "polo-ict")
SEATS = 8
# So much of the search as a first start has time for.
_SEARCH_S = 0.4


@transaction.atomic
def load_dinner_of_torino(edition: Edition) -> None:
    """Tables with guests, wishes and a published plan; what is there already stays as it is."""
    if Dinner.objects.filter(edition=edition).exists():
        return
    session = Session.objects.filter(edition=edition, slug="social-dinner").first()
    if session is None:
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    dinner = dinner_planning.make_dinner(
        edition=edition,
        details=DinnerDetails(title=session.title, session=session, wishes_until=WISHES_UNTIL),
        by=SYSTEM,
        at=PREPARED,
    )
    dinner.is_demonstration = True
    dinner.save(update_fields=["is_demonstration"])
    dinner_planning.gather_guests(dinner=dinner, by=SYSTEM, at=PREPARED)
    _representatives(dinner, chance)
    guests = DinnerGuest.objects.filter(dinner=dinner)
    if guests.count() <= len(POLES):
        return
    tables = -(-guests.count() // SEATS)
    dinner_planning.add_tables(
        dinner=dinner, count=tables, seats=SEATS, least_hosts=1, by=SYSTEM, at=PREPARED
    )
    _wishes(dinner, chance)
    _seat(dinner)


def _representatives(dinner: Dinner, chance: random.Random) -> None:
    """One made-up person for each of the seven poles."""
    names = read("generated_names")
    used = set(DinnerGuest.objects.filter(dinner=dinner).values_list("name", flat=True))
    for slug in POLES:
        pole = Organisation.objects.filter(slug=slug).prefetch_related("ecosystems").first()
        if pole is None:
            continue
        name = ""
        while not name or name in used:
            name = f"{chance.choice(names)['given']} {chance.choice(names)['family']}"
        used.add(name)
        dinner_planning.add_guest(
            dinner=dinner,
            details=GuestDetails(
                name=name,
                organisation=pole,
                country=pole.country,
                ecosystem=pole.ecosystems.first(),
                role=GuestRole.HOST,
                diet=chance.choice(("all", "all", "vegetarian")),
                is_demonstration=True,
            ),
            by=SYSTEM,
            at=PREPARED,
        )


def _wishes(dinner: Dinner, chance: random.Random) -> None:
    guests = list(
        DinnerGuest.objects.filter(dinner=dinner, participation__person__isnull=False)
        .select_related("participation__person")
        .order_by("pk")
    )
    for guest in guests[: len(guests) * 2 // 3]:
        wanted = chance.sample([other for other in guests if other != guest], chance.choice((1, 1, 2)))
        assert guest.participation is not None
        dinner_planning.save_dinner_wishes(
            guest=guest,
            wanted=wanted,
            by=Viewer(person=guest.participation.person),
            at=PREPARED + timedelta(hours=chance.randrange(90)),
        )
    if len(guests) > 3:
        dinner_planning.add_pair(
            dinner=dinner, one=guests[-1], two=guests[-2], kind=PairKind.APART, by=SYSTEM, at=PREPARED
        )


def _seat(dinner: Dinner) -> None:
    """The search itself, in the time that a first start has."""
    run = SeatingRun.objects.create(dinner=dinner, asked_at=PREPARED)
    dinner_seating.search_and_keep(run, time_limit_s=_SEARCH_S)
    dinner.refresh_from_db()
    dinner_seating.publish_dinner(dinner=dinner, by=SYSTEM, at=PUBLISHED)
