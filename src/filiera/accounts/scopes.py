"""What a token may be used for. A scope is a permission's name, or `read` for what its person may see."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ = "read"

_scopes: dict[str, str | Promise] = {READ: _("Read what I may see")}


def register(scope: str, label: str | Promise) -> None:
    """Offer a permission as a scope for tokens."""
    _scopes[scope] = label


def offered_scopes() -> list[tuple[str, str | Promise]]:
    return list(_scopes.items())


def is_scope(scope: str) -> bool:
    return scope in _scopes
