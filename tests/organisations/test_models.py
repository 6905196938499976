"""What the database refuses, and what `visible_to` shows."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.organisations.models import (
    Membership,
    Organisation,
    OrganisationRevision,
    Position,
    Succession,
)
from tests.accounts.factories import NOW, PersonFactory
from tests.organisations.factories import (
    MembershipFactory,
    OrganisationFactory,
    PositionFactory,
    SuccessionFactory,
)
from tests.reference.factories import CountryFactory

pytestmark = pytest.mark.django_db


def refused(constraint, factory, **values):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factory(**values)


def test_two_organisations_cannot_share_a_slug():
    OrganisationFactory(slug="mesap")

    refused("slug", OrganisationFactory, slug="mesap")


def test_two_organisations_cannot_share_a_vat_number():
    OrganisationFactory(vat_number="IT00743110157")

    refused("organisation_vat_number_unique", OrganisationFactory, vat_number="IT00743110157")


def test_a_registration_number_is_unique_in_its_country_only():
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    OrganisationFactory(country=italy, registration_number="12")
    OrganisationFactory(country=spain, registration_number="12")

    refused(
        "organisation_registration_number_unique",
        OrganisationFactory,
        country=italy,
        registration_number="12",
    )


def test_only_companies_have_a_size_class():
    refused("organisation_size_class_of_companies_only", OrganisationFactory, size_class="small")


def test_an_organisation_is_not_closed_before_it_was_founded():
    refused(
        "organisation_closed_after_founded",
        OrganisationFactory,
        founded_on=date(2009, 1, 1),
        closed_on=date(2008, 12, 31),
    )


def test_a_person_has_one_role_at_a_time_in_an_organisation():
    position = PositionFactory()

    refused(
        "position_one_role_at_a_time",
        PositionFactory,
        person=position.person,
        organisation=position.organisation,
        from_date=date(2024, 1, 1),
    )


def test_a_person_may_come_back_on_the_day_the_former_position_ended():
    former = PositionFactory(ended=True)

    again = PositionFactory(
        person=former.person, organisation=former.organisation, from_date=former.until_date
    )

    assert Position.objects.filter(person=former.person).count() == 2
    assert again.until_date is None


def test_a_position_does_not_end_before_it_starts():
    refused("position_ends_after_it_starts", PositionFactory, until_date=date(2022, 1, 1))


def test_an_organisation_is_not_a_member_of_itself():
    cluster = OrganisationFactory()

    refused("membership_not_in_itself", MembershipFactory, member=cluster, cluster=cluster)


def test_a_membership_is_not_empty():
    refused("membership_ends_after_it_starts", MembershipFactory, end_on=date(2023, 1, 1))


def test_memberships_of_one_member_in_one_cluster_do_not_overlap():
    present = MembershipFactory()

    refused(
        "membership_once_at_a_time", MembershipFactory, member=present.member, cluster=present.cluster,
        start_on=date(2024, 1, 1),
    )  # fmt: skip


def test_a_membership_from_an_unknown_day_overlaps_all_earlier_ones():
    present = MembershipFactory(ended=True)

    refused(
        "membership_once_at_a_time", MembershipFactory, member=present.member, cluster=present.cluster,
        start_on=None,
    )  # fmt: skip


def test_a_member_may_come_back_after_the_end_and_after_a_mistake():
    ended = MembershipFactory(ended=True)
    MembershipFactory(member=ended.member, cluster=ended.cluster, start_on=ended.end_on, withdrawn_at=NOW)

    MembershipFactory(member=ended.member, cluster=ended.cluster, start_on=ended.end_on)

    assert Membership.objects.filter(member=ended.member).valid().count() == 2


def test_an_organisation_does_not_follow_itself():
    cluster = OrganisationFactory()

    refused("succession_between_two", SuccessionFactory, from_organisation=cluster, to_organisation=cluster)


def test_a_succession_is_recorded_once():
    told = SuccessionFactory(kind="split")

    refused(
        "succession_once",
        SuccessionFactory,
        kind="split",
        from_organisation=told.from_organisation,
        to_organisation=told.to_organisation,
    )


def test_only_a_split_has_several_heirs():
    told = SuccessionFactory(kind="merged")

    refused("succession_one_heir_unless_split", SuccessionFactory, from_organisation=told.from_organisation)

    SuccessionFactory(kind="split")


def test_an_unlisted_organisation_is_seen_by_its_team_and_an_administrator_only():
    listed, hidden = OrganisationFactory(), OrganisationFactory(unlisted=True)
    colleague = PositionFactory(organisation=hidden).person
    former = PositionFactory(organisation=hidden, ended=True).person

    def seen(viewer):
        return set(Organisation.objects.visible_to(viewer))

    assert [seen(VISITOR), seen(Viewer(person=former)), seen(Viewer(person=colleague)), seen(SYSTEM)] == [
        {listed},
        {listed},
        {listed, hidden},
        {listed, hidden},
    ]


def test_who_belongs_to_a_cluster_that_hides_its_members():
    membership = MembershipFactory(cluster__lists_members=False)
    meta = MembershipFactory(member=membership.cluster, cluster__kind="meta_cluster").cluster
    people = {
        "visitor": None,
        "stranger": PositionFactory().person,
        "of the member": PositionFactory(organisation=membership.member).person,
        "of the cluster": PositionFactory(organisation=membership.cluster).person,
        "of the meta-cluster": PositionFactory(organisation=meta).person,
    }

    sees = {
        who: Membership.objects.visible_to(Viewer(person=person)).filter(pk=membership.pk).exists()
        for who, person in people.items()
    }

    assert sees == {
        "visitor": False,
        "stranger": False,
        "of the member": True,
        "of the cluster": True,
        "of the meta-cluster": True,
    }


def test_a_mistaken_membership_is_not_public():
    membership = MembershipFactory(withdrawn_at=NOW)

    assert list(Membership.objects.visible_to(VISITOR)) == []
    assert list(Membership.objects.visible_to(SYSTEM)) == [membership]


def test_a_position_is_seen_by_the_team_and_by_all_only_if_public():
    hidden, public = PositionFactory(), PositionFactory(is_public=True)
    former_public = PositionFactory(is_public=True, ended=True)
    colleague = PositionFactory(organisation=hidden.organisation)

    assert set(Position.objects.visible_to(VISITOR)) == {public}
    assert set(Position.objects.visible_to(Viewer(person=colleague.person))) == {hidden, colleague, public}
    assert former_public not in Position.objects.visible_to(Viewer(person=colleague.person))


def test_edits_are_seen_by_the_team_only():
    revision = OrganisationRevision.objects.create(organisation=OrganisationFactory(), changed={}, at=NOW)
    colleague = PositionFactory(organisation=revision.organisation, contact=True).person

    seen = [
        list(OrganisationRevision.objects.visible_to(Viewer(person=person)))
        for person in (None, PersonFactory(), colleague)
    ]

    assert seen == [[], [], [revision]]


def test_a_succession_with_a_hidden_side_is_hidden():
    told = SuccessionFactory()
    SuccessionFactory(from_organisation__is_listed=False)

    assert list(Succession.objects.visible_to(VISITOR)) == [told]
