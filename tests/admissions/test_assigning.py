"""Who reviews what: the rules hold for any conflicts, and no swap makes loads more equal."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiera.admissions.assigning import assign_evenly


# A slow machine is no finding.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 6).flatmap(
        lambda reviewers: st.tuples(
            st.just(reviewers),
            st.lists(st.sets(st.integers(0, reviewers - 1)), min_size=1, max_size=12),
            st.integers(1, 3),
        )
    )
)
def test_an_assignment_keeps_its_rules_and_no_swap_makes_it_more_equal(told):
    count, conflicts, wanted = told
    excluded = dict(enumerate(conflicts))

    assignment = assign_evenly(
        applications=list(excluded), reviewers=range(count), excluded=excluded, standing={}, wanted=wanted
    )

    held = {application: {who for a, who in assignment.pairs if a == application} for application in excluded}
    loads = Counter(dict.fromkeys(range(count), 0))
    loads.update(reviewer for _application, reviewer in assignment.pairs)
    for application, reviewers in held.items():
        able = set(range(count)) - excluded[application]
        assert not reviewers & excluded[application]
        assert len(reviewers) == min(wanted, len(able))
        assert assignment.lacking.get(application, 0) == wanted - len(reviewers)
        assert all(loads[giver] - loads[taker] < 2 for giver in reviewers for taker in able - reviewers)
