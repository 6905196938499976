"""An edition as an address opens it."""

from dataclasses import dataclass

from django.http import Http404

from .clock import Clock
from .queries.published import EditionMark, Programme


@dataclass(frozen=True, slots=True)
class Opened:
    """An edition at an address, the version that is current, and the moment to show it at."""

    mark: EditionMark
    programme: Programme | None
    clock: Clock

    @property
    def published(self) -> Programme:
        """The programme of a page that does not exist before there is one. Raises Http404."""
        if self.programme is None:
            raise Http404
        return self.programme
