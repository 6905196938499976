"""Where each app says which places it offers; the base pages show them to those who may enter.

An app registers in its `AppConfig.ready`; `where` is "main" (header), "person" (menu of the signed-in
person), "footer", or the name of a desk such as "edition" and "organisation".
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

Shown = Callable[[HttpRequest], bool]


def everybody(request: HttpRequest) -> bool:
    return True


@lru_cache(maxsize=2048)
def _address(url_name: str, arguments: tuple[object, ...]) -> str:
    return reverse(url_name, args=arguments)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a navigation."""

    key: str
    label: str | Promise
    url_name: str
    order: int = 50
    icon: str = ""
    group: str | Promise = ""
    permission: str = ""
    shown: Shown = everybody

    def address(self, *arguments: object) -> str:
        return _address(self.url_name, arguments)

    def is_open_to(self, request: HttpRequest | None) -> bool:
        if request is None:
            return not self.permission and self.shown is everybody
        if self.permission and not request.viewer.may(self.permission):  # type: ignore[attr-defined]
            return False
        return self.shown(request)


_registered: dict[str, dict[str, Place]] = defaultdict(dict)


def register(where: str, *offered: Place) -> None:
    for place in offered:
        _registered[where][place.key] = place
    _registered[where] = dict(
        sorted(_registered[where].items(), key=lambda entry: (entry[1].order, entry[0]))
    )


def places(where: str, request: HttpRequest | None) -> list[Place]:
    """The places registered for `where` that the one who looks may enter, in their order."""
    return [place for place in _registered[where].values() if place.is_open_to(request)]
