"""Whom a shared set concerns: those who use it, members of its maker, those who said something."""

from filiera.indicators.models import IndicatorSet, SetAdoption, SetOpinion, SetProposal
from filiera.organisations.models import MEMBER_TAKING_KINDS, Membership


def users_of(indicator_set: IndicatorSet) -> set[int]:
    """The organisations that use one of its versions."""
    rows = SetAdoption.objects.standing().filter(indicator_set=indicator_set)
    return set(rows.values_list("organisation_id", flat=True))


def members_to_tell(indicator_set: IndicatorSet) -> set[int]:
    """The clusters that belong to whoever made it."""
    rows = Membership.objects.current().filter(cluster=indicator_set.organisation_id)
    return set(rows.filter(member__kind__in=MEMBER_TAKING_KINDS).values_list("member_id", flat=True))


def speakers_of(proposal: SetProposal) -> set[int]:
    """The organisations that said something to a proposal."""
    return set(SetOpinion.objects.filter(proposal=proposal).values_list("organisation_id", flat=True))
