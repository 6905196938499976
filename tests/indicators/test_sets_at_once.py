"""A set that two people change at the same time, with real commits."""

import pytest

from filiera.indicators.actions import set_adoptions, set_proposals, sets
from filiera.indicators.models import SetAdoption, SetProposal, SetVersion
from tests.indicators.at_once import one_after_the_other
from tests.indicators.factories import NOW
from tests.indicators.set_factories import adopted, drafted, proposed, published, sharing

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_version_is_published_and_adopted_once():
    made = sharing()
    indicator_set = drafted(made)

    def publish():
        return sets.publish_set(indicator_set=indicator_set, by=made.officer, at=NOW)

    version, refused = one_after_the_other(publish, publish)
    given = one_after_the_other(lambda: adopted(made, version), lambda: adopted(made, version))

    assert refused == sets.NoDraft
    assert given[1] == set_adoptions.AdoptedAlready
    assert SetAdoption.objects.count() == 1


def test_a_proposal_is_decided_once_and_one_draft_is_begun():
    made = sharing()
    version = published(made)
    proposal = proposed(made, version.indicator_set)

    given = one_after_the_other(
        lambda: set_proposals.accept_proposal(proposal=proposal, by=made.officer, at=NOW),
        lambda: set_proposals.withdraw_proposal(proposal=proposal, by=made.managers[0], at=NOW),
    )

    assert given[1] == set_proposals.ProposalDecided
    assert SetProposal.objects.get().is_accepted
    assert SetVersion.objects.filter(published_at__isnull=True).count() == 1
