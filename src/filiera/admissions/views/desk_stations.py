"""Stations at the desk: made for a helper, seen at work, ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.stations import make_station, revoke_station
from filiera.admissions.forms.presence import StationForm
from filiera.admissions.models import Station
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries import stations as queries
from filiera.design.codes import qr_on_white
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

editing = for_those_who(policies.can_edit_stations)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_stations(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """All stations, and the form that makes one."""
    at = timezone.now()
    form = StationForm(request.POST if request.method == "POST" else None, edition=edition, at=at)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            station = make_station(
                edition=edition,
                name=values["name"],
                day=values["day"],
                session=values["session"],
                expires_at=values["expires_at"],
                by=request.viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("admissions:desk_station", edition.slug, station.pk)
    lines = queries.station_lines(edition, at)
    context = {"edition": edition, "form": form, "lines": lines, "open": sum(line.is_open for line in lines)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/presence/stations.html", context, status=status)


@never_cache
@require_safe
@editing
def desk_station(request: ViewerRequest, edition: Edition, station_id: int) -> HttpResponse:
    """The link of a station with its QR, for the helper's phone."""
    station = _one(request, edition, station_id)
    address = queries.address_of(station)
    context = {
        "edition": edition,
        "station": station,
        "is_open": queries.is_open(station, timezone.now()),
        "zone": queries.zone_of(station),
        "address": address,
        "picture": qr_on_white(address),
    }
    return render_page(request, "admissions/presence/station.html", context)


@require_POST
@editing
def desk_station_end(request: ViewerRequest, edition: Edition, station_id: int) -> HttpResponse:
    station = _one(request, edition, station_id)
    revoke_station(station=station, by=request.viewer, at=timezone.now())
    messages.success(request, _("The link of “%(name)s” works no more.") % {"name": station.name})
    return redirect("admissions:desk_stations", edition.slug)


def _one(request: ViewerRequest, edition: Edition, key: int) -> Station:
    visible = Station.objects.visible_to(request.viewer)
    return get_object_or_404(
        visible.select_related("edition", "day__part", "session__part"), edition=edition, pk=key
    )
