"""What pages send and ask for while several write: changes, what they missed, who is there."""

import json
import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.workshops.actions.shared_texts import (
    OperationRefused,
    SentChange,
    announce_writer,
    write_text,
)
from filiera.workshops.models import TextOperation
from filiera.workshops.queries.shared_texts import (
    find_place,
    operations_after,
    revision_of,
    writers_at,
)
from filiera.workshops.shared_texts import TextPlace

_CLIENT = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_KEY = re.compile(r"^([a-z_]{1,40}/[0-9]{1,18}/[a-z_]{1,40})?$")
_MOST_BYTES = 200_000
_HIGHEST = 2**31 - 1


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text_operations(
    request: ViewerRequest, text_kind: str, row_id: int, text_name: str, **_place: str
) -> HttpResponse:
    """GET: the operations after a revision; POST: put one more, and answer with those before it."""
    place = _find(request, text_kind, row_id, text_name)
    if request.method != "POST":
        since = request.GET.get("since", "")
        revision = int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0
        told = operations_after(place, revision)
        return JsonResponse({"revision": revision_of(place), "operations": _as_data(told)})
    try:
        change = _sent(request)
        told = write_text(place=place, change=change, by=request.viewer, at=timezone.now())
    except DomainError as error:
        return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
    return JsonResponse({"operations": _as_data(told)})


@never_cache
@require_POST
def text_writers(
    request: ViewerRequest, text_kind: str, row_id: int, text_name: str, **_place: str
) -> HttpResponse:
    """Say that one is there, and hear who else is."""
    place = _find(request, text_kind, row_id, text_name)
    client, writes_in = request.POST.get("client", ""), request.POST.get("writes_in", "")
    if not _CLIENT.match(client) or not _KEY.match(writes_in):
        raise Http404
    at = timezone.now()
    announce_writer(place=place, client=client, writes_in=writes_in, by=request.viewer, at=at)
    others = [writer for writer in writers_at(place.owner, row_id, at=at) if writer.client != client]
    return JsonResponse(
        {"writers": [{"name": str(writer.person.shown_name), "place": writer.place} for writer in others]}
    )


def _find(request: ViewerRequest, kind: str, row_id: int, name: str) -> TextPlace:
    """Raises Http404, PermissionDenied."""
    if not request.viewer.is_known:
        raise PermissionDenied
    place = find_place(request.viewer, kind, row_id, name)
    if place is None:
        raise Http404
    return place


def _sent(request: ViewerRequest) -> SentChange:
    """Raises OperationRefused."""
    if len(request.body) > _MOST_BYTES:
        raise OperationRefused
    try:
        said: Any = json.loads(request.body)
        change = SentChange(
            revision=said["revision"],
            components=said["operation"],
            client=said["client"],
            number=said["number"],
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OperationRefused from error
    is_right = (
        isinstance(change.components, list)
        and isinstance(change.client, str)
        and _CLIENT.match(change.client)
        and all(type(each) is int and 0 <= each <= _HIGHEST for each in (change.revision, change.number))
    )
    if not is_right:
        raise OperationRefused
    return change


def _as_data(told: list[TextOperation]) -> list[dict[str, object]]:
    return [
        {
            "revision": operation.revision,
            "client": operation.client,
            "number": operation.number,
            "operation": operation.components,
        }
        for operation in told
    ]
