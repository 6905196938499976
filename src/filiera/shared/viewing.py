"""Who is looking, as far as rooms that know nothing of people need to know it."""

from typing import Protocol

from django.http import HttpRequest


class Onlooker(Protocol):
    """Whoever asks for rows: a person by key, or nobody; an administrator sees all."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def administering(self) -> bool: ...


class OnlookerRequest(HttpRequest):
    """A request that knows who is looking."""

    viewer: Onlooker
