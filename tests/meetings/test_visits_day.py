"""What visits and dinner add to a day: for a person, the desk, paper, and when it is late."""

from datetime import timedelta

import pytest

from filiera.academy.day_parts import Delay, OwnKind
from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.meetings import dinner_day, visits_day
from filiera.meetings.actions import dinner_seating, visits_manifests, visits_places
from filiera.meetings.models import HostManifest, VisitSlot
from tests.academy.factories import FIRST_DAY, NOW, SessionFactory, between, moment
from tests.admissions.factories import ParticipationFactory
from tests.meetings.dinner_factories import DinnerFactory, DinnerGuestFactory, DinnerTableFactory
from tests.meetings.visit_factories import CLOSES, VisitPlaceFactory, VisitRoundFactory, VisitSlotFactory

pytestmark = pytest.mark.django_db
LATE = timedelta(minutes=15)


@pytest.fixture
def slot(edition):
    round_ = VisitRoundFactory(edition=edition, drawn_at=CLOSES)
    return VisitSlotFactory(
        visit__round=round_, visit__identity="told", visit__needs_closed_shoes=True,
        visit__meeting_point={"en": "Gate 3"}, taken=1,
    )  # fmt: skip


@pytest.fixture
def place(slot):
    return VisitPlaceFactory(slot=slot, needs_step_free=True)


def own(participation):
    return Viewer(person=participation.person, edition_id=participation.edition_id)


def late_from(edition, hour):
    return Delay(edition_id=edition.pk, steps=((moment(hour), LATE),), ends=moment(23))


def test_ones_visit_stands_in_the_day_with_what_to_bring(edition, slot, place):
    [part] = visits_day.own_parts(own(place.participation), edition, NOW)

    assert (part.kind, part.key, part.place) == (OwnKind.VISIT, f"visit-{slot.round_id}", "Gate 3")
    assert (part.starts_at, part.ends_at) == (slot.during.lower, slot.during.upper)
    assert part.details == (
        "Bring: identity card or passport, closed shoes",
        "The host asks for your document.",
    )
    assert list(visits_day.own_parts(own(ParticipationFactory(edition=edition)), edition, NOW)) == []


def test_open_wishes_are_a_reminder_until_one_has_wished(edition):
    round_ = VisitRoundFactory(edition=edition)
    participation = ParticipationFactory(edition=edition)

    [part] = visits_day.own_parts(own(participation), edition, NOW)
    round_.wish_lists.create(participation=participation, code="ABCDEF", saved_at=NOW)

    assert (part.starts_at, part.is_urgent) == (None, True)
    assert list(visits_day.own_parts(own(participation), edition, NOW)) == []
    assert list(visits_day.own_parts(own(participation), edition, CLOSES)) == []


def test_the_desk_sees_today_and_whose_document_is_missing(edition, slot, place, in_role, member):
    [panel] = visits_day.desk_panels(in_role(EditionRole.DESK), edition, moment(9))

    [line] = panel.lines
    assert (line.detail, line.tone) == ("1 of 2 places are taken, one document is missing", "warn")
    assert list(visits_day.desk_panels(in_role(EditionRole.DESK), edition, NOW)) == []
    assert list(visits_day.desk_panels(member, edition, moment(9))) == []


def test_the_day_folder_holds_visitors_for_who_may_see_them(edition, slot, place, in_role):
    visits_places.tell_document(
        place=place, kind="passport", number="X1", by=own(place.participation), at=NOW
    )

    [sheet] = visits_day.sheets(in_role(EditionRole.HOST), edition, FIRST_DAY)

    [row] = sheet.rows
    assert (row[2], row[4:]) == (place.participation.name, ("Passport X1", "needs a way without steps"))
    assert list(visits_day.sheets(in_role(EditionRole.FACILITATOR), edition, FIRST_DAY)) == []
    assert list(visits_day.sheets(in_role(EditionRole.HOST), edition, FIRST_DAY + timedelta(days=1))) == []


def test_a_delay_is_told_and_moves_the_slots(edition, slot, place, in_role):
    before = slot.during
    visits_manifests.make_manifest(slot=slot, language="en", by=SYSTEM, at=NOW)
    late, too_late = late_from(edition, 12), late_from(edition, 18)

    [hit] = visits_day.hits(in_role(EditionRole.DESK), edition, late)
    visits_day.follow(SYSTEM, edition, too_late, NOW)
    slot.refresh_from_db()
    unmoved = slot.during
    visits_day.follow(SYSTEM, edition, late, NOW)
    slot.refresh_from_db()

    assert "begins at 16:15 instead of 16:00: tell the host." in hit.sentence
    assert unmoved == before
    assert (slot.during.lower, slot.during.upper) == (before.lower + LATE, before.upper + LATE)
    # The list on paper told the old time.
    assert not HostManifest.objects.exists()
    assert VisitSlot.objects.count() == 1


@pytest.fixture
def dinner(edition):
    session = SessionFactory(part__edition=edition, during=between(moment(20)))
    dinner = DinnerFactory(edition=edition, session=session)
    table = DinnerTableFactory(dinner=dinner)
    DinnerGuestFactory(dinner=dinner, table=table)
    DinnerGuestFactory(dinner=dinner, table=table, host=True, name="Anna of the pole", diet="vegan")
    return dinner


def test_ones_table_stands_in_the_day_once_it_is_published(edition, dinner):
    guest = dinner.guests.get(participation__isnull=False)

    before = list(dinner_day.own_parts(own(guest.participation), edition, NOW))
    dinner_seating.publish_dinner(dinner=dinner, by=SYSTEM, at=NOW)
    [part] = dinner_day.own_parts(own(guest.participation), edition, NOW)

    assert before == []
    assert (part.kind, part.place, part.starts_at) == (OwnKind.TABLE, "Table 1", moment(20))
    assert part.details == ("For the host: Anna of the pole",)


def test_sheets_of_dinner_have_names_for_the_desk_and_counts_for_the_kitchen(edition, dinner, in_role):
    tables, diets = dinner_day.sheets(in_role(EditionRole.DESK), edition, FIRST_DAY)
    [kitchen] = dinner_day.sheets(in_role(EditionRole.KITCHEN), edition, FIRST_DAY)

    assert [row[2] for row in tables.rows] == ["1", "1"]
    assert kitchen == diets
    assert kitchen.rows == (("1", "2", "1 vegan", "1"), ("All guests", "2", "1 vegan", "1"))
    assert list(dinner_day.sheets(in_role(EditionRole.PARTICIPANT), edition, FIRST_DAY)) == []


def test_the_desk_and_a_delay_know_of_dinner(edition, dinner, in_role, member):
    desk = in_role(EditionRole.DESK)

    [panel] = dinner_day.desk_panels(desk, edition, moment(9))
    [hit] = dinner_day.hits(desk, edition, late_from(edition, 12))

    assert panel.lines[0].detail == "2 of 2 guests have a table"
    assert "for 2 guests begins at 20:15: tell the kitchen." in hit.sentence
    assert list(dinner_day.desk_panels(member, edition, moment(9))) == []
    assert list(dinner_day.hits(member, edition, late_from(edition, 12))) == []
