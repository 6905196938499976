"""Parts, days, rooms and venues."""

from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions import places as actions
from filiera.academy.dates import long_day
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.places import ClosureForm, DayForm, PartForm, RoomForm, VenueForm
from filiera.academy.models import Day, Edition, Part, Room, RoomClosure, Venue
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page
from filiera.texts.languages import translated

editing = desk_view(policies.can_edit_programme)

Row = TypeVar("Row", Part, Room, Venue)


@require_safe
@desk_view()
def desk_parts(request: ViewerRequest, edition: Edition) -> HttpResponse:
    parts = Part.objects.filter(edition=edition).select_related("venue").prefetch_related("days")
    context = {
        "edition": edition,
        "parts": parts.order_by("number"),
        "may_edit": policies.can_edit_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/parts.html", context, partial="parts")


@require_safe
@desk_view()
def desk_rooms(request: ViewerRequest, edition: Edition) -> HttpResponse:
    rooms = Room.objects.filter(edition=edition).select_related("venue").prefetch_related("closures")
    context = {
        "edition": edition,
        "rooms": rooms.order_by("position", "pk"),
        "venues": Venue.objects.filter(edition=edition).select_related("country").order_by("name", "pk"),
        "may_edit": policies.can_edit_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/rooms.html", context, partial="rooms")


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_part_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _part_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_part(request: ViewerRequest, edition: Edition, part_id: int) -> HttpResponse:
    return _part_form(request, edition, _one(request, Part, edition, part_id))


@require_POST
@editing
def desk_part_deletion(request: ViewerRequest, edition: Edition, part_id: int) -> HttpResponse:
    part = _one(request, Part, edition, part_id)
    try:
        actions.delete_part(part=part, by=request.viewer, at=timezone.now())
        messages.success(request, _("The part is deleted."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _parts(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_day(request: ViewerRequest, edition: Edition, day_id: int) -> HttpResponse:
    days = Day.objects.filter(part__in=Part.objects.visible_to(request.viewer))
    day = get_object_or_404(days.select_related("part__edition"), part__edition=edition, pk=day_id)
    form = DayForm(request.POST or None, day=day)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_hours(day=day, **form.cleaned_data, by=request.viewer, at=timezone.now())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The day is saved."))
            return after_change(request, _parts(edition))
    return _form_page(request, edition, form, "day", day, long_day(day.date))


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_room_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _room_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_room(request: ViewerRequest, edition: Edition, room_id: int) -> HttpResponse:
    return _room_form(request, edition, _one(request, Room, edition, room_id))


@require_POST
@editing
def desk_room_deletion(request: ViewerRequest, edition: Edition, room_id: int) -> HttpResponse:
    room = _one(request, Room, edition, room_id)
    try:
        actions.delete_room(room=room, by=request.viewer, at=timezone.now())
        messages.success(request, _("The room is deleted."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _rooms(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_closure_new(request: ViewerRequest, edition: Edition, room_id: int) -> HttpResponse:
    room = _one(request, Room, edition, room_id)
    form = ClosureForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.close_room(
                room=room,
                from_at=values["from_at"],
                until_at=values["until_at"],
                reason=values["reason"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The room is closed for that time."))
            return after_change(request, _rooms(edition))
    heading = _("Close %(name)s for a time") % {"name": translated(room.name)}
    return _form_page(request, edition, form, "closure", room, heading)


@require_POST
@editing
def desk_closure_end(request: ViewerRequest, edition: Edition, closure_id: int) -> HttpResponse:
    closures = RoomClosure.objects.filter(room__in=Room.objects.visible_to(request.viewer))
    closure = get_object_or_404(
        closures.select_related("room__edition"), room__edition=edition, pk=closure_id
    )
    actions.reopen_room(closure=closure, by=request.viewer, at=timezone.now())
    messages.success(request, _("The room is open again."))
    return after_change(request, _rooms(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_venue_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _venue_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_venue(request: ViewerRequest, edition: Edition, venue_id: int) -> HttpResponse:
    return _venue_form(request, edition, _one(request, Venue, edition, venue_id))


@require_POST
@editing
def desk_venue_deletion(request: ViewerRequest, edition: Edition, venue_id: int) -> HttpResponse:
    venue = _one(request, Venue, edition, venue_id)
    try:
        actions.delete_venue(venue=venue, by=request.viewer, at=timezone.now())
        messages.success(request, _("The venue is deleted."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _rooms(edition))


def _part_form(request: ViewerRequest, edition: Edition, part: Part | None) -> HttpResponse:
    form = PartForm(request.POST or None, edition=edition, part=part)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_part(
                edition=edition, part=part, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The part is saved."))
            return after_change(request, _parts(edition))
    heading = translated(part.title) if part is not None else _("Add a part")
    return _form_page(request, edition, form, "part", part, heading)


def _room_form(request: ViewerRequest, edition: Edition, room: Room | None) -> HttpResponse:
    form = RoomForm(request.POST or None, edition=edition, room=room)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_room(
                edition=edition, room=room, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The room is saved."))
            return after_change(request, _rooms(edition))
    heading = translated(room.name) if room is not None else _("Add a room")
    return _form_page(request, edition, form, "room", room, heading)


def _venue_form(request: ViewerRequest, edition: Edition, venue: Venue | None) -> HttpResponse:
    form = VenueForm(request.POST or None, venue=venue)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_venue(
                edition=edition, venue=venue, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The venue is saved."))
            return after_change(request, _rooms(edition))
    heading = venue.name if venue is not None else _("Add a venue")
    return _form_page(request, edition, form, "venue", venue, heading)


def _form_page(
    request: ViewerRequest, edition: Edition, form: object, what: str, row: object, heading: str
) -> HttpResponse:
    context = {"edition": edition, "form": form, "what": what, "row": row, "heading": heading}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "academy/desk/place.html", context, status=status)


def _one(request: ViewerRequest, table: type[Row], edition: Edition, key: int) -> Row:
    visible: Any = table._default_manager
    row: Row = get_object_or_404(
        visible.visible_to(request.viewer).select_related("edition"), edition=edition, pk=key
    )
    return row


def _parts(edition: Edition) -> str:
    return reverse("academy:desk_parts", args=[edition.slug])


def _rooms(edition: Edition) -> str:
    return reverse("academy:desk_rooms", args=[edition.slug])
