"""Issuing, revoking, writing again and replacing; the ledger follows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.signals import person_erased
from filiera.credentials import actions
from filiera.credentials.actions import AwardDetails
from filiera.credentials.actions.telling import tell_holders
from filiera.credentials.badges.tokens import claims_in
from filiera.credentials.models import Award, Certificate
from filiera.credentials.receivers import certificates_about
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from tests.academy.factories import ObjectiveFactory
from tests.admissions.factories import ParticipationFactory
from tests.credentials.factories import ISSUED_AT, AwardFactory, CertificateFactory, attended, held_session
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
LATER = ISSUED_AT + timedelta(days=3)


@pytest.fixture
def award(edition) -> Award:
    return AwardFactory(edition=edition, least_hours=Decimal(2))


@pytest.fixture
def able(edition):
    """Somebody who attended the two hours that are needed."""
    person = ParticipationFactory(edition=edition, name="Giulia Ferrero")
    attended(person, held_session(edition, minutes=120))
    return person


def counted() -> Decimal:
    return sum((fact.quantity for fact in Fact.objects.filter(kind="certificate.issued")), Decimal(0))


def test_a_certificate_says_what_was_attended_on_the_day_of_issue(award, able, director):
    objective = ObjectiveFactory(edition=award.edition)
    award.objectives.add(objective)

    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    said = certificate.contents
    assert (certificate.holder_name, said["minutes"], said["held_minutes"]) == ("Giulia Ferrero", 120, 120)
    assert said["days"] == [{"date": "2023-09-21", "modes": ["in_person"], "minutes": 120}]
    assert said["outcomes"] == [objective.text]
    assert said["criteria"] == {"en": "At least 2 h attended.", "it": "Almeno 2 h frequentate."}


def test_issuing_is_a_fact_of_the_participants_organisation(award, able, director):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    fact = Fact.objects.get(kind="certificate.issued")
    assert (fact.organisation, fact.counterpart, fact.subject_key, fact.quantity) == (
        able.organisation,
        award.edition.organiser,
        str(certificate.pk),
        1,
    )


def test_all_who_qualify_get_it_and_nobody_else(award, able, director):
    ParticipationFactory(edition=award.edition)

    issued = actions.issue_to_all_qualified(award=award, by=director, at=ISSUED_AT)
    again = actions.issue_to_all_qualified(award=award, by=director, at=ISSUED_AT)

    assert ([row.participation for row in issued], again) == ([able], [])


def test_who_misses_something_needs_a_stated_reason(award, director):
    short = ParticipationFactory(edition=award.edition)

    with pytest.raises(actions.DoesNotQualify):
        actions.issue_credential(award=award, participation=short, by=director, at=ISSUED_AT)
    certificate = actions.issue_credential(
        award=award, participation=short, by=director, at=ISSUED_AT, exception_reason="Taught the workshop."
    )

    assert certificate.exception_reason == "Taught the workshop."
    assert certificate.contents["criteria"]["en"] == "Issued by decision of the organiser."


def test_a_reason_is_kept_only_where_it_was_needed(award, able, director):
    certificate = actions.issue_credential(
        award=award, participation=able, by=director, at=ISSUED_AT, exception_reason="For all of these."
    )

    assert certificate.exception_reason == ""


def test_of_chosen_people_all_get_it_or_none(award, able, director):
    short = ParticipationFactory(edition=award.edition)

    with pytest.raises(actions.DoesNotQualify):
        actions.issue_credentials(award=award, participations=[able, short], by=director, at=ISSUED_AT)

    assert Certificate.objects.count() == 0


def test_nobody_gets_the_same_certificate_twice(award, able, director):
    actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    with pytest.raises(actions.AlreadyCertified):
        actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)


def test_somebody_of_another_edition_gets_nothing(award, director):
    with pytest.raises(actions.PlaceNotConfirmed):
        actions.issue_credential(
            award=award, participation=ParticipationFactory(), by=director, at=ISSUED_AT, exception_reason="x"
        )


def test_only_those_who_may_issue_do(award, able, member, outsider, foreign_director):
    for viewer in (member, outsider, foreign_director):
        with pytest.raises(PermissionDenied):
            actions.issue_credential(award=award, participation=able, by=viewer, at=ISSUED_AT)
        with pytest.raises(PermissionDenied):
            actions.issue_to_all_qualified(award=award, by=viewer, at=ISSUED_AT)


def test_without_a_public_address_there_is_a_certificate_and_no_badge(award, able, director):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    assert certificate.badge == ""
    with pytest.raises(actions.BadgeNeedsPublicAddress):
        actions.sign_badges(edition=award.edition, by=director, at=ISSUED_AT)


def test_badges_are_signed_afterwards_once_there_is_an_address(award, able, director, settings):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)
    settings.PUBLIC_URL = "https://academy.example.eu"

    signed = actions.sign_badges(edition=award.edition, by=director, at=LATER)

    certificate.refresh_from_db()
    assert (signed, claims_in(certificate.badge)["validFrom"]) == (1, "2023-09-25T08:00:00Z")


def test_in_a_demonstration_the_badge_says_that_it_is_one(award, able, director, settings):
    settings.DEMONSTRATION = True

    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    claims = claims_in(certificate.badge)
    assert certificate.is_demonstration
    assert claims["name"].endswith("(demonstration)")
    assert claims["credentialSubject"]["achievement"]["name"].endswith("(demonstration)")


def test_a_demonstration_edition_stays_one_at_a_public_address(award, able, director, public_address):
    award.edition.is_demonstration = True
    award.edition.save()

    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    assert claims_in(certificate.badge)["name"].endswith("(demonstration)")


def test_revoking_needs_a_reason_and_reverses_the_fact(award, able, director):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)
    before = counted()

    with pytest.raises(actions.ReasonMissing):
        actions.revoke_certificate(certificate=certificate, reason="  ", by=director, at=LATER)
    actions.revoke_certificate(
        certificate=certificate, reason="Somebody else was there.", by=director, at=LATER
    )

    assert (before, counted()) == (1, 0)


def test_revoking_happens_once(director, edition):
    certificate = CertificateFactory(award__edition=edition, revoked=True)

    with pytest.raises(actions.AlreadyRevoked):
        actions.revoke_certificate(certificate=certificate, reason="Again.", by=director, at=LATER)


def test_only_those_who_may_issue_revoke(member, foreign_director, edition):
    certificate = CertificateFactory(award__edition=edition)

    for viewer in (member, foreign_director):
        with pytest.raises(PermissionDenied):
            actions.revoke_certificate(certificate=certificate, reason="No.", by=viewer, at=LATER)


def test_after_revoking_it_can_be_issued_again(award, able, director):
    first = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)
    actions.revoke_certificate(certificate=first, reason="A mistake.", by=director, at=LATER)

    second = actions.issue_credential(award=award, participation=able, by=director, at=LATER)

    assert (second.code != first.code, counted()) == (True, 1)


def test_writing_it_again_keeps_code_date_and_bit(award, able, director, public_address):
    first = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    again = actions.reissue_certificate(
        certificate=first, holder_name="Giulia Ferrero Bianchi", by=director, at=LATER
    )

    assert (again.pk, again.code, again.issued_at, again.status_index) == (
        first.pk,
        first.code,
        ISSUED_AT,
        first.status_index,
    )
    assert (again.issue_number, again.reissued_at, counted()) == (2, LATER, 1)
    identity = claims_in(again.badge)["credentialSubject"]["identifier"][0]
    assert identity["identityHash"] == "Giulia Ferrero Bianchi"


def test_a_revoked_certificate_is_not_written_again(director, edition):
    certificate = CertificateFactory(award__edition=edition, revoked=True)

    with pytest.raises(actions.CertificateDoesNotStand):
        actions.reissue_certificate(certificate=certificate, holder_name="X", by=director, at=LATER)


def test_replacing_takes_todays_figures_and_counts_once(award, able, director):
    old = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)
    attended(able, held_session(award.edition, hour=14, minutes=60))

    new = actions.supersede_certificate(certificate=old, by=director, at=LATER)

    old.refresh_from_db()
    assert (new.contents["minutes"], new.supersedes, old.superseded_at) == (180, old, LATER)
    assert (new.code != old.code, counted()) == (True, 1)


def test_an_award_asks_for_something(edition, director):
    with pytest.raises(actions.AwardNeedsCondition):
        actions.save_award(
            edition=edition, details=AwardDetails(name={"en": "All"}), by=director, at=ISSUED_AT
        )


def test_awards_are_changed_by_those_who_may(edition, desk, member, foreign_director):
    details = AwardDetails(name={"en": "All"}, least_days=1)

    for viewer in (desk, member, foreign_director):
        with pytest.raises(PermissionDenied):
            actions.save_award(edition=edition, details=details, by=viewer, at=ISSUED_AT)


def test_an_award_of_another_edition_cannot_be_changed_from_here(edition, director):
    details = AwardDetails(name={"en": "All"}, least_days=1)

    with pytest.raises(PermissionDenied):
        actions.save_award(edition=edition, award=AwardFactory(), details=details, by=director, at=ISSUED_AT)


def test_an_award_that_somebody_has_stays(edition, director):
    certificate = CertificateFactory(award__edition=edition)
    free = AwardFactory(edition=edition)

    with pytest.raises(actions.AwardHasCertificates):
        actions.delete_award(award=certificate.award, by=director)
    actions.delete_award(award=free, by=director)

    assert list(Award.objects.all()) == [certificate.award]


def test_holders_get_one_mail_for_each_writing(award, able, director):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    tell_holders([certificate.pk], at=ISSUED_AT)
    tell_holders([certificate.pk], at=ISSUED_AT)

    [mail] = OutgoingMail.objects.all()
    assert (mail.to_address, mail.subject) == (able.person.email, f"Your certificate: {award.name['en']}")


def test_a_holder_without_an_account_is_written_to_at_the_address_of_the_place(edition):
    place = ParticipationFactory(edition=edition, linked=True, email="anna@example.org", language="it")
    certificate = CertificateFactory(award__edition=edition, participation=place)

    tell_holders([certificate.pk], at=ISSUED_AT)

    [mail] = OutgoingMail.objects.all()
    assert (mail.to_address, mail.language) == ("anna@example.org", "it")


def test_an_erased_person_is_removed_and_nothing_is_revoked(award, able, director, public_address):
    certificate = actions.issue_credential(award=award, participation=able, by=director, at=ISSUED_AT)

    person_erased.send(sender=type(able.person), person=able.person, at=LATER)

    certificate.refresh_from_db()
    assert (certificate.holder_name, certificate.badge, certificate.person, certificate.participation) == (
        "",
        "",
        None,
        None,
    )
    assert (certificate.forgotten_at, certificate.revoked_at, counted()) == (LATER, None, 1)


def test_an_account_made_after_the_issue_is_found_at_erasure(edition):
    certificate = CertificateFactory(award__edition=edition, person=None)
    person = certificate.participation.person

    person_erased.send(sender=type(person), person=person, at=LATER)

    certificate.refresh_from_db()
    assert certificate.forgotten_at == LATER


def test_the_archive_of_a_person_holds_their_certificates_and_no_others():
    certificate = CertificateFactory(award__edition__organiser=OrganisationFactory())
    CertificateFactory()

    [told] = certificates_about(certificate.person)

    assert (told["name"], told["edition"]) == (certificate.holder_name, certificate.edition.slug)
