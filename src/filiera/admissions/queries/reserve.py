"""Who is next on the reserve list; told by the selection."""

from collections.abc import Callable

from filiera.admissions.models import Application, Call

NextInReserve = Callable[[Call], Application | None]

_sources: list[NextInReserve] = []


def register_reserve(find: NextInReserve) -> None:
    """Name the function that knows the order; called once from `AppConfig.ready`."""
    _sources[:] = [find]


def next_in_reserve(call: Call) -> Application | None:
    """The first of the reserve list who has not been offered a place yet."""
    return _sources[0](call) if _sources else None
