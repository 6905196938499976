"""By what the recipients of a mail to many are found; later rooms register further filters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from filiera.academy.models import Edition
from filiera.admissions.models import Participation, ParticipationState

Choices = Sequence[tuple[str, str | Promise]]


@dataclass(frozen=True, slots=True)
class RecipientFilter:
    """One question about participants: the answers to choose from, and who each of them means."""

    code: str
    label: str | Promise
    choices: Callable[[Edition], Choices]
    narrow: Callable[[QuerySet[Participation], Edition, str], QuerySet[Participation]]


_filters: dict[str, RecipientFilter] = {}


def register(*offered: RecipientFilter) -> None:
    """Offer filters; called from `AppConfig.ready`."""
    for each in offered:
        _filters[each.code] = each


def registered_filters() -> tuple[RecipientFilter, ...]:
    return tuple(_filters.values())


def recipients_of(edition: Edition, asked: Mapping[str, str]) -> QuerySet[Participation]:
    """Everybody for whom all that is asked holds; nobody who was not told of their selection yet.

    A filter or an answer that no longer exists finds nobody, rather than everybody.
    """
    everybody = Participation.objects.filter(edition=edition)
    found: QuerySet[Participation] = everybody.exclude(state=ParticipationState.SELECTED)
    for code, value in asked.items():
        known = _filters.get(code)
        if known is None or value not in {str(choice[0]) for choice in known.choices(edition)}:
            return found.none()
        found = known.narrow(found, edition, value)
    return found


def in_words(edition: Edition, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is asked, as question and answer."""
    words = []
    for code, value in asked.items():
        known = _filters.get(code)
        if known is not None:
            answers = {str(choice): str(label) for choice, label in known.choices(edition)}
            words.append((str(known.label), answers.get(value, value)))
    return words
