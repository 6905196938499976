"""The laboratory visits in Torino: the laboratories are real, who wished what is made up and marked so.

The article of the host names visits to the plasma and nanotech laboratories and to those of hydrogen
technology at Environment Park; times, places and conditions are the demonstration's.
"""

import random
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.models import AttendanceMode, DayAttendance, Participation
from filiera.admissions.queries.place_links import viewer_by_link
from filiera.admissions.queries.presence_lists import day_of
from filiera.demo.torino import HOST_ARTICLE
from filiera.meetings.actions import visits_draw, visits_places, visits_rounds, visits_wishes
from filiera.meetings.actions.visits_rounds import VisitDetails
from filiera.meetings.models import (
    DocumentKind,
    IdentityNeed,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWishList,
)
from filiera.organisations.models import Organisation

ROME = ZoneInfo("Europe/Rome")
SEED = 2023_09
PREPARED = datetime(2023, 9, 8, 10, 0, tzinfo=ROME)
OPENED = datetime(2023, 9, 11, 9, 0, tzinfo=ROME)
CLOSED = datetime(2023, 9, 17, 20, 0, tzinfo=ROME)
DRAWN = datetime(2023, 9, 17, 20, 2, tzinfo=ROME)
GIVEN_BACK = datetime(2023, 9, 19, 8, 30, tzinfo=ROME)
# Minutes after the beginning of the session, minutes, places.
_LABORATORIES = (
    (
        "visit-plasma-nanotech",
        VisitDetails(
            title={"en": "Plasma laboratory", "it": "Laboratorio di plasma"},
            about={
                "en": "Surfaces that plasma cleans, hardens or makes water-repellent.",
                "it": "Superfici che il plasma pulisce, indurisce o rende idrorepellenti.",
            },
            meeting_point={"en": "Entrance hall, building A", "it": "Atrio, edificio A"},
            identity=IdentityNeed.SHOWN,
            needs_closed_shoes=True,
        ),
        ((0, 45, 8),),
    ),
    (
        "visit-plasma-nanotech",
        VisitDetails(
            title={"en": "Nanotech laboratory", "it": "Laboratorio di nanotecnologie"},
            about={
                "en": "Coatings and materials built from the smallest parts up.",
                "it": "Rivestimenti e materiali costruiti dalle parti più piccole.",
            },
            meeting_point={"en": "Entrance hall, building A", "it": "Atrio, edificio A"},
            identity=IdentityNeed.SHOWN,
            is_step_free=False,
        ),
        ((0, 45, 7),),
    ),
    (
        "visit-hydrogen",
        VisitDetails(
            title={"en": "Hydrogen laboratory", "it": "Laboratorio dell'idrogeno"},
            about={
                "en": "How hydrogen is made, stored and turned back into power on a small scale.",
                "it": "Come l'idrogeno si produce, si conserva e torna energia, in piccola scala.",
            },
            meeting_point={
                "en": "Gate of the hydrogen laboratories",
                "it": "Varco dei laboratori dell'idrogeno",
            },
            bring={"en": "nothing that makes sparks", "it": "niente che faccia scintille"},
            identity=IdentityNeed.TOLD,
            needs_closed_shoes=True,
        ),
        ((0, 20, 5), (25, 20, 5)),
    ),
)
# How often each slot is wished first: hydrogen draws most.
_PULL = (4, 2, 6, 5)


@transaction.atomic
def load_visits_of_torino(edition: Edition) -> None:
    """A round with its draw, one place given back and passed on; one that is there already stays as it is."""
    if VisitRound.objects.filter(edition=edition).exists():
        return
    people = _people(edition)
    if not people:
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    round_ = _round(edition)
    slots = list(VisitSlot.objects.filter(round=round_).select_related("visit").order_by("code"))
    wishing = [place for place in people if chance.random() < 0.93 or place.person_id == people[0].person_id]
    for place in wishing:
        _wish(round_, place, slots, chance)
    _name_lists(round_, chance)
    round_ = visits_draw.draw_visits(round_=round_, by=SYSTEM, at=DRAWN)
    _give_one_back(round_, people[0])
    _tell_documents(round_)


def _people(edition: Edition) -> list[Participation]:
    """Whoever is there in person that day, the person whom a visitor of the demonstration can be first."""
    session = Session.objects.filter(edition=edition, slug="visit-hydrogen").select_related("part").first()
    day = day_of(session) if session is not None else None
    elsewhere = DayAttendance.objects.filter(
        day=day, mode__in=[AttendanceMode.ONLINE, AttendanceMode.ABSENT]
    ).values("participation")
    confirmed = Participation.objects.confirmed().filter(edition=edition, is_demonstration=True)
    places = list(confirmed.exclude(pk__in=elsewhere).select_related("edition", "person").order_by("pk"))
    return sorted(places, key=lambda place: place.organisation_id is None or not _is_known(place))


def _is_known(place: Participation) -> bool:
    return place.person is not None and place.person.email == "participant@demonstration.invalid"


def _round(edition: Edition) -> VisitRound:
    round_ = visits_rounds.make_visit_round(
        edition=edition,
        title={"en": "Laboratories at Environment Park", "it": "Laboratori a Environment Park"},
        closes_at=CLOSED,
        by=SYSTEM,
        at=PREPARED,
    )
    host = Organisation.objects.filter(slug="environment-park").first()
    sessions = {session.slug: session for session in Session.objects.filter(edition=edition)}
    for slug, details, times in _LABORATORIES:
        session = sessions[slug]
        visit = visits_rounds.add_visit(
            round_=round_,
            details=VisitDetails(**{**vars(details), "session": session, "host": host}),
            by=SYSTEM,
            at=PREPARED,
        )
        visit.sources = [{"url": HOST_ARTICLE, "note": ""}]
        visit.save(update_fields=["sources"])
        assert session.during is not None
        for after, minutes, places in times:
            starts_at = session.during.lower + timedelta(minutes=after)
            visits_rounds.add_visit_slot(
                visit=visit,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                places=places,
                by=SYSTEM,
                at=PREPARED,
            )
    seed = sha256(b"Cluster Booster Academy, Torino 2023, laboratory visits").hexdigest()
    round_ = visits_rounds.open_wishes(round_=round_, by=SYSTEM, at=OPENED, seed=seed)
    round_.is_demonstration = True
    round_.save(update_fields=["is_demonstration"])
    return round_


def _wish(round_: VisitRound, place: Participation, slots: list[VisitSlot], chance: random.Random) -> None:
    needs_step_free = chance.random() < 0.06
    open_slots = [slot for slot in slots if slot.visit.is_step_free or not needs_step_free]
    order = sorted(
        open_slots, key=lambda slot: chance.random() ** (1 / _PULL[slots.index(slot)]), reverse=True
    )
    wished = order[: chance.choice((2, 3, 3, 4))]
    visits_wishes.save_visit_wishes(
        round_=round_,
        participation=place,
        slots=wished,
        brings_identity=True,
        wears_closed_shoes=True,
        needs_step_free=needs_step_free,
        by=viewer_by_link(place),
        at=OPENED + timedelta(minutes=chance.randrange(8_000)),
    )


def _name_lists(round_: VisitRound, chance: random.Random) -> None:
    """Codes that are the same on every machine, so that the draw is too."""
    letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    for wish_list in VisitWishList.objects.filter(round=round_).order_by("pk"):
        wish_list.code = "".join(chance.choice(letters) for _ in range(6))
        wish_list.save(update_fields=["code"])


def _give_one_back(round_: VisitRound, known: Participation) -> None:
    """Somebody with a wanted place cannot come: it goes on in the order of the draw."""
    others = VisitPlace.objects.standing().filter(round=round_, rank=1).exclude(participation=known)
    wanted = others.filter(slot__full_at_turn__isnull=False, slot__visit__identity=IdentityNeed.TOLD)
    place = wanted.select_related("participation__edition").order_by("pk").first()
    if place is not None:
        visits_places.give_back_visit_place(
            place=place, by=viewer_by_link(place.participation), at=GIVEN_BACK
        )
        visits_places.refill_visits(round_=round_, by=SYSTEM, at=GIVEN_BACK)


def _tell_documents(round_: VisitRound) -> None:
    """Most visitors of the laboratory that asks have told its gate a made-up number."""
    asked = VisitPlace.objects.standing().filter(round=round_, slot__visit__identity=IdentityNeed.TOLD)
    places = list(asked.select_related("participation__edition", "participation__person").order_by("pk"))
    for number, place in enumerate(places, start=1):
        if number % 4 and not _is_known(place.participation):
            visits_places.tell_document(
                place=place,
                kind=DocumentKind.PASSPORT if number % 2 else DocumentKind.IDENTITY_CARD,
                number=f"DEMO{number:05}",
                by=viewer_by_link(place.participation),
                at=GIVEN_BACK,
            )
