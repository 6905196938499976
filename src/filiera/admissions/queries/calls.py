"""Calls as organisers prepare and applicants read them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, EditionMember, EditionRole, EditionState
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    AccessCode,
    Application,
    ApplicationState,
    Call,
    CallPhase,
    CallState,
    Criterion,
)
from filiera.shared.time import at_zone
from filiera.texts.dates import moment_in_words
from filiera.texts.languages import page_languages


def call_of(viewer: Viewer, edition: Edition, kind: str) -> Call | None:
    """The edition's call of this kind, as far as the viewer may know it."""
    calls = Call.objects.visible_to(viewer).select_related("edition__organiser", "application_form")
    return calls.filter(edition=edition, kind=kind).first()


def told_moment(moment: datetime, zone: str, language: str | None = None) -> str:
    """A moment with its zone, as calls name it: 15 April 2023, 18:00 (Europe/Rome)."""
    return f"{moment_in_words(at_zone(moment, zone), language)} ({zone.replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the checklist; `is_needed` ones hold the publication back."""

    words: str | Promise
    is_done: bool
    is_needed: bool
    # Is set elsewhere, on the page of the edition.
    is_edition: bool = False


def checklist_of(call: Call, at: datetime) -> list[Point]:
    """What a call still needs before it is published, and what would be good besides."""
    points = [
        Point(_("A title"), bool(call.title), True),
        Point(_("A text that says for whom it is and what is expected"), bool(call.text), True),
        Point(
            _("Opening and closing, the closing in the future"),
            call.opens_at is not None
            and call.closes_at is not None
            and (call.closes_at > at or call.state == CallState.PUBLISHED),
            True,
        ),
        Point(
            _("The edition can be seen by everybody"),
            call.edition.state in (EditionState.PUBLIC, EditionState.UNLISTED),
            True,
            is_edition=True,
        ),
        Point(
            _("Title and text in every language of the platform"),
            all(call.title.get(code) and call.text.get(code) for code in page_languages()),
            False,
        ),
    ]
    if not call.is_for_hosts:
        reviewers = EditionMember.objects.current().filter(edition=call.edition_id, role=EditionRole.REVIEWER)
        points += [
            Point(
                _("Criteria by which applications are reviewed"),
                Criterion.objects.filter(call=call).exists(),
                False,
            ),
            Point(
                _("As many reviewers in the team as an application gets reviews"),
                reviewers.count() >= call.reviews_per_application,
                False,
            ),
        ]
    return points


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How many drafts a call has, how many applications came in and how many were taken back."""

    draft: int
    submitted: int
    withdrawn: int


def counts_of(call: Call) -> CallCounts:
    rows = Application.objects.filter(call=call).order_by().values_list("state").annotate(Count("pk"))
    counted = dict(rows)
    return CallCounts(
        draft=counted.get(ApplicationState.DRAFT, 0),
        submitted=counted.get(ApplicationState.SUBMITTED, 0),
        withdrawn=counted.get(ApplicationState.WITHDRAWN, 0),
    )


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long a call still takes applications, in the one unit that says it best."""

    days: int
    hours: int
    minutes: int


def time_left(call: Call, moment: datetime) -> TimeLeft | None:
    if call.closes_at is None or call.phase_at(moment) != CallPhase.OPEN:
        return None
    seconds = int((call.closes_at - moment).total_seconds())
    return TimeLeft(seconds // 86_400, seconds // 3_600, max(seconds // 60, 1))


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code with what has become of it."""

    code: AccessCode
    valid_until: str
    is_open: bool


def codes_of(viewer: Viewer, call: Call, at: datetime) -> list[CodeLine]:
    """The codes of a call, the newest first."""
    codes = AccessCode.objects.visible_to(viewer).filter(call=call).order_by("-pk")
    return [
        CodeLine(
            code,
            told_moment(code.valid_until, call.time_zone),
            code.revoked_at is None and code.valid_until > at and code.uses < code.most_uses,
        )
        for code in codes
    ]
