"""What visits add to an edition's days: one's own visit, slots at the desk, lists on paper, a delay."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import Delay, DeskLine, DeskPanel, Hit, OwnKind, OwnPart, Sheet
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.meetings import policies
from filiera.meetings.actions.visits_manifests import discard_manifest
from filiera.meetings.actions.visits_telling import tell_pages
from filiera.meetings.models import IdentityNeed, VisitorDocument, VisitPlace, VisitRound, VisitSlot
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """One's visit with what to bring; before the draw, that wishes are open."""
    if viewer.person_id is None:
        return []
    places = (
        VisitPlace.objects.standing()
        .filter(participation__person_id=viewer.person_id, round__edition=edition)
        .select_related("slot__visit__host", "document")
        .order_by("slot__during", "pk")
    )
    parts = [_own_visit(edition, place) for place in places]
    open_rounds = VisitRound.objects.filter(
        edition=edition,
        opened_at__isnull=False,
        drawn_at__isnull=True,
        closes_at__gt=at,
        edition__participations__person_id=viewer.person_id,
        edition__participations__state="confirmed",
    ).exclude(wish_lists__participation__person_id=viewer.person_id)
    for round_ in open_rounds.order_by("closes_at", "pk"):
        closes = at_zone(round_.closes_at, edition.time_zone)
        parts.append(
            OwnPart(
                key=f"visit-wishes-{round_.pk}",
                kind=OwnKind.VISIT,
                title=_("Rank the visits: %(title)s") % {"title": translated(round_.title)},
                details=(_("Until %(day)s.") % {"day": f"{closes:%d.%m., %H:%M}"},),
                address=reverse("meetings:visits", args=[edition.slug]),
                is_urgent=True,
            )
        )
    return parts


def _own_visit(edition: Edition, place: VisitPlace) -> OwnPart:
    visit = place.slot.visit
    bring = []
    if visit.needs_identity:
        bring.append(_("identity card or passport"))
    if visit.needs_closed_shoes:
        bring.append(_("closed shoes"))
    if visit.bring:
        bring.append(translated(visit.bring))
    details = [_("Bring: %(things)s") % {"things": ", ".join(bring)}] if bring else []
    waits = visit.identity == IdentityNeed.TOLD and not hasattr(place, "document")
    if waits:
        details.append(_("The host asks for your document."))
    return OwnPart(
        # Whoever moves up keeps the entry in their calendar.
        key=f"visit-{place.round_id}",
        kind=OwnKind.VISIT,
        title=translated(visit.title),
        starts_at=place.slot.during.lower,
        ends_at=place.slot.during.upper,
        place=translated(visit.meeting_point),
        details=tuple(details),
        address=reverse("meetings:visits", args=[edition.slug]),
        is_urgent=waits,
    )


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """Today's slots with how many come, and whose documents the host still waits for."""
    if not policies.can_see_visits(viewer, edition):
        return []
    today = at_zone(at, edition.time_zone).date()
    slots = [slot for slot in _drawn_slots(edition) if _date(edition, slot) == today]
    if not slots:
        return []
    told = set(VisitorDocument.objects.filter(place__slot__in=slots).values_list("place", flat=True))
    asked = VisitPlace.objects.standing().filter(slot__in=slots, slot__visit__identity=IdentityNeed.TOLD)
    waiting: dict[int, int] = {}
    for place_id, slot_id in asked.values_list("pk", "slot"):
        waiting[slot_id] = waiting.get(slot_id, 0) + (place_id not in told)
    sees_visitors = policies.can_view_visitors(viewer, edition)
    return [
        DeskPanel(
            key="visits",
            title=_("Laboratory visits"),
            lines=tuple(_desk_line(edition, slot, waiting.get(slot.pk, 0), sees_visitors) for slot in slots),
            address=reverse("meetings:desk_visits", args=[edition.slug]),
            address_label=_("All visits"),
        )
    ]


def _desk_line(edition: Edition, slot: VisitSlot, waiting: int, sees_visitors: bool) -> DeskLine:
    detail = _("%(taken)s of %(places)s places are taken") % {"taken": slot.taken, "places": slot.places}
    if waiting:
        missing = ngettext("one document is missing", "%(count)s documents are missing", waiting)
        detail = f"{detail}, {missing % {'count': waiting}}"
    return DeskLine(
        text=translated(slot.visit.title),
        detail=detail,
        place=translated(slot.visit.meeting_point),
        starts_at=slot.during.lower,
        address=reverse("meetings:desk_visitors", args=[edition.slug, slot.pk]) if sees_visitors else "",
        tone="warn" if waiting else "",
    )


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """Who comes to which visit, with what the gate asks: for who may see visitors."""
    if not policies.can_view_visitors(viewer, edition):
        return []
    slots = [slot for slot in _drawn_slots(edition) if _date(edition, slot) == day]
    if not slots:
        return []
    documents = {
        told.place_id: f"{told.get_kind_display()} {told.number}"
        for told in VisitorDocument.objects.visible_to(viewer).filter(place__slot__in=slots)
    }
    places = VisitPlace.objects.visible_to(viewer).standing().filter(slot__in=slots)
    rows = []
    by_slot = {slot.pk: slot for slot in slots}
    for place in places.select_related("participation__organisation"):
        slot, who = by_slot[place.slot_id], place.participation
        organisation = who.organisation.name if who.organisation is not None else who.organisation_name
        rows.append(
            (
                (slot.during.lower, slot.code, sort_key(who.name), who.pk),
                (
                    f"{at_zone(slot.during.lower, edition.time_zone):%H:%M}",
                    translated(slot.visit.title),
                    who.name,
                    organisation,
                    documents.get(place.pk, _("shown at the gate") if slot.visit.needs_identity else ""),
                    _("needs a way without steps") if place.needs_step_free else "",
                ),
            )
        )
    return [
        Sheet(
            key="visits",
            title=_("Visitors of the laboratories"),
            columns=(
                _("Time"),
                _("Visit"),
                _("Name"),
                _("Organisation"),
                _("Identity document"),
                _("Access"),
            ),
            rows=tuple(row for _order, row in sorted(rows)),
            note=_("Destroy this sheet after the visits."),
        )
    ]


def hits(viewer: Viewer, edition: Edition, delay: Delay) -> Iterable[Hit]:
    """Every slot that would begin later, so that its host can be told."""
    if not policies.can_see_visits(viewer, edition):
        return []
    zone = edition.time_zone
    return [
        Hit(
            sentence=_("%(visit)s begins at %(after)s instead of %(before)s: tell the host.")
            % {
                "visit": translated(slot.visit.title),
                "before": f"{at_zone(slot.during.lower, zone):%H:%M}",
                "after": f"{at_zone(delay.moved(slot.during.lower), zone):%H:%M}",
            },
            address=reverse("meetings:desk_visit_round", args=[edition.slug, slot.round_id]),
        )
        for slot in _drawn_slots(edition)
        if delay.moved(slot.during.lower) != slot.during.lower
    ]


def follow(by: Viewer, edition: Edition, delay: Delay, at: datetime) -> None:
    """Move the slots together with the programme; lists for hosts that tell the old time are taken back."""
    slots = VisitSlot.objects.filter(round__edition=edition).select_for_update(of=("self",))
    rounds = set()
    for slot in slots.select_related("round").order_by("pk"):
        during = DateTimeTZRange(delay.moved(slot.during.lower), delay.moved(slot.during.upper))
        if during != slot.during:
            slot.during = during
            slot.save(update_fields=["during"])
            discard_manifest(slot)
            rounds.add(slot.round)
    for round_ in rounds:
        tell_pages(round_)


def register_day_parts() -> None:
    day_parts.register(
        "meetings.visits",
        own_parts=own_parts,
        desk_panels=desk_panels,
        sheets=sheets,
        hits=hits,
        follow=follow,
    )


def _drawn_slots(edition: Edition) -> list[VisitSlot]:
    slots = VisitSlot.objects.filter(round__edition=edition, round__drawn_at__isnull=False)
    return list(slots.select_related("visit").order_by("during", "code", "pk"))


def _date(edition: Edition, slot: VisitSlot) -> date:
    return at_zone(slot.during.lower, edition.time_zone).date()
