"""The made-up selection of the Torino edition, sent and answered; and one that waits to be made."""

from datetime import datetime, timedelta

from django.db import transaction

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.decisions import send_decisions
from filiera.admissions.actions.participations import confirm_place, decline_place
from filiera.admissions.actions.selection_proposals import choose_by_hand, propose
from filiera.admissions.actions.selection_rules import add_rule
from filiera.admissions.actions.selection_versions import begin_selection, keep_version
from filiera.admissions.models import (
    Application,
    ApplicationState,
    BalanceAttribute,
    Call,
    CallKind,
    CallState,
    Gender,
    HandChoice,
    Maturity,
    Participation,
    ParticipationState,
    Selection,
)
from filiera.admissions.queries.decision_mails import mark_of, pending_mails
from filiera.admissions.queries.selection_pool import NEW
from filiera.admissions.queries.selection_problem import Rule
from filiera.demo.reviews import load_reviews

_RULES = (
    Rule(attribute=BalanceAttribute.COUNTRY, value="", most=4),
    Rule(attribute=BalanceAttribute.MATURITY, value=Maturity.EMERGING, least=8),
    Rule(attribute=BalanceAttribute.GENDER, value=Gender.WOMAN, least=14),
    Rule(attribute=BalanceAttribute.NEWCOMER, value=NEW, target=26, weight=2.0),
)
_AFTER_CLOSING = timedelta(days=20)
# The tenth in the list of offers says no, and the next of the reserve list moves up.
_DECLINING = 10


@transaction.atomic
def load_selection(call: Call, people: dict[str, Person]) -> None:
    """Propose, keep a version, pin, send and answer; a selection that is there already stays as it is."""
    if Selection.objects.filter(call=call).exists() or call.closes_at is None:
        return
    at = call.closes_at + _AFTER_CLOSING
    begin_selection(call=call, by=SYSTEM, at=at)
    propose(call=call, by=SYSTEM, at=at)
    keep_version(call=call, name="", by=SYSTEM, at=at)
    for rule in _RULES:
        add_rule(call=call, rule=rule, by=SYSTEM, at=at)
    # The person whom a visitor of the demonstration can be takes part.
    known = Application.objects.get(call=call, candidate=people["participant"])
    choose_by_hand(
        call=call, application=known, hand=HandChoice.PINNED, reason="", alone=False, by=SYSTEM, at=at
    )
    selection = Selection.objects.select_related("call__edition").get(call=call, kept_at__isnull=True)
    send_decisions(call=call, mark=mark_of(pending_mails(selection)), by=SYSTEM, at=at)
    _answer(call, at + timedelta(days=2))


def _answer(call: Call, at: datetime) -> None:
    offers = Participation.objects.filter(application__call=call, state=ParticipationState.OFFERED)
    declining = offers.order_by("application__number")[_DECLINING - 1]
    decline_place(participation=declining, by=SYSTEM, at=at)
    for place in offers.select_related("edition").order_by("application__number"):
        confirm_place(participation=place, by=SYSTEM, at=at)


@transaction.atomic
def load_open_selection(edition: Edition, origin: Call, people: dict[str, Person]) -> None:
    """Give a generated edition the same applications with reviews, and nothing decided yet."""
    if Call.objects.filter(edition=edition).exists() or origin.closes_at is None:
        return
    call = Call.objects.create(
        edition=edition,
        kind=CallKind.PARTICIPANTS,
        title=origin.title,
        text=origin.text,
        state=CallState.PUBLISHED,
        opens_at=origin.opens_at,
        closes_at=origin.closes_at,
        time_zone=origin.time_zone,
        places=origin.places,
        most_per_organisation=origin.most_per_organisation,
        is_demonstration=True,
    )
    Application.objects.bulk_create(
        Application(
            call=call,
            number=row.number,
            state=ApplicationState.SUBMITTED,
            organisation=row.organisation,
            organisation_kind=row.organisation_kind,
            candidate_name=row.candidate_name,
            candidate_email=row.candidate_email,
            candidate_position=row.candidate_position,
            gender=row.gender,
            country=row.country,
            languages=row.languages,
            ecosystem=row.ecosystem,
            maturity=row.maturity,
            is_returning=row.is_returning,
            challenge_title=row.challenge_title,
            challenge=row.challenge,
            language=row.language,
            created_at=row.created_at,
            changed_at=row.changed_at,
            submitted_at=row.submitted_at,
            is_demonstration=True,
        )
        for row in Application.objects.submitted().filter(call=origin).order_by("number")
    )
    load_reviews(call, people)
