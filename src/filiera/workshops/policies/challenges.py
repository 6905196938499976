"""Who may bring, word, discuss, merge and solve challenges."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.models import Challenge, ChallengeComment, HelpOffer

from .editions import can_lead, can_take_part


def can_bring_challenge(viewer: Viewer, edition: Edition) -> bool:
    return viewer.is_known and can_take_part(viewer, edition)


def is_owner(viewer: Viewer, challenge: Challenge) -> bool:
    """Asked with the owner's place loaded."""
    owner = challenge.owner
    return owner is not None and viewer.person_id is not None and owner.person_id == viewer.person_id


def can_edit_challenge(viewer: Viewer, challenge: Challenge) -> bool:
    """Its owner, as long as they belong to the edition, and those who lead its work."""
    edition = challenge.edition
    return can_lead(viewer, edition) or (can_take_part(viewer, edition) and is_owner(viewer, challenge))


def can_withdraw(viewer: Viewer, challenge: Challenge) -> bool:
    """Only the owner: what an application said came onto the wall without asking."""
    return can_take_part(viewer, challenge.edition) and is_owner(viewer, challenge)


def can_discuss(viewer: Viewer, challenge: Challenge) -> bool:
    return viewer.is_known and can_take_part(viewer, challenge.edition)


def can_offer_help(viewer: Viewer, challenge: Challenge) -> bool:
    return can_discuss(viewer, challenge) and not is_owner(viewer, challenge)


def can_withdraw_help(viewer: Viewer, offer: HelpOffer) -> bool:
    return viewer.person_id is not None and viewer.person_id == offer.helper_id


def can_remove_comment(viewer: Viewer, comment: ChallengeComment) -> bool:
    """Whoever wrote it, and those who lead the work."""
    is_own = viewer.person_id is not None and viewer.person_id == comment.author_id
    return is_own or can_lead(viewer, comment.challenge.edition)


def can_merge(viewer: Viewer, challenge: Challenge) -> bool:
    """Give a challenge up to another one: its owner, and those who lead the work."""
    return can_edit_challenge(viewer, challenge)


def can_solve(viewer: Viewer, challenge: Challenge) -> bool:
    """Only the owner knows whether it is solved; where nobody owns it, those who lead the work."""
    if challenge.owner is None or challenge.owner.person_id is None:
        return can_lead(viewer, challenge.edition)
    return can_take_part(viewer, challenge.edition) and is_owner(viewer, challenge)
