"""The ladder of agreements: said by one, confirmed by the other, counted once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.ledger.models import Fact
from filiera.organisations import actions, queries
from filiera.organisations.models import Agreement, AgreementStep, Role, Stage
from filiera.organisations.permissions import permissions_of
from tests.academy.factories import NOW
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def member(organisation, role=Role.STAFF):
    position = PositionFactory(organisation=organisation, role=role, from_date=TODAY - timedelta(days=9))
    return Viewer(
        person=position.person,
        organisation_id=organisation.pk,
        organisation_roles=frozenset({role}),
        permissions=permissions_of([role]),
    )


@pytest.fixture
def pair():
    return OrganisationFactory(), OrganisationFactory()


def say(party, other, stage, *, by=None, day=TODAY):
    return actions.say_stage(
        party=party, other=other, stage=stage, happened_on=day, by=by or member(party), at=NOW
    )


def advanced():
    return list(
        Fact.objects.filter(kind="agreement.advanced").values_list("organisation_id", "counterpart_id")
    )


def test_one_word_does_not_count_and_two_do(pair):
    one, other = pair

    step = say(one, other, Stage.MEMORANDUM)
    before = Agreement.objects.get().stage
    actions.confirm_stage(step=step, party=other, by=member(other), at=NOW)

    assert before == ""
    assert Agreement.objects.get().stage == Stage.MEMORANDUM
    assert advanced() == [(one.pk, other.pk)]


def test_saying_the_same_or_a_higher_stage_confirms_what_the_other_said(pair):
    one, other = pair
    say(one, other, Stage.LETTER_OF_INTEREST)

    say(other, one, Stage.JOINT_PROJECT)

    assert Agreement.objects.get().stage == Stage.LETTER_OF_INTEREST
    assert [step.stage for step in AgreementStep.objects.filter(confirmed_at=None)] == [Stage.JOINT_PROJECT]


def test_saying_a_lower_stage_than_the_other_confirms_the_lower_one_alone(pair):
    one, other = pair
    say(one, other, Stage.JOINT_PROJECT)

    say(other, one, Stage.MEETING)

    assert Agreement.objects.get().stage == Stage.MEETING
    assert [step.stage for step in AgreementStep.objects.filter(confirmed_at=None)] == [Stage.JOINT_PROJECT]


def test_a_pair_has_one_ladder_that_only_goes_up(pair):
    one, other = pair
    for stage in (Stage.CONTACT, Stage.MEMORANDUM):
        say(one, other, stage)
        say(other, one, stage)

    with pytest.raises(actions.StageAlreadyReached):
        say(one, other, Stage.MEETING)
    assert Agreement.objects.count() == 1
    assert len(advanced()) == 2


def test_only_who_may_speak_for_a_party_speaks(pair):
    one, other = pair
    contact = member(one, Role.CONTACT)
    for by in (VISITOR, contact, member(other)):
        with pytest.raises(PermissionDenied):
            say(one, other, Stage.CONTACT, by=by)
    step = say(one, other, Stage.CONTACT)
    third = OrganisationFactory()

    with pytest.raises(actions.NothingToConfirm):
        actions.confirm_stage(step=step, party=one, by=member(one), at=NOW)
    with pytest.raises(actions.NothingToConfirm):
        actions.confirm_stage(step=step, party=third, by=member(third), at=NOW)
    with pytest.raises(actions.NothingToConfirm):
        actions.take_back_stage(step=step, party=third, by=member(third), at=NOW)


def test_no_agreement_with_oneself_and_none_in_the_future(pair):
    one, other = pair
    with pytest.raises(actions.AgreementWithItself):
        say(one, one, Stage.CONTACT)
    with pytest.raises(actions.StageInFuture):
        say(one, other, Stage.CONTACT, day=TODAY + timedelta(days=1))


def test_a_word_is_taken_back_or_refused_before_it_counts(pair):
    one, other = pair
    step = say(one, other, Stage.CONTACT)
    actions.take_back_stage(step=step, party=other, by=member(other), at=NOW)

    assert not Agreement.objects.exists()
    step = say(one, other, Stage.CONTACT)
    actions.confirm_stage(step=step, party=other, by=member(other), at=NOW)
    with pytest.raises(actions.NothingToConfirm):
        actions.take_back_stage(step=step, party=one, by=member(one), at=NOW)


def test_the_database_keeps_one_ladder_for_a_pair_in_one_order(pair):
    one, other = pair
    Agreement.objects.create(first=one, second=other, created_at=NOW)

    for first, second, more in (
        (one, other, {}),
        (other, one, {}),
        (one, OrganisationFactory(), {"stage": "contact"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(first=first, second=second, created_at=NOW, **more)


def test_agreements_are_seen_by_both_teams_and_nobody_else(pair):
    one, other = pair
    say(one, other, Stage.CONTACT)

    for viewer, count in ((member(one), 1), (member(other), 1), (SYSTEM, 1), (VISITOR, 0)):
        assert Agreement.objects.visible_to(viewer).count() == count
        assert AgreementStep.objects.visible_to(viewer).count() == count
    assert not Agreement.objects.visible_to(member(OrganisationFactory())).exists()


def test_the_workspace_shows_what_waits_and_confirms_it(client, pair):
    one, other = pair
    step = say(one, other, Stage.LETTER_OF_INTEREST)
    viewer = member(other)
    address = reverse("organisations:agreements", args=[other.slug])
    confirmation = reverse("organisations:stage_confirm", args=[other.slug, step.pk])
    assert client.get(address).status_code == 302

    client.force_login(viewer.person)
    assert b"Letter of interest" in client.get(address).content
    assert client.post(confirmation).status_code == 302

    assert Agreement.objects.get().stage == Stage.LETTER_OF_INTEREST
    client.force_login(member(OrganisationFactory()).person)
    assert client.get(address).status_code == 403
    assert client.post(confirmation).status_code == 403


def test_a_stage_is_said_in_the_workspace(client, pair):
    one, other = pair
    client.force_login(member(one).person)
    address = reverse("organisations:stage_create", args=[one.slug])

    wrong = client.post(address, {"other": "nobody-here", "stage": "contact", "happened_on": "2020-01-02"})
    right = client.post(address, {"other": other.slug, "stage": "contact", "happened_on": "2020-01-02"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert AgreementStep.objects.get().said_by == one


@pytest.mark.parametrize("row_count", [1, 3])
def test_the_list_of_agreements_asks_a_fixed_number_of_queries(row_count, pair, django_assert_num_queries):
    one, _other = pair
    viewer = member(one)
    for _number in range(row_count):
        say(one, OrganisationFactory(), Stage.CONTACT)

    with django_assert_num_queries(2):
        assert len(queries.agreements_of(viewer, one)) == row_count
