"""Changes of a set: proposed, agreed or disagreed by those who use it, accepted or declined."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.set_adoptions import is_open_to, standing_adoption
from filiera.indicators.actions.set_mails import (
    tell_of_decision_later,
    tell_of_opinion_later,
    tell_of_proposal_later,
)
from filiera.indicators.actions.sets import (
    SetNamesItAlready,
    last_published,
    locked_set,
    next_draft,
    publish_set,
    put_last,
)
from filiera.indicators.models import (
    ChangeKind,
    IndicatorSet,
    IndicatorVersion,
    ProposalState,
    SetItem,
    SetOpinion,
    SetProposal,
    SetVersion,
    Stance,
)
from filiera.indicators.queries.definitions import current_versions
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class NotPublishedYet(DomainError):
    message = _("This set has no version yet: there is nothing to change.")


class ComingMissing(DomainError):
    message = _("Say which indicator comes in.")
    field = "coming"


class LeavingMissing(DomainError):
    message = _("Say which indicator leaves the set.")
    field = "leaving"


class LeavingNotThere(DomainError):
    message = _("This indicator is not in the set.")
    field = "leaving"


class ComingThere(DomainError):
    message = _("This indicator is in the set already, by this definition.")
    field = "coming"


class ComingNotKnown(DomainError):
    message = _("This indicator is not known here.")
    field = "coming"


class ReasonMissing(DomainError):
    message = _("Say why.")
    field = "text"


class ProposedAlready(DomainError):
    message = _("This change is proposed already: say there what you think of it.")


class ProposalDecided(DomainError):
    message = _("This proposal is decided: nothing more can be said to it.")


class UseItFirst(DomainError):
    message = _("Adopt the set first: those who use it say what they think of a change.")


class CommentOnly(DomainError):
    message = _("Whoever proposed a change or decides on it writes a comment; the others agree or disagree.")
    field = "stance"


class ChangeNoLongerFits(DomainError):
    message = _("The next version has changed meanwhile, and this proposal no longer fits it. Decline it.")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a proposal would do: codes of what leaves and of what comes."""

    kind: ChangeKind
    leaving: str = ""
    coming: str = ""


@transaction.atomic
def propose_change(
    *,
    indicator_set: IndicatorSet,
    organisation: Organisation,
    change: Change,
    reason: str,
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> SetProposal:
    """Ask for a change of a set, for whoever makes and uses it to see.

    What comes is meant by the definition that holds today. Raises PermissionDenied, NotPublishedYet,
    LeavingMissing, LeavingNotThere, ComingMissing, ComingNotKnown, ComingThere, ReasonMissing,
    ProposedAlready.
    """
    indicator_set = locked_set(indicator_set)
    if not policies.can_use_sets(by, organisation) or not is_open_to(indicator_set, organisation):
        raise PermissionDenied
    version = last_published(indicator_set)
    if version is None:
        raise NotPublishedYet
    if not reason.strip():
        raise ReasonMissing
    leaving = _leaving(change, version)
    coming = _coming(change, version, leaving)
    if (
        SetProposal.objects.open()
        .filter(indicator_set=indicator_set, leaving=leaving, coming=coming)
        .exists()
    ):
        raise ProposedAlready
    proposal = SetProposal.objects.create(
        indicator_set=indicator_set,
        organisation=organisation,
        kind=change.kind,
        leaving=leaving,
        coming=coming,
        reason=reason.strip(),
        is_demonstration=is_demonstration,
        proposed_by=by.person,
        proposed_at=at,
    )
    transaction.on_commit(partial(tell_of_proposal_later, proposal.pk))
    return proposal


@transaction.atomic
def say(
    *,
    proposal: SetProposal,
    organisation: Organisation,
    stance: Stance,
    text: str,
    by: Viewer,
    at: datetime,
) -> SetOpinion:
    """Agree, disagree or comment, with a reason; who agreed before may disagree now.

    Raises PermissionDenied, ProposalDecided, UseItFirst, CommentOnly, ReasonMissing.
    """
    proposal = _open_proposal(proposal)
    indicator_set = proposal.indicator_set
    if not policies.can_use_sets(by, organisation) or not is_open_to(indicator_set, organisation):
        raise PermissionDenied
    if not text.strip():
        raise ReasonMissing
    if organisation.pk in (proposal.organisation_id, indicator_set.organisation_id):
        if stance != Stance.COMMENT:
            raise CommentOnly
    elif standing_adoption(indicator_set, organisation) is None:
        raise UseItFirst
    told: dict[str, Any] = {"text": text.strip(), "said_by": by.person, "said_at": at}
    if stance == Stance.COMMENT:
        opinion = SetOpinion.objects.create(
            proposal=proposal, organisation=organisation, stance=stance, **told
        )
    else:
        opinion, _is_new = SetOpinion.objects.exclude(stance=Stance.COMMENT).update_or_create(
            proposal=proposal, organisation=organisation, defaults={"stance": stance, **told}
        )
    transaction.on_commit(partial(tell_of_opinion_later, opinion.pk))
    return opinion


@transaction.atomic
def accept_proposal(
    *, proposal: SetProposal, by: Viewer, at: datetime, publishes: bool = False
) -> SetVersion:
    """Take the change into the next version, and publish that at once where wanted.

    Raises PermissionDenied, ProposalDecided, ChangeNoLongerFits, and what `publish_set` raises.
    """
    proposal = _open_proposal(proposal)
    if not policies.can_make_set(by, proposal.indicator_set):
        raise PermissionDenied
    draft = next_draft(proposal.indicator_set, by, at)
    _apply(proposal, draft)
    _decide(proposal, ProposalState.ACCEPTED, by, at, taken_in=draft)
    return publish_set(indicator_set=proposal.indicator_set, by=by, at=at) if publishes else draft


@transaction.atomic
def decline_proposal(*, proposal: SetProposal, reason: str, by: Viewer, at: datetime) -> SetProposal:
    """Leave the set as it is, and say why. Raises PermissionDenied, ProposalDecided, ReasonMissing."""
    proposal = _open_proposal(proposal)
    if not policies.can_make_set(by, proposal.indicator_set):
        raise PermissionDenied
    if not reason.strip():
        raise ReasonMissing
    return _decide(proposal, ProposalState.DECLINED, by, at, because=reason.strip())


@transaction.atomic
def withdraw_proposal(*, proposal: SetProposal, by: Viewer, at: datetime) -> SetProposal:
    """Ask for it no more. Raises PermissionDenied, ProposalDecided."""
    proposal = _open_proposal(proposal)
    if not policies.can_use_sets(by, proposal.organisation):
        raise PermissionDenied
    return _decide(proposal, ProposalState.WITHDRAWN, by, at)


def _leaving(change: Change, version: SetVersion) -> str:
    if change.kind == ChangeKind.ADD:
        return ""
    if not change.leaving:
        raise LeavingMissing
    if not version.items.filter(code=change.leaving).exists():
        raise LeavingNotThere
    return change.leaving


def _coming(change: Change, version: SetVersion, leaving: str) -> IndicatorVersion | None:
    if change.kind == ChangeKind.REMOVE:
        return None
    if not change.coming:
        raise ComingMissing
    coming = current_versions().get(change.coming)
    if coming is None:
        raise ComingNotKnown
    there = version.items.filter(code=coming.code).first()
    # In place of itself an indicator can come by another version of its definition.
    if there is not None and (coming.code != leaving or there.definition_id == coming.pk):
        raise ComingThere
    return coming


def _apply(proposal: SetProposal, draft: SetVersion) -> None:
    leaving: SetItem | None = None
    if proposal.leaving:
        leaving = draft.items.filter(code=proposal.leaving).first()
        if leaving is None:
            raise ChangeNoLongerFits
    if proposal.coming is None:
        assert leaving is not None
        leaving.delete()
    elif leaving is None:
        try:
            put_last(draft, proposal.coming, {})
        except SetNamesItAlready:
            raise ChangeNoLongerFits from None
    else:
        if draft.items.filter(code=proposal.coming.code).exclude(pk=leaving.pk).exists():
            raise ChangeNoLongerFits
        # What was said beside another indicator would be wrong beside this one.
        if leaving.code != proposal.coming.code:
            leaving.note = {}
        leaving.code, leaving.definition = proposal.coming.code, proposal.coming
        leaving.save(update_fields=["code", "definition", "note"])


def _decide(
    proposal: SetProposal,
    state: ProposalState,
    by: Viewer,
    at: datetime,
    *,
    because: str = "",
    taken_in: SetVersion | None = None,
) -> SetProposal:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by.person, at
    proposal.decided_because, proposal.taken_in = because, taken_in
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decided_because", "taken_in"])
    transaction.on_commit(partial(tell_of_decision_later, proposal.pk))
    return proposal


def _open_proposal(proposal: SetProposal) -> SetProposal:
    locked_set(proposal.indicator_set)
    rows = SetProposal.objects.select_related("indicator_set__organisation", "organisation", "coming")
    proposal = rows.get(pk=proposal.pk)
    if not proposal.is_open:
        raise ProposalDecided
    return proposal
