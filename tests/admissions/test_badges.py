"""Badges, cards and sheets: who is on them, what they are as files, who may take them."""

import io

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.admissions.documents.badges import LAYOUTS
from filiera.admissions.models import DayAttendance
from filiera.admissions.queries.badges import BadgeFilter, badge_people
from tests.academy.factories import EditionMemberFactory, PartFactory, SpeakerFactory, moment
from tests.academy.viewers import client_of
from tests.admissions.factories import ParticipationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(edition):
    return PartFactory(edition=edition).days.first()


@pytest.fixture
def desk_client(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.DESK).person)


def address(name, edition, *arguments):
    return reverse(f"admissions:{name}", args=[edition.slug, *arguments])


def names(edition, **wanted):
    return [person.name for person in badge_people(edition, BadgeFilter(**wanted), "en")]


def test_groups_days_and_words_choose_who_gets_a_badge(edition, day):
    here = ParticipationFactory(edition=edition, name="Łucja Żak")
    online = ParticipationFactory(edition=edition, name="Anna Rossi")
    ParticipationFactory(edition=edition, offered=True, name="Not yet")
    SpeakerFactory(edition=edition, name="Benoit")
    DayAttendance.objects.create(participation=online, day=day, mode="online", changed_at=moment(8))
    DayAttendance.objects.create(participation=here, day=day, mode="in_person", changed_at=moment(8))

    assert names(edition) == ["Anna Rossi", "Łucja Żak"]
    assert names(edition, day=day) == ["Łucja Żak"]
    assert names(edition, who="all") == ["Anna Rossi", "Benoit", "Łucja Żak"]
    assert names(edition, words="zak") == ["Łucja Żak"]


def test_only_a_participants_badge_carries_a_code(edition):
    place = ParticipationFactory(edition=edition)
    SpeakerFactory(edition=edition)

    codes = {person.qr for person in badge_people(edition, BadgeFilter(who="all"), "en")}

    assert codes == {f"FILIERA:{place.entry_code}", ""}


@pytest.mark.parametrize("name", [*LAYOUTS, "table-cards"])
def test_badges_are_files_for_every_reader(desk_client, edition, name):
    ParticipationFactory(edition=edition, name="Παναγιώτης Παπαδημητρακόπουλος-Χατζηγεωργίου" * 2)
    ParticipationFactory.create_batch(10, edition=edition)

    answer = desk_client.get(address("desk_badges_pdf", edition, name))

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        pages = {"sheet-8": 2, "sheet-10": 2, "a6": 11, "a6-folded": 11, "table-cards": 11}
        assert len(pdf.pages) == pages[name]
        assert "pdfuaid" in str(pdf.Root.Metadata.read_bytes())
    assert answer["Cache-Control"] == "private, no-store"


def test_a_sheet_has_a_line_for_everybody(desk_client, edition, day):
    ParticipationFactory.create_batch(30, edition=edition)

    answer = desk_client.get(address("desk_attendance_pdf", edition, day.pk))

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 2


def test_nobody_to_print_for_is_no_file(desk_client, edition):
    assert desk_client.get(address("desk_badges_pdf", edition, "sheet-8")).status_code == 404
    ParticipationFactory(edition=edition)
    assert desk_client.get(address("desk_badges_pdf", edition, "nonsense")).status_code == 404


def test_badges_are_for_the_desk_alone(edition, day, member_client, outsider_client):
    ParticipationFactory(edition=edition)
    door = client_of(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN).person)
    paths = [
        address("desk_badges", edition),
        address("desk_badges_pdf", edition, "a6"),
        address("desk_attendance_pdf", edition, day.pk),
    ]

    for client in (member_client, outsider_client, door):
        assert {client.get(path).status_code for path in paths} == {403}
    assert {Client().get(path).status_code for path in paths} == {302}


@pytest.mark.parametrize("people", [1, 4])
def test_the_page_takes_as_many_queries_for_many(desk_client, edition, people, django_assert_num_queries):
    ParticipationFactory.create_batch(people, edition=edition)

    with django_assert_num_queries(7):
        desk_client.get(address("desk_badges", edition))


def test_a_lost_badge_gets_a_new_code(desk_client, edition):
    place = ParticipationFactory(edition=edition)
    old = place.entry_code

    desk_client.post(address("desk_code_renewal", edition, place.pk))

    place.refresh_from_db()
    assert place.entry_code != old
    assert list(place.revoked_codes.values_list("code", flat=True)) == [old]


def test_a_code_of_another_edition_is_not_renewed(desk_client, edition):
    place = ParticipationFactory()

    assert desk_client.post(address("desk_code_renewal", edition, place.pk)).status_code == 404
