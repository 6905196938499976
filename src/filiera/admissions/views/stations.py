"""A helper's station: the page, its list, and the scans it sends, now or when the network is back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.stations import Answer, Scan, take_scans
from filiera.admissions.forms.stations import TypedCodeForm
from filiera.admissions.models import Station
from filiera.admissions.queries import stations as queries
from filiera.admissions.queries.station_words import station_words
from filiera.shared.http import render_page
from filiera.shared.time import at_zone

_MOST_SCANS = 500
_WORKER = "admissions/station/worker.js"
# What a station needs without network and does not ask for while it has some.
_KEPT = ("vendor/jsqr.js", "design/icons.svg")

StationView = Callable[..., HttpResponse]


def station_view(*, as_data: bool = False, even_closed: bool = False) -> Callable[[StationView], StationView]:
    """Give a view its station: 404 for a link that never was, 410 for one that has ended."""

    def decorate(view: StationView) -> StationView:
        @never_cache
        @wraps(view)
        def guarded(request: ViewerRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            station = queries.station_of(token)
            if station is None:
                return _refusal(request, 404, as_data=as_data)
            if not even_closed and not queries.is_open(station, timezone.now()):
                return _refusal(request, 410, as_data=as_data, station=station, token=token)
            response = view(request, station, token, *args, **kwargs)
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return sensitive_variables("token", "station")(guarded)

    return decorate


@require_http_methods(["GET", "HEAD", "POST"])
# The address is the only key, no cookie counts here; and a page from the cache holds no fresh token.
@csrf_exempt
@station_view()
def station(request: ViewerRequest, station: Station, token: str) -> HttpResponse:
    """Scan, type or search; a browser without script sends the form, with the same answers."""
    form = TypedCodeForm(request.POST if request.method == "POST" else None)
    answer: dict[str, Any] | None = None
    at = timezone.now()
    if request.method == "POST" and form.is_valid():
        scan = form.scan_at(at)
        taken = take_scans(
            station=station, scans=[scan], device_now=None, by=queries.viewer_at(station), at=at
        )
        answer = _told(taken[0], station)
    elif request.method == "POST":
        answer = {"outcome": "refused", "sentence": _("Type a code, or choose somebody from the list.")}
    found = _search(station, request.GET.get("q", ""), at)
    is_refused = answer is not None and answer["outcome"] in {"refused", "wait"}
    context = {
        "station": station,
        "edition": station.edition,
        "token": token,
        "form": TypedCodeForm(),
        "answer": answer,
        "scan_id": uuid4(),
        "query": request.GET.get("q", ""),
        "found": found,
        "is_in": len(queries.presences_at(station, at)),
        "expected": queries.expected_count(station, at),
        "told": _page_data(station, token, at),
        "words": station_words(),
    }
    status = 422 if is_refused else 200
    response = render_page(request, "admissions/station/station.html", context, status=status)
    # Read by the worker, which keeps the page no longer than its link.
    response.headers["X-Station-Until"] = str(_milliseconds(queries.closed_at(station)))
    return response


@require_safe
@station_view(as_data=True)
def people(request: ViewerRequest, station: Station, token: str) -> HttpResponse:
    """The list that a station keeps: names, organisations, and codes it recognises but cannot show."""
    kept = queries.list_of(station)
    return JsonResponse(
        {
            "people": [
                {
                    "key": person.key,
                    "name": person.name,
                    "organisation": person.organisation,
                    "mark": person.mark,
                }
                for person in kept.expected
            ],
            "given_back": kept.given_back,
            "revoked": kept.revoked,
            **_state(station, timezone.now()),
        }
    )


@require_POST
@csrf_exempt  # As above: the token in the address is the only key.
@station_view(as_data=True, even_closed=True)
def scans(request: ViewerRequest, station: Station, token: str) -> HttpResponse:
    """Take what a station noted, and tell who is in; the same batch may come again, in any order."""
    at = timezone.now()
    try:
        sent, device_now = _read_scans(request)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        told = {"code": "unreadable_scans", "message": _("These scans could not be read.")}
        return JsonResponse(told, status=400)
    answers = take_scans(
        station=station, scans=sent, device_now=device_now, by=queries.viewer_at(station), at=at
    )
    is_open = queries.is_open(station, at)
    return JsonResponse(
        {
            "answers": [_told(answer, station) for answer in answers],
            "is_open": is_open,
            **(_state(station, at) if is_open else {"now": _milliseconds(at)}),
        }
    )


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at an address from which it may serve all stations and nothing else."""
    found = finders.find(_WORKER)
    assert isinstance(found, str)
    script = Path(found).read_bytes()
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


def _read_scans(request: HttpRequest) -> tuple[list[Scan], datetime | None]:
    sent = json.loads(request.body)
    scans = [
        Scan(
            id=UUID(said["id"]),
            device_at=_moment(said["at"]),
            offset=timedelta(milliseconds=int(said.get("offset", 0))),
            code=str(said.get("code", ""))[:200],
            person=_key(said.get("person")),
            is_undo=said.get("undo") is True,
        )
        for said in sent["scans"][:_MOST_SCANS]
    ]
    now = sent.get("now")
    return scans, _moment(now) if now is not None else None


def _moment(milliseconds: object) -> datetime:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        raise TypeError
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def _key(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 2**63 else None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _state(station: Station, at: datetime) -> dict[str, Any]:
    return {
        "now": _milliseconds(at),
        "expected": queries.expected_count(station, at),
        "present": [
            [key, _milliseconds(moment), station_id == station.pk]
            for key, moment, station_id in queries.presences_at(station, at)
        ],
    }


def _told(answer: Answer, station: Station) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(answer.scan),
        "outcome": answer.outcome,
        "code": answer.code,
        "sentence": answer.sentence,
    }
    place, presence = answer.participation, answer.presence
    if place is not None:
        told |= {
            "key": place.pk,
            "name": place.name,
            "organisation": place.organisation.name if place.organisation else place.organisation_name,
        }
    if presence is not None:
        told |= {
            "since": _milliseconds(presence.checked_in_at),
            "clock": _clock(presence.checked_in_at, station),
        }
        told["where"] = (
            presence.station.name if presence.station is not None else str(presence.get_source_display())
        )
        told["is_late"] = bool(presence.clock_note)
    return told


def _clock(moment: datetime, station: Station) -> str:
    return at_zone(moment, queries.zone_of(station)).strftime("%H:%M")


def _search(station: Station, asked: str, at: datetime) -> list[dict[str, Any]]:
    """For a browser without script: the people whose name or organisation begins like what was asked."""
    if not asked.strip():
        return []
    since = {key: moment for key, moment, _station in queries.presences_at(station, at)}
    return [
        {
            "key": person.key,
            "name": person.name,
            "organisation": person.organisation,
            "since": _clock(since[person.key], station) if person.key in since else "",
            "scan_id": uuid4(),
        }
        for person in queries.matching(queries.list_of(station).expected, asked)
    ]


def _page_data(station: Station, token: str, at: datetime) -> dict[str, Any]:
    return {
        "token": token,
        "now": _milliseconds(at),
        "until": _milliseconds(queries.closed_at(station)),
        "zone": queries.zone_of(station),
        "station": station.name,
        "keep": [static(path) for path in _KEPT],
        "jsqr": static("vendor/jsqr.js"),
    }


def _refusal(
    request: ViewerRequest, status: int, *, as_data: bool, station: Station | None = None, token: str = ""
) -> HttpResponse:
    if as_data:
        code, message = {
            404: ("unknown_link", _("This link is not known.")),
            410: ("station_has_ended", _("The link of this station has ended.")),
        }[status]
        return JsonResponse({"code": code, "message": message}, status=status)
    context = {"station": station, "token": token, "is_ended": status == 410}
    return render_page(request, "admissions/station/ended.html", context, status=status)
