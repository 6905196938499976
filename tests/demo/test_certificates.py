"""The demonstration's online days: attended by a seed, certified by the ledger, done once."""

import pytest

from filiera.admissions.models import Presence
from filiera.credentials.models import Award, Certificate
from filiera.demo.attendance import load_attendance
from filiera.demo.certificates import load_certificates
from filiera.ledger.models import Fact
from tests.academy.factories import EditionFactory, ObjectiveFactory, PartFactory
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import ISSUED_AT, held_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _badge_key(settings, tmp_path):
    settings.BADGE_KEY_FILE = tmp_path / "badges.json"
    settings.DEMONSTRATION = True


def test_online_days_are_attended_and_certified_once():
    edition = EditionFactory(public=True, demonstration=True)
    part = PartFactory(edition=edition, online=True)
    ObjectiveFactory(edition=edition)
    for hour in (9, 10, 11, 14):
        held_session(edition, part=part, hour=hour)
    ParticipationFactory.create_batch(12, edition=edition, is_demonstration=True)
    ParticipationFactory(edition=edition)

    attended = load_attendance(edition, ISSUED_AT)
    issued = load_certificates(edition, ISSUED_AT)
    again = (load_attendance(edition, ISSUED_AT), load_certificates(edition, ISSUED_AT))

    certificates = Certificate.objects.all()
    assert (Presence.objects.count(), again) == (attended, (0, 0))
    assert 0 < issued == len(certificates) < 12
    assert all(row.is_demonstration and row.badge for row in certificates)
    assert Award.objects.count() == 2
    assert Fact.objects.filter(kind="certificate.issued").count() == issued
    assert {row.issued_at.date().isoformat() for row in certificates} == {"2023-09-24"}
