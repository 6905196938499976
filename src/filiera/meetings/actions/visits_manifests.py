"""What a host is told of its visitors: on paper before the visit, and gone after it."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.files.actions import discard_file, store_made
from filiera.meetings import policies
from filiera.meetings.documents.manifests import manifest_pdf
from filiera.meetings.models import (
    HostManifest,
    VisitorDocument,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWishList,
)
from filiera.meetings.queries.visits_manifests import visitors_of
from filiera.shared.errors import DomainError

MANIFEST_POLICY = "meetings.host_manifest"
# The gate may ask once more when a group comes out late.
FORGOTTEN_AFTER = timedelta(hours=2)


class ManifestForgotten(DomainError):
    message = _("The visit is over and what the host was told is deleted.")


class NobodyComes(DomainError):
    message = _("Nobody has a place in this slot yet.")


@transaction.atomic
def make_manifest(*, slot: VisitSlot, language: str, by: Viewer, at: datetime) -> HostManifest:
    """Put the visitors of a slot on paper, in place of an older list.

    Raises PermissionDenied, ManifestForgotten, NobodyComes.
    """
    slot = (
        VisitSlot.objects.select_for_update(of=("self",))
        .select_related("round__edition", "visit__host", "visit__session__part")
        .get(pk=slot.pk)
    )
    if not policies.can_view_visitors(by, slot.round.edition):
        raise PermissionDenied
    if slot.forgotten_at is not None or slot.during.upper + FORGOTTEN_AFTER <= at:
        raise ManifestForgotten
    visitors = visitors_of(by, slot)
    if not visitors:
        raise NobodyComes
    discard_manifest(slot)
    stored = store_made(
        content=manifest_pdf(slot, visitors, language=language, kept_for=FORGOTTEN_AFTER),
        name=f"visitors-{slot.round.edition.slug}-{slot.code.lower()}.pdf",
        content_type="application/pdf",
        policy=MANIFEST_POLICY,
        # The platform's own: it belongs in no person's archive, and leaves with none.
        by=SYSTEM,
        at=at,
    )
    return HostManifest.objects.create(slot=slot, file=stored, made_at=at)


def discard_manifest(slot: VisitSlot) -> None:
    """Take back a list that no longer says who comes; its bytes go with it."""
    manifest = HostManifest.objects.filter(slot=slot.pk).select_related("file").first()
    if manifest is not None:
        stored = manifest.file
        manifest.delete()
        discard_file(stored_file=stored)


@transaction.atomic
def forget_visitors(*, by: Viewer, at: datetime) -> int:
    """Delete lists, documents and needs of visits that are over; of how many slots.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    # A demonstration lives at its own moment.
    clock = F("round__edition__clock_at")
    is_over = Q(round__edition__clock_at__isnull=True, during__endswith__lte=at - FORGOTTEN_AFTER) | Q(
        during__endswith__lte=clock - FORGOTTEN_AFTER
    )
    over = VisitSlot.objects.filter(is_over, forgotten_at__isnull=True, round__drawn_at__isnull=False)
    slots = list(over.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    for slot in slots:
        discard_manifest(slot)
        VisitorDocument.objects.filter(place__slot=slot).delete()
        VisitPlace.objects.filter(slot=slot).update(needs_step_free=False)
        slot.forgotten_at = at
        slot.save(update_fields=["forgotten_at"])
    # Nobody moves up by a list any more once the last visit of its round is over.
    rounds = {slot.round_id for slot in slots}
    still = VisitSlot.objects.filter(round__in=rounds, forgotten_at__isnull=True).values("round")
    done = VisitRound.objects.filter(pk__in=rounds).exclude(pk__in=still)
    VisitWishList.objects.filter(round__in=done).update(needs_step_free=False)
    return len(slots)


@app.periodic(cron="23 * * * *")
@app.task(name="meetings.forget_visitors", queueing_lock="meetings.forget_visitors")
def forget_visitors_hourly(timestamp: int) -> None:
    forget_visitors(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
