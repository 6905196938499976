"""A pole's part of a round: submitted, questioned at its figures, answered, accepted."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.round_mails import RoundNotOpen, tell_opener, tell_pole
from filiera.indicators.models import (
    CollectionComment,
    CollectionFigure,
    CollectionPart,
    CollectionRound,
    PartState,
)
from filiera.indicators.queries.round_parts import figures_now
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class PartAccepted(DomainError):
    message = _("These figures are accepted: they no longer change.")


class PartNotSubmitted(DomainError):
    message = _("This pole has not submitted its figures yet.")


class PartWithOpener(DomainError):
    message = _("These figures are submitted already; whoever asked for them looks at them now.")


class SubmittedAgain(DomainError):
    message = _("The figures were submitted again meanwhile. Look at them as they are now, then accept them.")


class FigureNotAsked(DomainError):
    message = _("This round does not ask for this figure.")
    status = 404


@transaction.atomic
def submit_part(*, part: CollectionPart, by: Viewer, at: datetime) -> CollectionPart:
    """Let the figures go to whoever opened the round, as the ledger computes them now.

    What a cluster asks of itself is accepted with it. Raises PermissionDenied, RoundNotOpen, PartAccepted,
    PartWithOpener.
    """
    if not policies.can_submit_part(by, part):
        raise PermissionDenied
    part = _locked(part)
    if part.state == PartState.SUBMITTED:
        raise PartWithOpener
    _take_figures(part, at)
    part.submitted_by, part.submitted_at, part.state = by.person, at, PartState.SUBMITTED
    if part.organisation_id == part.round.organisation_id:
        part.state, part.accepted_by, part.accepted_at = PartState.ACCEPTED, by.person, at
    part.save(update_fields=["submitted_by", "submitted_at", "state", "accepted_by", "accepted_at"])
    if part.state == PartState.SUBMITTED:
        tell_opener(part, template="round_submitted", at=at)
    return part


@transaction.atomic
def ask_about_figure(
    *, part: CollectionPart, code: str, text: str, by: Viewer, at: datetime
) -> CollectionComment:
    """Ask the pole something at one of its figures; it answers and submits again.

    Raises PermissionDenied, RoundNotOpen, PartAccepted, PartNotSubmitted, FigureNotAsked.
    """
    if not policies.can_run_round(by, part.round):
        raise PermissionDenied
    part = _locked(part)
    if not part.is_told:
        raise PartNotSubmitted
    comment = _comment(part, code, text, part.round.organisation, by, at, is_question=True)
    if part.state != PartState.QUESTIONED:
        part.state = PartState.QUESTIONED
        part.save(update_fields=["state"])
    tell_pole(part, template="round_questioned", at=at)
    return comment


@transaction.atomic
def comment_on_figure(
    *, part: CollectionPart, code: str, text: str, by: Viewer, at: datetime
) -> CollectionComment:
    """Say something to a figure of one's own part, or answer a question at it.

    Raises PermissionDenied, RoundNotOpen, PartAccepted, FigureNotAsked.
    """
    if not policies.can_submit_part(by, part):
        raise PermissionDenied
    return _comment(_locked(part), code, text, part.organisation, by, at, is_question=False)


@transaction.atomic
def accept_part(*, part: CollectionPart, by: Viewer, at: datetime) -> CollectionPart:
    """Take the figures of a pole as they were submitted when `part` was read.

    Raises PermissionDenied, RoundNotOpen, PartAccepted, PartNotSubmitted, SubmittedAgain.
    """
    if not policies.can_run_round(by, part.round):
        raise PermissionDenied
    seen_as_of = part.submitted_at
    part = _locked(part)
    if part.state != PartState.SUBMITTED:
        raise PartNotSubmitted
    if part.submitted_at != seen_as_of:
        raise SubmittedAgain
    part.state, part.accepted_by, part.accepted_at = PartState.ACCEPTED, by.person, at
    part.save(update_fields=["state", "accepted_by", "accepted_at"])
    tell_pole(part, template="round_accepted", at=at)
    return part


def _take_figures(part: CollectionPart, at: datetime) -> None:
    part.figures.all().delete()
    CollectionFigure.objects.bulk_create(
        [
            CollectionFigure(
                part=part,
                code=figure.code,
                version=figure.definition.version,
                value=figure.value,
                missing=figure.missing,
                facts=figure.facts,
                is_declared=figure.is_declared,
                taken_at=at,
            )
            for figure in figures_now(part.round, part.organisation, at)
        ]
    )


def _comment(
    part: CollectionPart,
    code: str,
    text: str,
    organisation: Organisation,
    by: Viewer,
    at: datetime,
    *,
    is_question: bool,
) -> CollectionComment:
    if code not in part.round.codes:
        raise FigureNotAsked
    return CollectionComment.objects.create(
        part=part,
        code=code,
        text=text,
        is_question=is_question,
        organisation=organisation,
        written_by=by.person,
        written_at=at,
    )


def _locked(part: CollectionPart) -> CollectionPart:
    locked = CollectionPart.objects.select_for_update(of=("self",)).select_related("organisation")
    part = locked.get(pk=part.pk)
    # Read once the lock is held: whoever freezes the round holds its parts.
    part.round = CollectionRound.objects.select_related("organisation").get(pk=part.round_id)
    if not part.round.is_open:
        raise RoundNotOpen
    if part.state == PartState.ACCEPTED:
        raise PartAccepted
    return part
