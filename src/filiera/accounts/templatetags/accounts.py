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
