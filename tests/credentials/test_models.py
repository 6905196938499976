"""What the database refuses of awards and certificates."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.credentials.models import Award, Certificate
from tests.credentials.factories import ISSUED_AT, AwardFactory, CertificateFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "figures",
    [
        {"least_hours": Decimal(0)},
        {"least_share": Decimal("1.1")},
        {"least_share": Decimal(0)},
        {"least_days": 0},
    ],
)
def test_a_condition_asks_for_something_possible(figures):
    with pytest.raises(IntegrityError, match="award_least"):
        AwardFactory(**figures)


def test_a_code_is_one_that_can_be_read_out():
    with pytest.raises(IntegrityError, match="certificate_code_readable"):
        CertificateFactory(code="ILOU00000000")


def test_a_code_is_given_once():
    certificate = CertificateFactory()

    with pytest.raises(IntegrityError, match="code"):
        CertificateFactory(code=certificate.code)


def test_one_certificate_of_an_award_stands_for_a_person():
    certificate = CertificateFactory()

    with pytest.raises(IntegrityError, match="certificate_one_stands_for_an_award"):
        CertificateFactory(award=certificate.award, participation=certificate.participation)


def test_a_revoked_one_makes_room_for_another():
    certificate = CertificateFactory(revoked=True)

    CertificateFactory(award=certificate.award, participation=certificate.participation)

    assert Certificate.objects.standing().count() == 1


def test_revoking_needs_its_reason():
    with pytest.raises(IntegrityError, match="certificate_revoked_with_reason"):
        CertificateFactory(revoked_at=ISSUED_AT)


def test_a_certificate_is_not_revoked_and_replaced_at_once():
    with pytest.raises(IntegrityError, match="certificate_not_revoked_and_superseded"):
        CertificateFactory(revoked=True, superseded_at=ISSUED_AT)


def test_a_holder_is_named_until_they_are_forgotten():
    with pytest.raises(IntegrityError, match="certificate_names_its_holder_until_forgotten"):
        CertificateFactory(holder_name="")


def test_a_forgotten_one_keeps_no_badge():
    with pytest.raises(IntegrityError, match="certificate_names_its_holder_until_forgotten"):
        CertificateFactory(forgotten=True, badge="a.b.c")


def test_two_badges_never_share_a_bit():
    certificate = CertificateFactory()

    with pytest.raises(IntegrityError, match="status_index"):
        CertificateFactory(status_index=certificate.status_index)


def test_certificates_are_seen_by_their_holder_and_the_desk_of_their_edition(
    edition, desk, member, outsider, foreign_director
):
    certificate = CertificateFactory(award__edition=edition)
    CertificateFactory()

    def seen(viewer: Viewer) -> list[Certificate]:
        return list(Certificate.objects.visible_to(viewer))

    assert seen(desk) == seen(Viewer(person=certificate.person)) == [certificate]
    assert seen(member) == seen(outsider) == seen(VISITOR) == []
    assert certificate not in seen(foreign_director)


def test_awards_are_seen_by_the_desk_of_their_edition(edition, desk, member, foreign_director):
    award = AwardFactory(edition=edition)

    assert list(Award.objects.visible_to(desk)) == [award]
    assert list(Award.objects.visible_to(member)) == list(Award.objects.visible_to(foreign_director)) == []
