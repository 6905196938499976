"""Asking what became of promised measures, and taking the answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.adapters import mail_language
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.files.actions import store_upload
from filiera.files.rules import MATERIALS
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.mail.actions import queue_mail
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages
from filiera.workshops import facts
from filiera.workshops.actions.presentations import is_promised_elsewhere
from filiera.workshops.models import (
    FollowUp,
    Measure,
    MeasureProof,
    MeasureReport,
    MeasureState,
    ProofKind,
)
from filiera.workshops.permissions import answer_for
from filiera.workshops.policies.plans import can_report
from filiera.workshops.queries.follow_up_links import ANSWERS, address_of, serves

PROOF_POLICY = "workshops.proof"
LINK_SERVES_FOR = timedelta(days=30)
_AT_ONCE = 200
_TELLING = {MeasureState.DONE: facts.MEASURE_DONE, MeasureState.BLOCKED: facts.MEASURE_BLOCKED}


class LinkServesNoMore(DomainError):
    message = _("This link has been used or is too old. The next mail brings a new one.")
    status = 410


class NotPromised(DomainError):
    message = _("Only a promised measure has a state. Present or adopt the plan first.")


class StateUnknown(DomainError):
    message = _("Say that it is done, under way, blocked or dropped.")
    field = "state"


@transaction.atomic
def ask_owners(*, by: Viewer, at: datetime) -> int:
    """Write to the owners of measures whose 30, 90 or 180 days have come; how many were asked.

    Of several askings that are due for one measure only the last is sent. Who has no address, and what
    is done or dropped, is passed over. Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    due = (
        FollowUp.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(due_at__lte=at, asked_at__isnull=True)
        .select_related(
            "measure__plan__edition",
            "measure__owner__person",
            "measure__owner_person",
            "measure__cluster",
            "measure__peer",
        )
        .order_by("measure_id", "-days")[:_AT_ONCE]
    )
    asked, latest = 0, set()
    for follow_up in due:
        is_latest = follow_up.measure_id not in latest
        latest.add(follow_up.measure_id)
        follow_up.asked_at, follow_up.expires_at = at, at + LINK_SERVES_FOR
        follow_up.save(update_fields=["asked_at", "expires_at"])
        if is_latest and _ask(follow_up, at):
            asked += 1
    return asked


@transaction.atomic
def report_measure(
    *, measure: Measure, state: MeasureState, note: str, by: Viewer, at: datetime
) -> MeasureReport:
    """Say how far a measure is, from its plan's page. Raises PermissionDenied, NotPromised, StateUnknown."""
    if not can_report(by, measure):
        raise PermissionDenied
    return _report(measure, state, note, is_by_link=False, by=by, at=at)


@transaction.atomic
def answer_by_link(
    *, follow_up: FollowUp, state: MeasureState, note: str, by: Viewer, at: datetime
) -> MeasureReport:
    """Say how far a measure is by the link of a mail: once, and before its end.

    Raises PermissionDenied, LinkServesNoMore, StateUnknown.
    """
    if not by.may(answer_for(follow_up.pk)):
        raise PermissionDenied
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if not serves(follow_up, at):
        raise LinkServesNoMore
    follow_up.answered_at = at
    follow_up.save(update_fields=["answered_at"])
    return _report(follow_up.measure, state, note, is_by_link=True, by=by, at=at)


@transaction.atomic
def add_proof(
    *,
    measure: Measure,
    kind: ProofKind,
    label: str,
    upload: "File[bytes] | None" = None,
    url: str = "",
    figure: Decimal | None = None,
    by: Viewer,
    at: datetime,
) -> MeasureProof:
    """Add what shows how far a measure is.

    Raises PermissionDenied, NotPromised, and what store_upload raises.
    """
    if not can_report(by, measure):
        raise PermissionDenied
    if measure.state == MeasureState.PLANNED:
        raise NotPromised
    stored = None
    if kind == ProofKind.FILE and upload is not None:
        stored = store_upload(upload=upload, rules=MATERIALS, policy=PROOF_POLICY, by=by, at=at)
    proof = MeasureProof.objects.create(
        measure=measure,
        kind=kind,
        label=label,
        file=stored,
        url=url if kind == ProofKind.LINK else "",
        figure=figure if kind == ProofKind.FIGURE else None,
        person=by.person,
        added_at=at,
    )
    publish_event(measure.plan.topic, {"what": "measure", "key": measure.pk})
    return proof


@app.periodic(cron="25 7 * * *")
@app.task(name="workshops.ask_owners", queueing_lock="workshops.ask_owners")
def ask_owners_daily(timestamp: int) -> None:
    ask_owners(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


def _ask(follow_up: FollowUp, at: datetime) -> bool:
    measure = follow_up.measure
    if measure.state in (MeasureState.DONE, MeasureState.DROPPED):
        return False
    owner = measure.owner
    person = measure.owner_person if owner is None else owner.person
    address = person.email if person is not None else ("" if owner is None else owner.email)
    if not address:
        return False
    language = mail_language(person) if person is not None else _language_of(owner.language if owner else "")
    queue_mail(
        key=f"follow-up:{follow_up.pk}",
        to=address,
        person=person,
        template="workshops/mail/follow_up.txt",
        context={
            "measure": measure,
            "plan": measure.plan,
            "days": follow_up.days,
            "links": [(state, state.label, address_of(follow_up, state.value)) for state in ANSWERS],
            "is_late": measure.due_on is not None and measure.due_on < at.date(),
            "expires_at": follow_up.expires_at,
        },
        language=language,
        at=at,
        holds_secret=True,
    )
    return True


def _language_of(asked: str) -> str:
    return asked if asked in page_languages() else DEFAULT_LANGUAGE


def _report(
    measure: Measure, state: MeasureState, note: str, *, is_by_link: bool, by: Viewer, at: datetime
) -> MeasureReport:
    if state not in ANSWERS:
        raise StateUnknown
    measure = Measure.objects.select_for_update(of=("self",)).with_names().get(pk=measure.pk)
    if measure.state == MeasureState.PLANNED:
        raise NotPromised
    report = _set_state(measure, state, note, is_by_link=is_by_link, by=by, at=at)
    # One promise told in two plans has one state.
    same = [] if not is_promised_elsewhere(measure) else [measure.copied_from]
    same += list(measure.copies.filter(cluster=F("copied_from__cluster")).promised().with_names())
    for other in same:
        if other is not None:
            _set_state(other, state, note, is_by_link=is_by_link, by=by, at=at)
    promise = measure.copied_from if is_promised_elsewhere(measure) else measure
    if promise is not None:
        _record(promise, state, by=by, at=at)
    return report


def _set_state(
    measure: Measure, state: MeasureState, note: str, *, is_by_link: bool, by: Viewer, at: datetime
) -> MeasureReport:
    measure.state, measure.state_at = state, at
    measure.save(update_fields=["state", "state_at"])
    publish_event(measure.plan.topic, {"what": "measure", "key": measure.pk})
    return MeasureReport.objects.create(
        measure=measure,
        state=state,
        note=note,
        person=by.person,
        is_by_link=is_by_link,
        reported_at=at,
    )


def _record(measure: Measure, state: MeasureState, *, by: Viewer, at: datetime) -> None:
    """Facts say what holds: what no longer does is reversed, what newly does is recorded."""
    for told, kind in _TELLING.items():
        recorded = Fact.objects.about(measure, kind.code)
        standing = recorded.standing().first()
        if state == told and standing is None:
            edition = measure.plan.edition
            ledger.record(
                kind.code,
                subject=measure,
                by=by,
                at=at,
                organisation=measure.cluster,
                counterpart=None if edition is None else edition.organiser,
                event=f"{told}:{recorded.count()}",
            )
        elif state != told and standing is not None:
            ledger.reverse(standing, by=by, at=at)
