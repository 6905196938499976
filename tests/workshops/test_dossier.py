"""What a participant takes home: their own and nobody else's, on paper and to edit."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from filiera.academy.models import EditionRole
from filiera.workshops.models import Seat, TakeHome
from tests.academy.factories import NOW, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
from tests.credentials.factories import AwardFactory, CertificateFactory
from tests.workshops.plan_factories import MeasureFactory, PlanFactory, sit_down

pytestmark = pytest.mark.django_db
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def plan():
    return PlanFactory(title="Nobody leaves <unheard>")


@pytest.fixture
def person(plan):
    return sit_down(plan).person


def of(plan, tail="dossier/"):
    return f"/academy/{plan.edition.slug}/my/{tail}"


def words_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    return "\n".join(each.text or "" for each in document.iter(f"{WORD}t"))


def test_own_words_are_kept_and_stand_in_both_files(plan, person):
    owner = Seat.objects.get().participation
    MeasureFactory(plan=plan, owner=owner, cluster=owner.organisation, help_wanted="A guide & a friend")
    CertificateFactory(award=AwardFactory(edition=plan.edition), participation=owner, person=person)
    client = client_of(person)

    kept = client.post(of(plan), {"for_board": "We call each member.", "notes": "Ask Ada.\nAnd Lars."})
    page = client.get(of(plan)).content.decode()
    docx = words_of(client.get(of(plan, "dossier.docx?in=it")).content)
    pdf = client.get(of(plan, "dossier.pdf?in=it")).content

    assert kept.status_code == 302
    assert all(
        each in docx
        for each in (
            "Nobody leaves <unheard>",
            "A guide & a friend",
            "We call each member.",
            "Ask Ada.",
            "/verify/",
        )
    )
    assert "Call each member twice a year." in page
    assert pdf[:5] == b"%PDF-"


def test_nobody_reads_the_notes_of_others(plan, person):
    TakeHome.objects.create(edition=plan.edition, person=person, notes="Mine alone", changed_at=NOW)
    neighbour = client_of(EditionMemberFactory(edition=plan.edition, role=EditionRole.PARTICIPANT).person)

    assert "Mine alone" not in neighbour.get(of(plan)).content.decode()
    assert "Mine alone" not in words_of(neighbour.get(of(plan, "dossier.docx")).content)


@pytest.mark.parametrize("tail", ["dossier/", "dossier.pdf", "dossier.docx"])
def test_the_dossier_is_for_who_takes_part(plan, client, tail):
    elsewhere = client_of(EditionMemberFactory(role=EditionRole.PARTICIPANT).person)

    statuses = [
        client.get(of(plan, tail)).status_code,
        client_of(PersonFactory()).get(of(plan, tail)).status_code,
        elsewhere.get(of(plan, tail)).status_code,
    ]

    assert statuses == [302, 403, 403]


def test_what_is_too_long_stays_typed(plan, person):
    answer = client_of(person).post(of(plan), {"for_board": "x" * 2_001, "notes": "Typed"})

    assert (answer.status_code, "Typed" in answer.content.decode()) == (422, True)
