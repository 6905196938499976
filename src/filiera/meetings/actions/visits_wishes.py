"""Wishing: which visits somebody would like, the best first, and what they accept for them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.meetings.models import VisitRound, VisitSlot, VisitWish, VisitWishList
from filiera.meetings.policies import visits as policies
from filiera.shared.errors import DomainError

# As on badges: no letter that looks like a figure.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 6


class WishesNotOpen(DomainError):
    message = _("Wishes cannot be changed now. The page says from when until when.")


class NoPlaceInEdition(DomainError):
    message = _("Only somebody whose place in the edition is confirmed wishes for visits.")


class WishedTwice(DomainError):
    message = _("One visit is on the list twice. Give each wish one place.")


class ConditionNotAccepted(DomainError):
    """A visit was wished whose condition the person does not accept."""

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def save_visit_wishes(
    *,
    round_: VisitRound,
    participation: Participation,
    slots: Sequence[VisitSlot],
    brings_identity: bool,
    wears_closed_shoes: bool,
    needs_step_free: bool,
    by: Viewer,
    at: datetime,
) -> VisitWishList | None:
    """Keep the wishes in their order, in place of those before, under the same code; none take it back.

    Raises PermissionDenied, WishesNotOpen, NoPlaceInEdition, WishedTwice, ConditionNotAccepted.
    """
    if not policies.can_wish_as(by, participation):
        raise PermissionDenied
    # The draw locks the round: wishes come before it or not at all.
    round_ = VisitRound.objects.select_for_update(of=("self",), no_key=True).get(pk=round_.pk)
    if not round_.takes_wishes(at):
        raise WishesNotOpen
    participation = Participation.objects.get(pk=participation.pk)
    if (
        participation.state != ParticipationState.CONFIRMED
        or participation.edition_id != round_.edition_id
        or any(slot.round_id != round_.pk for slot in slots)
    ):
        raise NoPlaceInEdition
    if len({slot.pk for slot in slots}) != len(slots):
        raise WishedTwice
    for slot in slots:
        check_conditions(slot, brings_identity, wears_closed_shoes, needs_step_free)
    wish_list = VisitWishList.objects.filter(round=round_, participation=participation).first()
    if not slots:
        if wish_list is not None:
            wish_list.delete()
        return None
    if wish_list is None:
        wish_list = VisitWishList(round=round_, participation=participation, code=_fresh_code(round_))
    wish_list.needs_step_free, wish_list.saved_at, wish_list.left_at = needs_step_free, at, None
    wish_list.save()
    VisitWish.objects.filter(wish_list=wish_list).delete()
    VisitWish.objects.bulk_create(
        VisitWish(wish_list=wish_list, slot=slot, rank=rank) for rank, slot in enumerate(slots, start=1)
    )
    return wish_list


def check_conditions(
    slot: VisitSlot, brings_identity: bool, wears_closed_shoes: bool, needs_step_free: bool
) -> None:
    """Raises ConditionNotAccepted, at the field that is missing."""
    if slot.visit.needs_identity and not brings_identity:
        raise ConditionNotAccepted(
            "brings_identity",
            _("One of these visits asks for an identity document. Accept it, or take the visit out."),
        )
    if slot.visit.needs_closed_shoes and not wears_closed_shoes:
        raise ConditionNotAccepted(
            "wears_closed_shoes",
            _("One of these visits asks for closed shoes. Accept it, or take the visit out."),
        )
    if needs_step_free and not slot.visit.is_step_free:
        raise ConditionNotAccepted(
            "needs_step_free",
            _("One of these visits cannot be reached without steps. Take it out, or write to the team."),
        )


def _fresh_code(round_: VisitRound) -> str:
    while True:
        code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
        if not VisitWishList.objects.filter(round=round_, code=code).exists():
            return code
