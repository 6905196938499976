"""Telling the applicants: the words, and the one moment at which decisions become known."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Call,
    Decision,
    DecisionText,
    Participation,
    RunKind,
    Selection,
    SelectionDecision,
    SelectionRun,
)
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries.decision_mails import (
    letter_to,
    mail_key,
    mark_of,
    pending_mails,
    recipient_of,
    undecided_count,
)
from filiera.admissions.queries.decision_texts import words_of
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError

from .participations import offer_place
from .selection_steps import in_work, lock_call, tell_boards


class NothingToSend(DomainError):
    message = _("Everybody has been told already what this version says.")


class SomeUndecided(DomainError):
    message = _(
        "Some applications are still undecided. Have them reviewed or decide on them by hand, then send."
    )


class DecisionsChanged(DomainError):
    message = _("The decisions have changed since you looked at the mails. Look again, then send.")


class LimitsStillContradict(DomainError):
    message = _("The limits contradict each other. Solve that on the board and propose again, then send.")


class SearchStillRuns(DomainError):
    message = _("A search is still under way. Wait for it or stop it, then send.")


class MoreSelectedThanPlaces(DomainError):
    message = _("More people are selected than there are places. Move some out, or raise the call's places.")


@transaction.atomic
def write_decision_text(
    *,
    call: Call,
    decision: str,
    subject: Mapping[str, str],
    body: Mapping[str, str],
    by: Viewer,
    at: datetime,
) -> DecisionText:
    """Give one kind of decision the call's own words.

    Raises PermissionDenied.
    """
    if not policies.can_send_decisions(by, call.edition):
        raise PermissionDenied
    text, _is_new = DecisionText.objects.update_or_create(
        call=call,
        decision=decision,
        defaults={
            "subject": dict(subject),
            "body": dict(body),
            "changed_at": at,
            "changed_by": by.person,
        },
    )
    return text


@transaction.atomic
def drop_decision_text(*, call: Call, decision: str, by: Viewer) -> None:
    """Go back to the ready-made words.

    Raises PermissionDenied.
    """
    if not policies.can_send_decisions(by, call.edition):
        raise PermissionDenied
    DecisionText.objects.filter(call=call, decision=decision).delete()


@transaction.atomic
def send_decisions(*, call: Call, mark: str, by: Viewer, at: datetime) -> Selection:
    """Offer the places, put the reserve list in force and write to everybody whose decision is new.

    `mark` is that of the mails somebody looked at; others are not sent. From here on the version does not
    change: a later one tells only those whose decision differs.
    Raises PermissionDenied, SelectionNotBegun, SearchStillRuns, LimitsStillContradict, SomeUndecided,
    MoreSelectedThanPlaces, NothingToSend, DecisionsChanged, NoPlaceLeft.
    """
    if not policies.can_send_decisions(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    selection = in_work(call, by=by, at=at)
    _check_ready(selection, call)
    pending = pending_mails(selection)
    if not pending:
        raise NothingToSend
    if mark_of(pending) != mark:
        raise DecisionsChanged
    for row in pending:
        if row.decision.decision == Decision.SELECTED:
            offer_place(edition=call.edition, application=row.application, by=by, at=at, writes=False)
    keys = [row.decision.pk for row in pending]
    SelectionDecision.objects.filter(pk__in=keys).update(told_at=at)
    selection.sent_at, selection.sent_by = at, by.person
    selection.save(update_fields=["sent_at", "sent_by"])
    # Nobody may take back what was told; a job that still works out the reasons goes on.
    selection.steps.all().delete()
    write_decision_mails_later(selection)
    tell_boards(call)
    return selection


def _check_ready(selection: Selection, call: Call) -> None:
    if SelectionRun.objects.running().filter(selection=selection, kind=RunKind.PROPOSE).exists():
        raise SearchStillRuns
    if selection.conflict:
        raise LimitsStillContradict
    if undecided_count(selection):
        raise SomeUndecided
    if selection.decisions.filter(decision=Decision.SELECTED).count() > call.places:
        raise MoreSelectedThanPlaces


def write_decision_mails_later(selection: Selection) -> None:
    job = write_decision_mails.configure(queueing_lock=f"decision-mails-{selection.pk}")
    job.defer(selection_id=selection.pk)


@app.task(name="admissions.write_decision_mails")
def write_decision_mails(selection_id: int) -> None:
    """Write the mail of every decision that a sent version tells; run again, it writes none twice."""
    selection = Selection.objects.sent().select_related("call__edition").filter(pk=selection_id).first()
    if selection is None or selection.sent_at is None:
        return
    words = words_of(selection.call)
    told = selection.decisions.filter(told_at__isnull=False).select_related(
        "application__organisation", "application__candidate", "application__filed_by"
    )
    places = {
        place.application_id: place
        for place in Participation.objects.filter(application__call=selection.call)
    }
    for decision in told.order_by("position"):
        person, address = recipient_of(decision.application)
        if not address:
            continue
        is_offer = decision.decision == Decision.SELECTED
        place = places.get(decision.application_id) if is_offer else None
        subject, body, language = letter_to(decision, words[decision.decision], selection, place)
        queue_mail(
            key=mail_key(selection, decision.application_id),
            to=address,
            person=person,
            template="admissions/mail/decision.txt",
            context={"subject": subject, "body": body},
            language=language,
            at=selection.sent_at,
            holds_secret=is_offer,
        )
