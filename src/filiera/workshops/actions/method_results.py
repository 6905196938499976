"""What becomes of a card: a measure of an action plan, an idea in the thread of a challenge."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops import plan_texts
from filiera.workshops.models import ActionPlan, Challenge, ChallengeComment, Measure, MethodCard
from filiera.workshops.policies import methods as policies
from filiera.workshops.shared_texts import TextPlace

from .challenge_thread import add_comment
from .method_telling import tell_board
from .plans import add_measure
from .shared_texts import SentChange, write_text


class AlreadyCarriedOn(DomainError):
    message = _("This card has been carried on already.")


@transaction.atomic
def make_measure(*, card: MethodCard, plan: ActionPlan, by: Viewer, at: datetime) -> Measure:
    """Begin a measure of a group's plan with the words of a card; the card keeps the link.

    Raises PermissionDenied, AlreadyCarriedOn, TooManyMeasures.
    """
    card = _locked(card, by)
    if plan.edition_id != card.board.run.edition_id:
        raise PermissionDenied
    if card.measure_id is not None:
        raise AlreadyCarriedOn
    measure = add_measure(plan=plan, by=by, at=at)
    change = SentChange(revision=0, components=[card.text], client=f"card-{card.pk}", number=1)
    write_text(place=TextPlace(plan_texts.OF_MEASURE, measure, "text"), change=change, by=by, at=at)
    card.measure = measure
    card.save(update_fields=["measure"])
    tell_board(card.board)
    return measure


@transaction.atomic
def give_to_challenge(
    *, card: MethodCard, challenge: Challenge, by: Viewer, at: datetime
) -> ChallengeComment:
    """Put the words of a card into the thread of a challenge, as an idea; the card keeps the link.

    Raises PermissionDenied, AlreadyCarriedOn, MergedElsewhere, ChallengeNotStanding.
    """
    card = _locked(card, by)
    if challenge.edition_id != card.board.run.edition_id:
        raise PermissionDenied
    if card.comment_id is not None:
        raise AlreadyCarriedOn
    comment = add_comment(challenge=challenge, text=card.text, by=by, at=at)
    card.comment = comment
    card.save(update_fields=["comment"])
    tell_board(card.board)
    return comment


def _locked(card: MethodCard, by: Viewer) -> MethodCard:
    rows = MethodCard.objects.select_for_update(of=("self",)).standing()
    found = rows.select_related("board__run__edition", "board__run__version").filter(pk=card.pk).first()
    if found is None or not policies.can_carry_on(by, found.board):
        raise PermissionDenied
    return found
