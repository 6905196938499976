"""Recording who worked in groups, once the session of a round was held."""

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import Presence
from filiera.ledger import actions as ledger
from filiera.workshops import facts
from filiera.workshops.models import GroupRound, Seat

_AT_ONCE = 100


@transaction.atomic
def record_group_work(*, by: Viewer, at: datetime) -> int:
    """Record each participant of published groups whose session was held; how many rounds.

    Where presence was taken at the session only those count who were there.
    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    rounds = list(
        GroupRound.objects.select_for_update(of=("self",))
        .filter(series__published_at__isnull=False, session__held_at__isnull=False, recorded_at__isnull=True)
        .select_related("series__edition__organiser", "session")
        .order_by("pk")[:_AT_ONCE]
    )
    for round_ in rounds:
        _record(round_, by=by, at=at)
    return len(rounds)


def _record(round_: GroupRound, *, by: Viewer, at: datetime) -> None:
    session = round_.session
    if session is None or session.held_at is None:
        return
    there = set(
        Presence.objects.standing().filter(session=session).values_list("participation_id", flat=True)
    )
    seats = Seat.objects.filter(round=round_).select_related(
        "participation__organisation", "participation__person", "participation__ecosystem"
    )
    for seat in seats.order_by("pk"):
        place = seat.participation
        if there and place.pk not in there:
            continue
        ledger.record(
            facts.GROUP_WORK.code,
            subject=round_,
            by=by,
            at=at,
            happened_at=session.held_at,
            organisation=place.organisation,
            counterpart=round_.series.edition.organiser,
            person=place.person,
            ecosystem=place.ecosystem,
            event=f"participation:{place.pk}",
        )
    round_.recorded_at = at
    round_.save(update_fields=["recorded_at"])


@app.periodic(cron="3-58/5 * * * *")
@app.task(name="workshops.record_group_work", queueing_lock="workshops.record_group_work")
def record_group_work_regularly(timestamp: int) -> None:
    record_group_work(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
