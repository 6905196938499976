"""Topics, and who may go on hearing them: asked again every few seconds while a stream is open."""

from collections.abc import Callable

MayHear = Callable[[int | None, str], bool]

_authorisers: dict[str, MayHear] = {}


def register(prefix: str, may_hear: MayHear) -> None:
    """Ask `may_hear(person_id, topic)` for topics such as "edition:4", whose prefix is "edition".

    A topic whose prefix nobody registered is open to whoever a page gave a token for it.
    """
    if _authorisers.get(prefix, may_hear) is not may_hear:
        raise ValueError(f"Two rooms answer for topics {prefix!r}.")
    _authorisers[prefix] = may_hear


def may_hear_all(person_id: int | None, topics: tuple[str, ...]) -> bool:
    return all(_may_hear(person_id, topic) for topic in topics)


def _may_hear(person_id: int | None, topic: str) -> bool:
    may_hear = _authorisers.get(topic.partition(":")[0])
    return may_hear is None or may_hear(person_id, topic)
