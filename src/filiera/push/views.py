from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.push.queries import events_after, last_event_id
from filiera.push.tokens import TokenRefused, is_still_valid, read_token
from filiera.shared.viewing import OnlookerRequest


@require_safe
def event_poll(request: OnlookerRequest) -> HttpResponse:
    """The events since a number, for pages that cannot keep a stream open."""
    try:
        ticket = read_token(request.GET.get("token", ""))
    except TokenRefused:
        return JsonResponse({"events": [], "last": 0}, status=403)
    if not is_still_valid(ticket):
        return JsonResponse({"events": [], "last": 0}, status=403)
    newest = last_event_id(ticket.topics)
    etag = f'"push-{newest}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    since = request.GET.get("since", "")
    last_id = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else newest
    events = events_after(last_id=last_id, topics=ticket.topics, at=timezone.now())
    told = [{"id": event.pk, "topic": event.topic, "data": event.data} for event in events]
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return JsonResponse({"events": told, "last": newest}, headers=headers)
