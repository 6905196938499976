"""New editions and copies, the team, the checklist, parts and rooms: one test for each outcome."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy import models
from filiera.academy.actions import checklist, editions, overlaps, places, team
from filiera.academy.packaged import four_day_academy, packaged_tasks
from filiera.academy.queries.desk import task_lines
from filiera.academy.queries.warnings import warnings_of
from filiera.accounts.actions import accept_invitation
from filiera.accounts.models import Invitation
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Role
from filiera.shared.time import at_zone
from tests.academy.factories import (
    FIRST_DAY,
    NOW,
    SECOND_DAY,
    ZONE,
    ContributionFactory,
    EditionFactory,
    EditionMemberFactory,
    MaterialFactory,
    ObjectiveFactory,
    PartFactory,
    RoomFactory,
    SeriesFactory,
    SessionFactory,
    VenueFactory,
    between,
    moment,
    publish,
)
from tests.academy.viewers import viewer_in
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory

LATER = NOW + timedelta(hours=1)


def details(**changes):
    values = {"name": {"en": "Third"}, "slug": "third", "number": 3, "time_zone": ZONE}
    return editions.EditionDetails(**{**values, **changes})


@pytest.fixture
def series(db):
    return SeriesFactory()


@pytest.fixture
def manager(series):
    position = PositionFactory(organisation=series.organiser, role=Role.MANAGER)
    return Viewer(person=position.person)


def wall_clock(session):
    local = at_zone(session.during.lower, session.part.time_zone)
    return session.title["en"], local.date(), local.time(), session.during.upper - session.during.lower


# New editions


def test_the_packaged_academy_is_four_sound_days(series, manager):
    edition = editions.add_edition(
        series=series,
        details=details(),
        first_day=date(2027, 3, 16),
        with_programme=True,
        by=manager,
        at=LATER,
    )

    days = models.Day.objects.filter(part__edition=edition).order_by("date").values_list("date", flat=True)
    assert list(days) == [date(2027, 3, 16), date(2027, 3, 17), date(2027, 6, 1), date(2027, 6, 2)]
    assert edition.sessions.filter(during__isnull=False).count() == len(four_day_academy().sessions)
    assert [part.mode for part in edition.parts.order_by("number")] == ["online", "in_person"]
    assert {warning.kind for warning in warnings_of(edition)} <= {"no_room"}
    assert edition.checklist.count() > 0
    assert edition.state == models.EditionState.DRAFT


def test_whoever_makes_an_edition_directs_it(series, manager):
    edition = editions.add_edition(
        series=series,
        details=details(),
        first_day=date(2027, 3, 16),
        with_programme=False,
        by=manager,
        at=LATER,
    )

    roles = list(edition.members.values_list("person", "role", "organisation"))
    assert roles == [(manager.person.pk, "director", series.organiser_id)]
    assert not edition.sessions.exists()


def test_only_managers_of_the_organiser_make_editions(series):
    staff = PositionFactory(organisation=series.organiser, role=Role.STAFF)
    stranger = PositionFactory(role=Role.MANAGER)

    for person in (staff.person, stranger.person):
        with pytest.raises(PermissionDenied):
            editions.add_edition(
                series=series,
                details=details(),
                first_day=date(2027, 3, 16),
                with_programme=False,
                by=Viewer(person=person),
                at=LATER,
            )


@pytest.mark.parametrize(
    ("changes", "error"), [({"slug": "taken"}, editions.SlugTaken), ({"number": 2}, editions.NumberTaken)]
)
def test_an_address_and_a_number_belong_to_one_edition(series, manager, changes, error):
    EditionFactory(series=series, slug="taken", number=2)

    with pytest.raises(error):
        editions.add_edition(
            series=series,
            details=details(**changes),
            first_day=date(2027, 3, 16),
            with_programme=False,
            by=manager,
            at=LATER,
        )


def test_the_page_for_a_new_edition(client, series, manager):
    client.force_login(manager.person)
    page = reverse("academy:edition_new")
    values = {
        "series": series.pk,
        "name_en": "Third academy",
        "slug": "third",
        "number": 3,
        "start": "four-days",
        "first_day": "2027-03-16",
        "time_zone": ZONE,
    }

    shown = client.get(page)
    reserved = client.post(page, {**values, "slug": "new"})
    made = client.post(page, values)

    assert (shown.status_code, reserved.status_code, list(reserved.context["form"].errors)) == (
        200,
        422,
        ["slug"],
    )
    assert (made.status_code, made.headers["Location"]) == (302, "/academy/third/desk/")


def test_who_runs_no_series_yet_starts_one_with_its_first_edition(client, db):
    manager = PositionFactory(organisation=OrganisationFactory(kind="cluster"), role=Role.MANAGER)
    client.force_login(manager.person)
    page, listed = reverse("academy:edition_new"), reverse("academy:edition_list")
    values = {
        "series_name_en": "Wood Academy",
        "organiser": manager.organisation_id,
        "name_en": "First wood academy",
        "slug": "wood-1",
        "number": 1,
        "start": "four-days",
        "first_day": "2027-03-16",
        "time_zone": ZONE,
    }

    shown = client.get(page).content.decode()
    unnamed = client.post(page, {**values, "series_name_en": "", "organiser": OrganisationFactory().pk})
    assert not models.Series.objects.exists()
    made = client.post(page, values)

    assert page in client.get(listed).content.decode()
    assert 'name="series"' not in shown
    assert (unnamed.status_code, set(unnamed.context["form"].errors)) == (422, {"series_name", "organiser"})
    assert (made.status_code, made.headers["Location"]) == (302, "/academy/wood-1/desk/")
    edition = models.Edition.objects.get()
    assert (edition.series.name, edition.organiser) == ({"en": "Wood Academy"}, manager.organisation)


def test_the_page_is_closed_for_those_who_run_no_series(client, series):
    firm = PositionFactory(organisation=OrganisationFactory(company=True), role=Role.MANAGER)
    for person in (PersonFactory(), firm.person):
        client.force_login(person)
        assert client.get(reverse("academy:edition_new")).status_code == 403


# Copies


def test_a_copy_moves_dates_and_keeps_hours_over_a_clock_change(edition, director):
    part = PartFactory(edition=edition, venue=VenueFactory(edition=edition))
    hall = RoomFactory(edition=edition, venue=part.venue)
    objective = ObjectiveFactory(edition=edition)
    first = SessionFactory(part=part, room=hall, during=between(moment(9)), sources=[{"url": "https://x.eu"}])
    second = SessionFactory(part=part)
    objective.sessions.add(first)
    ContributionFactory(session=first)
    MaterialFactory(session=first)
    overlaps.allow_overlap(first=first, second=second, speaker=None, reason="", by=SYSTEM, at=NOW)
    SessionFactory(part=part, cancelled=True)
    checklist.add_usual_tasks(edition=edition, by=SYSTEM, at=NOW)

    copy = editions.clone_edition(
        edition=edition, details=details(number=99), first_day=date(2024, 1, 10), by=director, at=LATER
    )

    placed = copy.sessions.get(during__isnull=False)
    waiting = copy.sessions.get(during__isnull=True)
    assert wall_clock(placed) == (first.title["en"], date(2024, 1, 10), time(9, 0), timedelta(hours=1))
    assert (placed.room.edition, placed.part.edition, placed.objectives.get().edition) == (copy,) * 3
    assert placed.overlap_key == waiting.overlap_key != models.Session.objects.get(pk=first.pk).overlap_key
    assert (placed.contributions.count(), placed.materials.count(), placed.sources) == (0, 0, [])
    assert list(copy.parts.values_list("starts_on", "ends_on")) == [(date(2024, 1, 10), date(2024, 1, 11))]
    assert copy.checklist.count() == edition.checklist.count()
    assert (copy.cloned_from, copy.overlap_allowances.count(), copy.venues.count()) == (edition, 1, 1)


def test_a_template_may_have_any_number(edition, director):
    PartFactory(edition=edition)

    template = editions.clone_edition(
        edition=edition,
        details=details(number=edition.number),
        first_day=FIRST_DAY,
        as_template=True,
        by=director,
        at=LATER,
    )

    assert template.is_template


def test_an_edition_without_dates_is_not_copied(edition, director):
    with pytest.raises(editions.NothingToShift):
        editions.clone_edition(edition=edition, details=details(), first_day=FIRST_DAY, by=director, at=LATER)


def test_the_programme_team_does_not_copy(edition, editor):
    PartFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        editions.clone_edition(edition=edition, details=details(), first_day=FIRST_DAY, by=editor, at=LATER)


# Who sees it


def test_an_edition_opens_before_its_programme_because_its_call_comes_first(db):
    edition = EditionFactory()
    director = viewer_in(EditionMemberFactory(edition=edition, director=True))

    opened = editions.open_edition(edition=edition, state="unlisted", by=director, at=LATER)

    assert opened.state == "unlisted"


def test_the_director_closes_and_opens_an_edition(edition, director):
    SessionFactory(part=PartFactory(edition=edition), during=between(moment(9)))
    publish(edition)

    for state in ("draft", "public"):
        editions.open_edition(edition=edition, state=state, by=director, at=LATER)

    edition.refresh_from_db()
    assert edition.state == "public"


def test_objectives_are_numbered_as_given(edition, director):
    ObjectiveFactory.create_batch(3, edition=edition)

    editions.save_objectives(edition=edition, texts=[{"en": "One"}, {"en": "Two"}], by=director, at=LATER)

    kept = edition.objectives.filter(number__lte=2).order_by("number").values_list("number", "text")
    assert list(kept) == [(1, {"en": "One"}), (2, {"en": "Two"})]


# Team


def test_somebody_with_an_account_joins_at_once_and_is_told(edition, director):
    person = PersonFactory()

    joined = team.invite_member(
        edition=edition, email=person.email.upper(), role="desk", organisation=None, by=director, at=LATER
    )

    mail = OutgoingMail.objects.get()
    assert (joined.person, joined.role, joined.since, mail.to_person) == (person, "desk", LATER, person)


def test_somebody_without_an_account_gets_a_link_that_leads_into_the_team(edition, director):
    invitation = team.invite_member(
        edition=edition, email="new@example.org", role="host", organisation=None, by=director, at=LATER
    )
    link = OutgoingMail.objects.get().text.split("/accounts/")[1]
    token = link.split("/")[1]
    person = PersonFactory(email="new@example.org")

    address = accept_invitation(token=token, person=person, at=LATER)

    roles = list(edition.members.filter(person=person).values_list("role", flat=True))
    assert (isinstance(invitation, Invitation), address, roles) == (
        True,
        f"/academy/{edition.slug}/",
        ["host"],
    )


def test_nobody_has_a_role_twice(edition, director, editor):
    with pytest.raises(team.AlreadyInRole):
        team.give_role(
            edition=edition, person=editor.person, role="programme", organisation=None, by=director, at=LATER
        )


@pytest.mark.parametrize("who", ["editor", "member", "outsider"])
def test_only_directors_change_the_team(edition, who, request):
    with pytest.raises(PermissionDenied):
        team.give_role(
            edition=edition,
            person=PersonFactory(),
            role="desk",
            organisation=None,
            by=request.getfixturevalue(who),
            at=LATER,
        )


def test_a_role_ends_and_stays_known(edition, director, editor):
    member = edition.members.get(person=editor.person)

    team.end_role(member=member, by=director, at=LATER)

    member.refresh_from_db()
    assert (member.until, models.EditionMember.objects.current().filter(pk=member.pk).exists()) == (
        LATER,
        False,
    )


def test_the_last_director_stays(edition, director):
    with pytest.raises(team.LastDirector):
        team.end_role(member=edition.members.get(person=director.person), by=director, at=LATER)


# Checklist


def test_the_usual_tasks_fit_the_mode_of_each_part(edition, editor):
    PartFactory(edition=edition, online=True)

    count = checklist.add_usual_tasks(edition=edition, by=editor, at=LATER)

    online = [task for task in packaged_tasks() if not task.modes or "online" in task.modes]
    assert (count, edition.checklist.count()) == (len(online), len(online))


def test_tasks_are_due_before_their_part(edition, editor):
    part = PartFactory(edition=edition)
    for days in (3, 10, -2):
        checklist.save_task(
            edition=edition,
            task=None,
            details=checklist.TaskDetails(title={"en": f"{days}"}, part=part, days_before=days),
            by=editor,
            at=LATER,
        )

    lines = task_lines(edition, date(2023, 9, 15))

    due = [(line.task.title["en"], line.due_on, line.is_overdue) for line in lines]
    assert due == [
        ("10", date(2023, 9, 11), True),
        ("3", date(2023, 9, 18), False),
        ("-2", date(2023, 9, 23), False),
    ]


def test_a_task_is_done_once_and_can_be_reopened(edition, editor):
    task = checklist.save_task(
        edition=edition, task=None, details=checklist.TaskDetails(title={"en": "Book"}), by=editor, at=LATER
    )

    task = checklist.finish_task(task=task, by=editor, at=LATER)
    done = (task.done_at, task.done_by)
    with pytest.raises(checklist.TaskAlreadyDone):
        checklist.finish_task(task=task, by=editor, at=LATER)
    task = checklist.reopen_task(task=task, by=editor, at=LATER)

    assert (done, task.done_at) == ((LATER, editor.person), None)


def test_the_owner_of_a_task_may_tick_it_off_and_others_may_not(edition, editor):
    facilitator = viewer_in(EditionMemberFactory(edition=edition, role=models.EditionRole.FACILITATOR))
    own = checklist.save_task(
        edition=edition,
        task=None,
        details=checklist.TaskDetails(title={"en": "Mine"}, owner=facilitator.person),
        by=editor,
        at=LATER,
    )
    other = checklist.save_task(
        edition=edition, task=None, details=checklist.TaskDetails(title={"en": "Other"}), by=editor, at=LATER
    )

    done = checklist.finish_task(task=own, by=facilitator, at=LATER)

    assert done.done_by == facilitator.person
    with pytest.raises(PermissionDenied):
        checklist.finish_task(task=other, by=facilitator, at=LATER)


def test_a_task_belongs_to_somebody_of_the_team(edition, editor):
    with pytest.raises(checklist.OwnerNotInTeam):
        checklist.save_task(
            edition=edition,
            task=None,
            details=checklist.TaskDetails(title={"en": "Book"}, owner=PersonFactory()),
            by=editor,
            at=LATER,
        )


# Parts, days, rooms, venues


def part_details(**changes):
    values = {
        "title": {"en": "Two days"},
        "mode": "in_person",
        "starts_on": FIRST_DAY,
        "ends_on": SECOND_DAY,
        "time_zone": ZONE,
    }
    return places.PartDetails(**{**values, **changes})


def test_a_part_keeps_the_hours_of_days_it_keeps(edition, editor):
    part = PartFactory(edition=edition)
    models.Day.objects.filter(date=FIRST_DAY).update(opens_at=time(7, 30))

    places.save_part(
        edition=edition,
        part=part,
        details=part_details(ends_on=FIRST_DAY, starts_on=date(2023, 9, 20)),
        by=editor,
        at=LATER,
    )

    kept = part.days.order_by("date").values_list("date", "opens_at")
    assert list(kept) == [(date(2023, 9, 20), time(9, 0)), (FIRST_DAY, time(7, 30))]


def test_a_part_does_not_lose_days_with_sessions(edition, editor):
    part = PartFactory(edition=edition)
    SessionFactory(part=part, during=between(moment(9, day=SECOND_DAY)))

    with pytest.raises(places.SessionsOutsidePart):
        places.save_part(
            edition=edition, part=part, details=part_details(ends_on=FIRST_DAY), by=editor, at=LATER
        )


@pytest.mark.parametrize(
    ("ends_on", "error"),
    [(date(2023, 9, 20), places.PartEndsBeforeStart), (date(2023, 11, 20), places.PartTooLong)],
)
def test_a_part_has_sensible_dates(edition, editor, ends_on, error):
    with pytest.raises(error):
        places.save_part(
            edition=edition, part=None, details=part_details(ends_on=ends_on), by=editor, at=LATER
        )


def test_what_is_in_use_is_not_deleted(edition, editor):
    part = PartFactory(edition=edition, venue=VenueFactory(edition=edition))
    session = SessionFactory(part=part, scheduled=True)

    with pytest.raises(places.PartInUse):
        places.delete_part(part=part, by=editor, at=LATER)
    with pytest.raises(places.RoomInUse):
        places.delete_room(room=session.room, by=editor, at=LATER)
    with pytest.raises(places.VenueInUse):
        places.delete_venue(venue=part.venue, by=editor, at=LATER)


def test_what_is_not_in_use_is_deleted(edition, editor):
    part, room, venue = (
        PartFactory(edition=edition),
        RoomFactory(edition=edition),
        VenueFactory(edition=edition),
    )

    places.delete_part(part=part, by=editor, at=LATER)
    places.delete_room(room=room, by=editor, at=LATER)
    places.delete_venue(venue=venue, by=editor, at=LATER)

    assert (edition.parts.count(), edition.rooms.count(), edition.venues.count()) == (0, 0, 0)


def test_a_closure_has_an_end_after_its_start(edition, editor):
    room = RoomFactory(edition=edition)

    with pytest.raises(places.ClosureEndsBeforeStart):
        places.close_room(room=room, from_at=moment(10), until_at=moment(10), reason="", by=editor, at=LATER)


def test_a_day_closes_after_it_opens(edition, editor):
    day = PartFactory(edition=edition).days.first()

    with pytest.raises(places.DayClosesBeforeOpening):
        places.set_hours(day=day, opens_at=time(9), closes_at=time(9), title={}, by=editor, at=LATER)


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_change_no_places(edition, who, request):
    by = request.getfixturevalue(who)

    with pytest.raises(PermissionDenied):
        places.save_part(edition=edition, part=None, details=part_details(), by=by, at=LATER)
    with pytest.raises(PermissionDenied):
        places.save_room(
            edition=edition, room=None, details=places.RoomDetails(name={"en": "X"}), by=by, at=LATER
        )


def test_rooms_and_venues_are_saved(edition, editor):
    venue = places.save_venue(
        edition=edition, venue=None, details=places.VenueDetails(name="Environment Park"), by=editor, at=LATER
    )
    room = places.save_room(
        edition=edition,
        room=None,
        details=places.RoomDetails(name={"en": "Main hall"}, capacity=80, venue=venue),
        by=editor,
        at=LATER,
    )

    assert (venue.slug, room.slug, room.capacity, room.venue) == ("environment-park", "main-hall", 80, venue)


def test_a_copy_into_the_skipped_hour_falls_an_hour_later(edition, director):
    part = PartFactory(edition=edition, days=False)
    SessionFactory(part=part, during=between(moment(2, 30)))

    copy = editions.clone_edition(
        edition=edition, details=details(number=99), first_day=date(2024, 3, 31), by=director, at=LATER
    )

    local = at_zone(copy.sessions.get().during.lower, ZONE)
    assert local.replace(tzinfo=None) == datetime(2024, 3, 31, 3, 30)
