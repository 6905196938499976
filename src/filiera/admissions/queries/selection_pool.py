"""Who can be chosen: the submitted applications of a call, with what a cohort is balanced by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from filiera.admissions.models import (
    Application,
    BalanceAttribute,
    Call,
    Gender,
    HandChoice,
    Maturity,
    Participation,
    ParticipationState,
    Selection,
)
from filiera.admissions.queries.reviews import ApplicationScore, scores_of
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.reference.models import Country, Ecosystem, Language
from filiera.texts.languages import translated

NEW, RETURNING = "new", "returning"
VALUE_CHOICES: dict[str, dict[str, Any]] = {
    BalanceAttribute.MATURITY: dict(Maturity.choices),
    BalanceAttribute.ORGANISATION_KIND: dict(OrganisationKind.choices),
    BalanceAttribute.GENDER: dict(Gender.choices),
    BalanceAttribute.NEWCOMER: {NEW: _("Newcomer"), RETURNING: _("Returning")},
}
HAS_PLACE, GAVE_BACK = "has_place", "gave_back"
"""How a reason says that the applicant held a place, or had given it back."""

_HOLDS_PLACE = frozenset({ParticipationState.OFFERED, ParticipationState.CONFIRMED})
_GAVE_BACK = frozenset(
    {ParticipationState.DECLINED, ParticipationState.EXPIRED, ParticipationState.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """One application as the selection sees it.

    `values` has what it counts as by each attribute: none where it was not said, several languages.
    """

    application_id: int
    number: int
    values: Mapping[str, tuple[str, ...]]
    score: float | None
    review_count: int
    hand: str = ""
    has_place: bool = False
    gave_back: bool = False

    @property
    def is_pinned(self) -> bool:
        """In whatever the score: somebody who holds a place keeps it."""
        return self.has_place or self.hand == HandChoice.PINNED

    @property
    def is_excluded(self) -> bool:
        """Out whatever the others do: by hand, with a place given back, or without any review."""
        if self.is_pinned:
            return False
        return self.gave_back or self.hand == HandChoice.EXCLUDED or self.score is None


def applicants_of(
    call: Call,
    *,
    scores: Mapping[int, ApplicationScore],
    hands: Mapping[int, str] | None = None,
) -> list[Applicant]:
    """The submitted applications of a call by number, with their scores and who was pinned or excluded."""
    places = dict(
        Participation.objects.filter(edition_id=call.edition_id, application__call=call).values_list(
            "application_id", "state"
        )
    )
    rows = (
        Application.objects.submitted()
        .filter(call=call)
        .order_by("number")
        .values_list(
            "pk", "number", "country_id", "ecosystem_id", "maturity", "organisation_kind",
            "organisation__kind", "gender", "is_returning", "languages", "organisation_id",
            "organisation_name",
        )
    )  # fmt: skip
    hands = hands or {}
    found = []
    for (
        key, number, country, ecosystem, maturity, stated_kind, kind, gender, is_returning, languages,
        organisation_id, organisation_name,
    ) in rows:  # fmt: skip
        given = scores.get(key)
        values = {
            BalanceAttribute.COUNTRY.value: _said(country),
            BalanceAttribute.ECOSYSTEM.value: _said(ecosystem),
            BalanceAttribute.MATURITY.value: _said(maturity),
            BalanceAttribute.ORGANISATION_KIND.value: _said(kind or stated_kind),
            BalanceAttribute.GENDER.value: _said(gender),
            BalanceAttribute.NEWCOMER.value: (RETURNING if is_returning else NEW,),
            BalanceAttribute.LANGUAGE.value: tuple(dict.fromkeys(languages)),
            BalanceAttribute.ORGANISATION.value: _said(organisation_key(organisation_id, organisation_name)),
        }
        found.append(
            Applicant(
                application_id=key,
                number=number,
                values=values,
                score=None if given is None else float(given.score),
                review_count=0 if given is None else given.reviews,
                hand=hands.get(key, ""),
                has_place=places.get(key) in _HOLDS_PLACE,
                gave_back=places.get(key) in _GAVE_BACK,
            )
        )
    return found


def applicants_in(selection: Selection) -> list[Applicant]:
    """The applicants of a version's call with today's scores and the version's pins and exclusions."""
    hands = dict(selection.decisions.exclude(hand="").values_list("application_id", "hand"))
    return applicants_of(selection.call, scores=scores_of(selection.call), hands=hands)


def applicants_as_proposed(selection: Selection) -> list[Applicant]:
    """The applicants as the version's last proposal counted them: by their scores and places of then."""
    rows = list(
        selection.decisions.values_list("application_id", "score", "review_count", "hand", "reason__kind")
    )
    scores = {
        key: ApplicationScore(Decimal(str(score)), count)
        for key, score, count, _hand, _kind in rows
        if score is not None
    }
    hands = {key: hand for key, _score, _count, hand, _kind in rows if hand}
    kinds = {key: kind for key, _score, _count, _hand, kind in rows}
    return [
        replace(
            row,
            has_place=kinds.get(row.application_id) == HAS_PLACE,
            gave_back=kinds.get(row.application_id) == GAVE_BACK,
        )
        for row in applicants_of(selection.call, scores=scores, hands=hands)
    ]


def organisation_key(organisation_id: int | None, name: str) -> str:
    """One organisation has one key, in the directory or by the name that applicants wrote."""
    if organisation_id is not None:
        return str(organisation_id)
    return f"name:{' '.join(name.split()).casefold()}"[:200] if name.strip() else ""


class ValueNames:
    """What the values of the balance are called in the page's language."""

    def __init__(self, organisation_keys: Iterable[str] = ()) -> None:
        self._countries = dict(Country.objects.values_list("code", "names"))
        self._ecosystems = dict(Ecosystem.objects.values_list("code", "names"))
        self._languages = dict(Language.objects.values_list("code", "names"))
        known = {int(key) for key in organisation_keys if key.isdecimal()}
        named = Organisation.objects.filter(pk__in=known).values_list("pk", "name") if known else ()
        self._organisations = {str(key): name for key, name in named}

    def __call__(self, attribute: str, value: str) -> str:
        if attribute == BalanceAttribute.COUNTRY:
            return translated(self._countries.get(value)) or value
        if attribute == BalanceAttribute.ECOSYSTEM:
            return translated(self._ecosystems.get(value)) or value
        if attribute == BalanceAttribute.LANGUAGE:
            return translated(self._languages.get(value)) or language_name(value)
        if attribute == BalanceAttribute.ORGANISATION:
            return self._organisations.get(value) or value.removeprefix("name:")
        labels = VALUE_CHOICES.get(attribute, {})
        return str(labels.get(value, value))


def language_name(code: str) -> str:
    """The name of a language outside the loaded table; its code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _said(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
