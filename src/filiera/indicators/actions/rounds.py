"""Collection rounds from draft to opening: what is asked, of whom, and the first mails."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.round_mails import invite_firms_later, tell_poles_later
from filiera.indicators.models import (
    MOST_QUESTIONS,
    CollectionFirm,
    CollectionPart,
    CollectionQuestion,
    CollectionRound,
    QuestionMeasure,
    RoundState,
)
from filiera.indicators.periods import Period, PeriodNotBegun, day_of
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import addresses_of, firms_of, poles_to_ask
from filiera.indicators.round_purposes import ROUND, workspace_of
from filiera.organisations.models import Organisation
from filiera.questionnaires.actions import building, states
from filiera.questionnaires.models import Questionnaire
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed

_LARGEST_SEED = 2**31
_SCALE = (1, 5)


class RoundAsksNothing(DomainError):
    message = _("Choose figures for the poles, or write a question to firms: this round asks nothing yet.")


class RoundAsksNobody(DomainError):
    message = _("Choose at least one pole.")
    field = "poles"


class NoFirms(DomainError):
    message = _("No company was a member of these poles then: take the questions out, or choose others.")


class NotAskable(DomainError):
    message = _("One of these poles cannot be asked from here.")
    field = "poles"


class UnknownFigures(DomainError):
    message = _("One of these figures is not known here.")
    field = "codes"


class DeadlinePassed(DomainError):
    message = _("The deadline has passed: choose a later day.")
    field = "deadline_on"


class RoundNoDraft(DomainError):
    message = _("This round is open already: what it asks no longer changes.")


class QuestionsFull(DomainError):
    message = _("A round asks firms eight questions at most. Take one out first.")


@dataclass(frozen=True, kw_only=True)
class RoundDetails:
    """What a round asks, of whom and until when."""

    title: dict[str, str]
    period: Period
    deadline_on: date
    introduction: dict[str, str] = field(default_factory=dict)
    codes: Collection[str] = ()
    poles: Collection[int] = ()
    sample_size: int | None = None


@dataclass(frozen=True, kw_only=True)
class QuestionToFirms:
    """One question to firms, and the figure its answers give."""

    code: str
    kind: str
    label: dict[str, str]
    measure: QuestionMeasure
    unit: dict[str, str] = field(default_factory=dict)
    help: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def create_round(
    *,
    organisation: Organisation,
    details: RoundDetails,
    by: Viewer,
    at: datetime,
    former: CollectionRound | None = None,
    is_demonstration: bool = False,
) -> CollectionRound:
    """Begin a round as a draft; with `former` it asks firms the same again, their answers filled in.

    Raises PermissionDenied, NotAskable, UnknownFigures, PeriodNotBegun.
    """
    if not policies.can_run_rounds(by, organisation):
        raise PermissionDenied
    if former is not None and former.organisation_id != organisation.pk:
        raise PermissionDenied
    round_ = CollectionRound(
        organisation=organisation,
        former=former,
        seed=random.SystemRandom().randrange(1, _LARGEST_SEED),
        is_demonstration=is_demonstration,
        created_by=by.person,
        created_at=at,
    )
    _take(round_, details, by, at)
    if former is not None and former.questionnaire is not None:
        _ask_again(round_, former, former.questionnaire, by, at)
    return round_


@transaction.atomic
def change_round(
    *, round_: CollectionRound, details: RoundDetails, by: Viewer, at: datetime
) -> CollectionRound:
    """Change what a draft asks.

    Raises PermissionDenied, RoundNoDraft, NotAskable, UnknownFigures, PeriodNotBegun.
    """
    round_ = _draft(round_, by)
    _take(round_, details, by, at)
    return round_


@transaction.atomic
def delete_round(*, round_: CollectionRound, by: Viewer, at: datetime) -> None:
    """Drop a draft with its questions. Raises PermissionDenied, RoundNoDraft."""
    round_ = _draft(round_, by)
    questionnaire = round_.questionnaire
    round_.delete()
    if questionnaire is not None:
        states.delete_questionnaire(questionnaire=questionnaire, by=by, at=at)


@transaction.atomic
def add_question(
    *, round_: CollectionRound, question: QuestionToFirms, by: Viewer, at: datetime
) -> CollectionQuestion:
    """Ask firms one thing more; eight at most.

    Raises PermissionDenied, RoundNoDraft, QuestionsFull, and what `save_question` raises.
    """
    round_ = _draft(round_, by)
    if round_.questions.count() >= MOST_QUESTIONS:
        raise QuestionsFull
    if round_.questionnaire is None:
        round_.questionnaire = building.create_questionnaire(
            purpose=ROUND,
            workspace=workspace_of(round_.organisation_id),
            details=building.QuestionnaireDetails(title=round_.title),
            by=by,
            at=at,
            is_demonstration=round_.is_demonstration,
        )
        round_.save(update_fields=["questionnaire"])
    is_scale = question.kind == "scale"
    least = {"scale": _SCALE[0], "number": 0}.get(question.kind)
    saved = building.save_question(
        questionnaire=round_.questionnaire,
        question=None,
        details=building.QuestionDetails(
            code=question.code,
            kind=question.kind,
            label=question.label,
            help=question.help,
            minimum=least,
            maximum=_SCALE[1] if is_scale else None,
        ),
        by=by,
        at=at,
    )
    return CollectionQuestion.objects.create(
        round=round_,
        question=saved,
        position=_next_position(round_),
        measure=question.measure,
        unit=question.unit,
    )


@transaction.atomic
def remove_question(*, question: CollectionQuestion, by: Viewer, at: datetime) -> None:
    """Ask it no more. Raises PermissionDenied, RoundNoDraft."""
    _draft(question.round, by)
    building.delete_question(question=question.question, by=by, at=at)


@transaction.atomic
def open_round(*, round_: CollectionRound, by: Viewer, at: datetime) -> CollectionRound:
    """Ask poles and firms; each firm once, whatever the number of its poles.

    Raises PermissionDenied, RoundNoDraft, RoundAsksNobody, RoundAsksNothing, DeadlinePassed, NoFirms.
    """
    round_ = _draft(round_, by)
    parts = list(round_.parts.select_related("organisation"))
    asks_firms = round_.questions.exists()
    if not parts:
        raise RoundAsksNobody
    if not round_.codes and not asks_firms:
        raise RoundAsksNothing
    if round_.deadline_on < day_of(at):
        raise DeadlinePassed
    if asks_firms:
        _draw_firms(round_, parts, at)
        assert round_.questionnaire is not None
        states.open_questionnaire(questionnaire=round_.questionnaire, by=by, at=at)
    round_.state, round_.opened_by, round_.opened_at = RoundState.OPEN, by.person, at
    round_.save(update_fields=["state", "opened_by", "opened_at"])
    transaction.on_commit(partial(tell_poles_later, round_.pk))
    transaction.on_commit(partial(invite_firms_later, round_.pk))
    return round_


def _draw_firms(round_: CollectionRound, parts: Sequence[CollectionPart], at: datetime) -> None:
    """All companies of the poles on the last day of the period, or so many of them drawn by the seed."""
    day = min(round_.until_on - timedelta(days=1), day_of(at))
    found = firms_of([part.organisation_id for part in parts], day)
    if not found:
        raise NoFirms
    chosen = sorted(found)
    if round_.sample_size is not None and round_.sample_size < len(chosen):
        chosen = _drawn(round_, chosen, round_.sample_size)
    known = _former_addresses(round_) | addresses_of(chosen)
    firms = CollectionFirm.objects.bulk_create(
        [
            CollectionFirm(
                round=round_,
                organisation_id=firm,
                email=known.get(firm, ("", ""))[0],
                language=known.get(firm, ("", ""))[1],
                link_seed=fresh_seed(),
            )
            for firm in chosen
        ]
    )
    part_of = {part.organisation_id: part.pk for part in parts}
    through = CollectionFirm.parts.through
    through.objects.bulk_create(
        [
            through(collectionfirm_id=firm.pk, collectionpart_id=part_of[pole])
            for firm in firms
            for pole in found[firm.organisation_id]
        ]
    )


def _drawn(round_: CollectionRound, firms: Sequence[int], size: int) -> list[int]:
    """Those of the round before come first, so that answers can be compared; the others by the seed."""
    chance = random.Random(round_.seed)  # noqa: S311 - a draw that anybody can repeat is the point
    before = set(
        CollectionFirm.objects.filter(round=round_.former_id).values_list("organisation_id", flat=True)
    )
    again = [firm for firm in firms if firm in before]
    fresh = [firm for firm in firms if firm not in before]
    if len(again) >= size:
        return sorted(chance.sample(again, size))
    return sorted([*again, *chance.sample(fresh, size - len(again))])


def _former_addresses(round_: CollectionRound) -> dict[int, tuple[str, str]]:
    if round_.former_id is None:
        return {}
    rows = CollectionFirm.objects.filter(round=round_.former_id, stopped_at__isnull=True).exclude(email="")
    return {
        firm: (email, language)
        for firm, email, language in rows.values_list("organisation_id", "email", "language")
    }


def _take(round_: CollectionRound, details: RoundDetails, by: Viewer, at: datetime) -> None:
    unknown = set(details.codes) - set(current_definitions())
    if unknown:
        raise UnknownFigures
    if details.period.is_future(at):
        raise PeriodNotBegun
    askable = set(poles_to_ask(round_.organisation).values_list("pk", flat=True))
    if not set(details.poles) <= askable:
        raise NotAskable
    round_.title, round_.introduction = details.title, details.introduction
    round_.start_on, round_.until_on = details.period.start_on, details.period.until_on
    round_.deadline_on, round_.codes = details.deadline_on, list(dict.fromkeys(details.codes))
    round_.sample_size = details.sample_size
    round_.save()
    round_.parts.exclude(organisation__in=details.poles).delete()
    there = set(round_.parts.values_list("organisation_id", flat=True))
    CollectionPart.objects.bulk_create(
        [CollectionPart(round=round_, organisation_id=pole) for pole in sorted(set(details.poles) - there)]
    )


def _ask_again(
    round_: CollectionRound, former: CollectionRound, asked: Questionnaire, by: Viewer, at: datetime
) -> None:
    round_.questionnaire = states.copy_questionnaire(questionnaire=asked, by=by, at=at, is_next_version=True)
    round_.questionnaire.is_demonstration = round_.is_demonstration
    round_.questionnaire.save(update_fields=["is_demonstration"])
    round_.save(update_fields=["questionnaire"])
    copies = {question.code: question for question in round_.questionnaire.questions.all()}
    CollectionQuestion.objects.bulk_create(
        [
            CollectionQuestion(
                round=round_,
                question=copies[row.question.code],
                position=row.position,
                measure=row.measure,
                unit=row.unit,
            )
            for row in former.questions.select_related("question")
        ]
    )


def _draft(round_: CollectionRound, by: Viewer) -> CollectionRound:
    if not policies.can_run_round(by, round_):
        raise PermissionDenied
    locked = CollectionRound.objects.select_for_update(of=("self",)).select_related(
        "organisation", "questionnaire", "former"
    )
    round_ = locked.get(pk=round_.pk)
    if not round_.is_draft:
        raise RoundNoDraft
    return round_


def _next_position(round_: CollectionRound) -> int:
    taken = set(round_.questions.values_list("position", flat=True))
    return next(place for place in range(1, MOST_QUESTIONS + 1) if place not in taken)
