"""Who is still to be told what, and how the mail to each of them reads."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.accounts.models import Person
from filiera.admissions.models import (
    Application,
    ApplicationState,
    Decision,
    Participation,
    Selection,
    SelectionDecision,
)
from filiera.admissions.queries.decision_texts import Words, language_for
from filiera.admissions.queries.place_links import address_of
from filiera.admissions.queries.selection import name_of, organisation_of, told_decisions
from filiera.admissions.queries.selection_pool import GAVE_BACK, HAS_PLACE
from filiera.mail.models import OutgoingMail
from filiera.shared.time import at_zone
from filiera.texts.dates import moment_in_words
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMail:
    """One applicant to be told of a decision, and what they were told before."""

    decision: SelectionDecision
    before: SelectionDecision | None

    @property
    def application(self) -> Application:
        return self.decision.application

    @property
    def address(self) -> str:
        return recipient_of(self.application)[1]

    @property
    def name(self) -> str:
        return name_of(self.application)


def recipient_of(application: Application) -> tuple[Person | None, str]:
    """The candidate, else whoever filed the application; the address is empty where nobody has one."""
    candidate, filed_by = application.candidate, application.filed_by
    if application.candidate_email:
        is_own = candidate is not None and candidate.email == application.candidate_email
        return (candidate if is_own else None), application.candidate_email
    for person in (candidate, filed_by):
        if person is not None and person.email:
            return person, person.email
    return None, ""


def pending_mails(selection: Selection) -> list[PendingMail]:
    """Those whose decision is new or not what they were told last, in the order of the board.

    Whoever holds a place or gave one back knows it; a new rank on the reserve list alone is not told.
    """
    told = told_decisions(selection.call)
    rows = selection.decisions.filter(application__state=ApplicationState.SUBMITTED).exclude(
        decision=Decision.UNDECIDED
    )
    rows = rows.select_related(
        "application__organisation", "application__candidate", "application__filed_by"
    ).order_by("position", "pk")
    return [
        PendingMail(decision=row, before=told.get(row.application_id))
        for row in rows
        if row.reason.get("kind") not in (HAS_PLACE, GAVE_BACK)
        and (row.application_id not in told or told[row.application_id].decision != row.decision)
    ]


def mark_of(pending: Sequence[PendingMail]) -> str:
    """Changes with whoever is told what, so that nothing is sent that nobody looked at."""
    told = ";".join(
        f"{row.decision.application_id}:{row.decision.decision}:{row.decision.reserve_rank}"
        for row in pending
    )
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def undecided_count(selection: Selection) -> int:
    return selection.decisions.filter(
        decision=Decision.UNDECIDED, application__state=ApplicationState.SUBMITTED
    ).count()


def letter_to(
    decision: SelectionDecision, words: Words, selection: Selection, place: Participation | None = None
) -> tuple[str, str, str]:
    """Subject, text and language of the mail; without a place yet, its link and day are described."""
    application = decision.application
    language = language_for(application.language)
    with translation.override(language):
        values = {
            "name": name_of(application),
            "organisation": organisation_of(application),
            "edition": translated(selection.call.edition.name, language),
            "challenge": application.challenge_title,
            "rank": str(decision.reserve_rank or ""),
            "link": address_of(place) if place is not None else _("(the link to their own page)"),
            "respond_by": _respond_by(selection, place),
        }
        subject, body = words.filled(language, values)
    return subject, body, language


def _respond_by(selection: Selection, place: Participation | None) -> str:
    if place is not None and place.respond_by is not None:
        return str(moment_in_words(at_zone(place.respond_by, selection.call.time_zone)))
    days = selection.call.reply_days
    return ngettext("%(days)s day after sending", "%(days)s days after sending", days) % {"days": days}


def mail_key(selection: Selection, application_id: int) -> str:
    return f"admissions.decision:{selection.pk}:{application_id}"


def mail_states(selection: Selection) -> Counter[str]:
    """How many mails of a sent version are sent, waiting or could not be sent."""
    written = OutgoingMail.objects.filter(key__startswith=f"admissions.decision:{selection.pk}:")
    return Counter(written.values_list("state", flat=True))
