from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from filiera.push.queries import last_event_id
from filiera.push.tokens import issue_token

register = template.Library()


@register.simple_tag(takes_context=True)
def push_stream(context: template.Context, *topics: str) -> SafeString:
    """Attributes for an element that hears topics: it gets a `filiera:push` event for each."""
    request: HttpRequest = context["request"]
    return format_html(
        'data-push-token="{}" data-push-poll="{}" data-push-since="{}" data-push-port="{}"',
        issue_token(request, topics),
        reverse("push:poll"),
        last_event_id(topics),
        settings.PUSH_PORT if settings.PUSH_HAS_OWN_ORIGIN else "",
    )
