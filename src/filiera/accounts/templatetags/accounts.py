from django import template

from filiera.accounts import demonstration
from filiera.accounts.models import Person
from filiera.accounts.queries import photo_address

register = template.Library()


@register.simple_tag(takes_context=True)
def demonstration_roles(context: template.Context) -> tuple[demonstration.DemonstrationRole, ...]:
    """The roles to choose from; none where this is not a demonstration on one's own machine."""
    return demonstration.ROLES if demonstration.is_possible(context["request"]) else ()


@register.filter
def photo(person: Person) -> str:
    """The address of a person's photograph, empty without one."""
    return photo_address(person)


@register.filter
def browser(user_agent: str) -> str:
    """What a person calls the browser a session runs in, as far as it tells the truth."""
    name = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(filter(None, (name, system))) or user_agent[:60]


# Order matters: each browser also carries the marks of those it wants to be taken for.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
