"""Tags of the builder."""

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def form_url(context: Context, name: str, *arguments: int | str) -> str:
    """An address of the builder where it is mounted: `{% form_url "form_settings" questionnaire.pk %}`."""
    address: str = context["site"].address(name, *arguments)
    return address
