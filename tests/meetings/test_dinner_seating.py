"""Seating: what a plan is worth, how it is found, changed, published, and what it tells whom."""

import random
from datetime import timedelta
from itertools import combinations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

import filiera_solvers as solvers
from filiera.accounts.actions.privacy import erase_person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.actions.participations import cancel_place
from filiera.ledger.models import Fact
from filiera.meetings.actions import dinner_planning, dinner_seating
from filiera.meetings.models import (
    Dinner,
    DinnerGuest,
    DinnerPair,
    DinnerTable,
    DinnerWish,
    GuestRole,
    SeatingRun,
    SeatingStatus,
)
from filiera.meetings.queries.dinner_seating import seating_of, seating_problem
from filiera.meetings.queries.dinner_words import company_words, conflict_words
from filiera.meetings.receivers.dinner import dinners_of
from filiera.reference.models import Country, Ecosystem
from filiera.workshops.models import Group, GroupRound, GroupSeries, Seat
from tests.academy.factories import NOW, SessionFactory, between, moment
from tests.admissions.factories import ParticipationFactory
from tests.meetings.dinner_factories import (
    WISHES_UNTIL,
    DinnerFactory,
    DinnerGuestFactory,
    DinnerTableFactory,
)

pytestmark = pytest.mark.django_db
COUNTRIES, ECOSYSTEMS = ("IT", "ES", "FI", "DE", "PL"), ("AGRI", "DIGI", "ELEC")


@pytest.fixture(autouse=True)
def reference(db):
    for code in COUNTRIES:
        Country.objects.get_or_create(code=code, defaults={"names": {"en": code}, "alpha3": f"{code}X"})
    for position, code in enumerate(ECOSYSTEMS):
        Ecosystem.objects.get_or_create(code=code, defaults={"names": {"en": code}, "position": position + 1})


def own(participation):
    return Viewer(person=participation.person, edition_id=participation.edition_id)


def dinner_with(*, guests=12, hosts=4, tables=4, seats=4, seed=1):
    """Guests from five countries and three ecosystems, and representatives of the host."""
    dinner, chance = DinnerFactory(), random.Random(seed)
    for _ in range(tables):
        DinnerTableFactory(dinner=dinner, seats=seats)
    for number in range(guests + hosts):
        DinnerGuestFactory(
            dinner=dinner,
            host=number >= guests,
            country_id="IT" if number >= guests else chance.choice(COUNTRIES),
            ecosystem_id=chance.choice(ECOSYSTEMS),
        )
    return dinner


def proposed(dinner):
    run = dinner_seating.ask_for_seating(dinner=dinner, by=SYSTEM, at=NOW)
    dinner_seating.run_seating(run.pk)
    dinner.refresh_from_db()
    return dinner


def in_one_group(*guests):
    """They have met: a published group of the edition."""
    edition = guests[0].dinner.edition
    series = GroupSeries.objects.create(
        edition=edition, title={"en": "Groups"}, published_at=NOW, created_at=NOW, changed_at=NOW
    )
    round_ = GroupRound.objects.create(series=series, number=1)
    group = Group.objects.create(round=round_, number=1)
    for guest in guests:
        Seat.objects.create(group=group, round=round_, participation=guest.participation)


@pytest.mark.parametrize(("guests", "hosts", "tables", "seats"), [(12, 4, 4, 4), (30, 7, 5, 8)])
def test_a_proposal_seats_everybody_with_a_host_at_each_table(guests, hosts, tables, seats):
    dinner = proposed(dinner_with(guests=guests, hosts=hosts, tables=tables, seats=seats))

    problem = seating_problem(dinner)
    plan = seating_of(problem)
    assert plan.is_right
    assert all(table.hosts >= 1 for table in plan.tables)
    assert dinner.status in {SeatingStatus.OPTIMAL, SeatingStatus.FOUND}
    assert plan.value == pytest.approx(dinner.value)
    assert dinner.bound is None or dinner.value <= dinner.bound + 1e-6


def test_the_page_and_the_library_value_a_plan_alike():
    dinner = dinner_with()
    guests = list(dinner.guests.filter(participation__isnull=False))
    DinnerWish.objects.create(guest=guests[0], wanted=guests[1])
    DinnerWish.objects.create(guest=guests[1], wanted=guests[0])
    in_one_group(guests[2], guests[3], guests[4])
    problem = seating_problem(dinner)
    chance = random.Random(5)

    for _ in range(20):
        table_of = [chance.randrange(4) for _ in problem.guests]
        assert problem.value(table_of) == pytest.approx(
            solvers.check_seating(problem.instance(), table_of).value
        )


def test_a_proposal_is_better_than_chance_and_than_one_swap():
    dinner = proposed(dinner_with(seed=3))
    problem = seating_problem(dinner)
    table_of = problem.table_of()

    for one, two in combinations(range(len(table_of)), 2):
        if problem.guests[one].is_host != problem.guests[two].is_host:
            continue
        swapped = list(table_of)
        swapped[one], swapped[two] = swapped[two], swapped[one]
        assert problem.value(swapped) <= dinner.value + 1e-6


def test_wishes_come_true_and_those_who_met_sit_apart():
    dinner = dinner_with(seed=9)
    guests = list(dinner.guests.filter(participation__isnull=False))
    DinnerWish.objects.create(guest=guests[0], wanted=guests[1])
    in_one_group(guests[2], guests[3])
    dinner.met_cost, dinner.wish_worth = 10, 10
    dinner.save()

    plan = seating_of(seating_problem(proposed(dinner)))

    assert (plan.wishes_met, plan.wishes, plan.met_again) == (1, 1, 0)


def test_together_and_apart_are_kept():
    dinner = dinner_with()
    one, two, three, *_rest = dinner.guests.filter(participation__isnull=False)
    dinner_planning.add_pair(dinner=dinner, one=two, two=one, kind="together", by=SYSTEM, at=NOW)
    dinner_planning.add_pair(dinner=dinner, one=one, two=three, kind="apart", by=SYSTEM, at=NOW)

    proposed(dinner)

    table_of = dict(dinner.guests.values_list("pk", "table"))
    assert table_of[one.pk] == table_of[two.pk] != table_of[three.pk]


def test_what_company_is_told_is_what_sits_there():
    dinner = proposed(dinner_with(seed=4))
    plan = seating_of(seating_problem(dinner))

    for table in plan.tables:
        sitting = list(DinnerGuest.objects.filter(table=table.table))
        for seated in table.guests:
            others = [guest for guest in sitting if guest.pk != seated.guest.pk]
            assert seated.others == len(others)
            assert seated.countries == len({guest.country_id for guest in others})
            assert seated.ecosystems == len({guest.ecosystem_id for guest in others})
            assert company_words(seated).startswith(f"with {len(others)} others")


def test_what_cannot_be_is_named_with_its_numbers():
    empty = DinnerFactory()
    few_seats, few_hosts = dinner_with(tables=3), dinner_with(hosts=3, seats=5)

    with pytest.raises(dinner_seating.NobodyDines):
        proposed(empty)
    with pytest.raises(dinner_seating.SeatsMissing, match="16 guests and 12 seats"):
        proposed(few_seats)
    with pytest.raises(
        dinner_seating.HostsMissing, match="4 representatives of the host, and the guests have 3"
    ):
        proposed(few_hosts)


def test_rules_that_contradict_each_other_are_named_and_the_plan_stays():
    dinner = dinner_with()
    one, two, three, *_rest = dinner.guests.filter(participation__isnull=False)
    before = dict(dinner.guests.values_list("pk", "table"))
    for first, second, kind in ((one, two, "together"), (two, three, "together"), (one, three, "apart")):
        dinner_planning.add_pair(dinner=dinner, one=first, two=second, kind=kind, by=SYSTEM, at=NOW)

    proposed(dinner)

    assert dinner.status == SeatingStatus.INFEASIBLE
    assert set(conflict_words(dinner, list(dinner.guests.all()))) == {
        f"{one.name} and {two.name} at one table",
        f"{two.name} and {three.name} at one table",
        f"{one.name} and {three.name} at different tables",
    }
    assert dict(dinner.guests.values_list("pk", "table")) == before


def test_one_search_at_a_time_and_a_stopped_one_changes_nothing():
    dinner = dinner_with()
    run = dinner_seating.ask_for_seating(dinner=dinner, by=SYSTEM, at=NOW)

    with pytest.raises(dinner_seating.SearchAlreadyRuns):
        dinner_seating.ask_for_seating(dinner=dinner, by=SYSTEM, at=NOW)
    SeatingRun.objects.filter(pk=run.pk).update(finished_at=NOW)
    dinner_seating.run_seating(run.pk)

    assert not dinner.guests.filter(table__isnull=False).exists()


def test_a_guest_moves_and_a_table_over_full_cannot_be_published():
    dinner = proposed(dinner_with())
    first, second = DinnerTable.objects.filter(dinner=dinner).order_by("number")[:2]
    guest = dinner.guests.filter(table=first, role=GuestRole.PARTICIPANT).first()

    dinner_seating.seat_guest(guest=guest, table=second, by=SYSTEM, at=NOW)

    plan = seating_of(seating_problem(dinner))
    assert [table.is_over for table in plan.tables] == [False, True, False, False]
    with pytest.raises(dinner_seating.PlanIsNotRight):
        dinner_seating.publish_dinner(dinner=dinner, by=SYSTEM, at=NOW)
    with pytest.raises(dinner_seating.TableElsewhere):
        dinner_seating.seat_guest(guest=guest, table=DinnerTableFactory(), by=SYSTEM, at=NOW)


def test_a_published_plan_is_locked_counted_and_can_be_taken_back():
    dinner = proposed(dinner_with())
    guest = dinner.guests.first()

    published = dinner_seating.publish_dinner(dinner=dinner, by=SYSTEM, at=NOW)

    assert Fact.objects.filter(kind="dinner.seat").count() == 16
    for change in (
        lambda: dinner_seating.seat_guest(guest=guest, table=None, by=SYSTEM, at=NOW),
        lambda: dinner_seating.ask_for_seating(dinner=published, by=SYSTEM, at=NOW),
        lambda: dinner_planning.remove_guest(guest=guest, by=SYSTEM),
        lambda: dinner_planning.gather_guests(dinner=published, by=SYSTEM, at=NOW),
    ):
        with pytest.raises(dinner_planning.PlanIsPublished):
            change()
    dinner_seating.take_back_dinner(dinner=published, by=SYSTEM, at=NOW)
    assert sum(fact.quantity for fact in Fact.objects.filter(kind="dinner.seat")) == 0
    dinner_seating.publish_dinner(dinner=published, by=SYSTEM, at=WISHES_UNTIL)
    assert sum(fact.quantity for fact in Fact.objects.filter(kind="dinner.seat")) == 16


def test_guests_follow_those_who_are_there_and_hand_made_ones_stay():
    dinner = DinnerFactory()
    staying, leaving = (ParticipationFactory(edition=dinner.edition) for _ in range(2))
    DinnerGuestFactory(dinner=dinner, host=True)

    assert dinner_planning.gather_guests(dinner=dinner, by=SYSTEM, at=NOW) == (2, 0)
    cancel_place(participation=leaving, by=SYSTEM, at=NOW)

    assert set(dinner.guests.values_list("participation", flat=True)) == {None, staying.pk}
    assert dinner_planning.gather_guests(dinner=dinner, by=SYSTEM, at=NOW) == (0, 0)


def test_only_the_person_wishes_and_only_in_time():
    dinner = dinner_with()
    guest, wanted = dinner.guests.filter(participation__isnull=False)[:2]

    def save(by, at=NOW, wanted=(wanted,)):
        return dinner_planning.save_dinner_wishes(guest=guest, wanted=list(wanted), by=by, at=at)

    save(own(guest.participation))
    assert list(DinnerWish.objects.values_list("guest", "wanted")) == [(guest.pk, wanted.pk)]
    with pytest.raises(PermissionDenied):
        save(SYSTEM)
    with pytest.raises(dinner_planning.WishesOver):
        save(own(guest.participation), at=WISHES_UNTIL)
    with pytest.raises(dinner_planning.NotTwoGuests):
        save(own(guest.participation), wanted=(guest,))
    with pytest.raises(dinner_planning.TooManyWishes):
        save(own(guest.participation), wanted=dinner.guests.exclude(pk=guest.pk)[:4])


def test_nobody_sees_the_wishes_or_rules_of_others(director):
    dinner = dinner_with()
    one, two = dinner.guests.filter(participation__isnull=False)[:2]
    DinnerWish.objects.create(guest=one, wanted=two)
    DinnerPair.objects.create(dinner=dinner, one=one, two=two, kind="apart")
    of_edition = Viewer(**{**vars_of(director), "edition_id": dinner.edition_id})

    assert not DinnerWish.objects.visible_to(of_edition).exists()
    assert DinnerWish.objects.visible_to(own(one.participation)).count() == 1
    assert DinnerPair.objects.visible_to(of_edition).count() == 1
    assert not DinnerPair.objects.visible_to(own(one.participation)).exists()
    assert list(DinnerGuest.objects.visible_to(own(one.participation))) == [one]
    assert not DinnerGuest.objects.visible_to(director).exists()


def vars_of(viewer):
    return {name: getattr(viewer, name) for name in viewer.__dataclass_fields__}


def test_what_was_told_for_one_evening_is_gone_the_day_after(member):
    dinner = dinner_with(guests=2, hosts=1, tables=1)
    dinner.session = SessionFactory(part__edition=dinner.edition, during=between(moment(20), 180))
    dinner.save()
    one, two = dinner.guests.filter(participation__isnull=False)
    DinnerPair.objects.create(dinner=dinner, one=one, two=two, kind="apart")
    dinner.guests.filter(role=GuestRole.HOST).update(diet="vegan")
    over = moment(23) + timedelta(days=1)

    with pytest.raises(PermissionDenied):
        dinner_planning.forget_after_dinner(by=member, at=over)
    assert dinner_planning.forget_after_dinner(by=SYSTEM, at=over - timedelta(seconds=1)) == 0
    assert dinner_planning.forget_after_dinner(by=SYSTEM, at=over) == 1
    assert dinner_planning.forget_after_dinner(by=SYSTEM, at=over) == 0

    assert not DinnerPair.objects.exists()
    assert set(DinnerGuest.objects.values_list("diet", flat=True)) == {""}


def test_a_person_sees_what_is_kept_and_takes_the_name_along():
    dinner = dinner_with()
    one, two = dinner.guests.filter(participation__isnull=False)[:2]
    DinnerWish.objects.create(guest=one, wanted=two)
    DinnerPair.objects.create(dinner=dinner, one=one, two=two, kind="apart")
    person = one.participation.person

    told = dinners_of(person)
    erase_person(person=person, by=SYSTEM, at=NOW)

    assert [wish["wanted__name"] for wish in told["wishes"]] == [two.name]
    assert not DinnerWish.objects.exists()
    assert not DinnerPair.objects.exists()
    # The dinner is still to come: whoever was erased is not at it.
    assert not DinnerGuest.objects.filter(pk=one.pk).exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda dinner, one, two: DinnerTableFactory(dinner=dinner, number=1), "dinner_table_number_unique"),
        (
            lambda dinner, one, two: DinnerTableFactory(dinner=dinner, least_hosts=5),
            "dinner_table_holds_its_hosts",
        ),
        (
            lambda dinner, one, two: DinnerGuestFactory(dinner=dinner, participation=one.participation),
            "dinner_guest_once",
        ),
        (
            lambda dinner, one, two: DinnerGuest.objects.filter(pk=one.pk).update(diet="vegan"),
            "behind_the_wall",
        ),
        (
            lambda dinner, one, two: DinnerWish.objects.create(guest=one, wanted=one),
            "dinner_wish_for_another",
        ),
        (
            lambda dinner, one, two: DinnerPair.objects.create(dinner=dinner, one=two, two=one, kind="apart"),
            "dinner_pair_in_order",
        ),
        (
            lambda dinner, one, two: [
                SeatingRun.objects.create(dinner=dinner, asked_at=NOW) for _ in range(2)
            ],
            "seating_run_one_at_a_time",
        ),
        (lambda dinner, one, two: Dinner.objects.update(wish_worth=11), "dinner_weights_to_ten"),
        (
            lambda dinner, one, two: [DinnerWish.objects.create(guest=one, wanted=two) for _ in range(2)],
            "dinner_wish_once",
        ),
        (
            lambda dinner, one, two: [
                DinnerPair.objects.create(dinner=dinner, one=one, two=two, kind=kind)
                for kind in ("apart", "together")
            ],
            "dinner_pair_once",
        ),
        (
            lambda dinner, one, two: Dinner.objects.update(
                country_weight=0, ecosystem_weight=0, role_weight=0
            ),
            "dinner_mixes_something",
        ),
    ],
)
def test_the_database_refuses_what_no_dinner_can_be(change, name):
    dinner = dinner_with(guests=2, hosts=0, tables=1)
    one, two = dinner.guests.order_by("pk")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change(dinner, one, two)


def test_others_seat_nothing(member):
    dinner = dinner_with(guests=2, hosts=0, tables=1)
    guest = dinner.guests.first()

    for change in (
        lambda: dinner_seating.seat_guest(guest=guest, table=None, by=member, at=NOW),
        lambda: dinner_seating.ask_for_seating(dinner=dinner, by=member, at=NOW),
        lambda: dinner_seating.publish_dinner(dinner=dinner, by=member, at=NOW),
        lambda: dinner_planning.add_tables(dinner=dinner, count=1, seats=4, least_hosts=0, by=member, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()
