"""The words in which decisions are told: ready-made ones, those of a call, and what stands in for a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.admissions.models import Call, Decision, DecisionText
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages, translated

TOLD = (Decision.SELECTED, Decision.RESERVE, Decision.REJECTED)
PLACEHOLDERS = {
    "name": gettext_lazy("name of the candidate"),
    "organisation": gettext_lazy("the organisation"),
    "edition": gettext_lazy("name of the edition"),
    "challenge": gettext_lazy("title of the challenge"),
    "respond_by": gettext_lazy("until when the offered place can be taken"),
    "link": gettext_lazy("the page where the place is taken or declined"),
    "rank": gettext_lazy("the place on the reserve list"),
}
ALLOWED: dict[str, frozenset[str]] = {
    Decision.SELECTED: frozenset({"name", "organisation", "edition", "challenge", "respond_by", "link"}),
    Decision.RESERVE: frozenset({"name", "organisation", "edition", "challenge", "rank"}),
    Decision.REJECTED: frozenset({"name", "organisation", "edition", "challenge"}),
}
NEEDED: dict[str, frozenset[str]] = {Decision.SELECTED: frozenset({"link"})}
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and text of a mail in every language that has them."""

    subject: Mapping[str, str]
    body: Mapping[str, str]
    is_own: bool = False

    def filled(self, language: str, values: Mapping[str, str]) -> tuple[str, str]:
        """The subject and the text for one reader; braces that name nothing stay as they are."""
        return (
            _filled(translated(self.subject, language), values),
            _filled(translated(self.body, language), values),
        )


def words_of(call: Call) -> dict[str, Words]:
    """The words of a call for each kind of decision: its own, else the ready-made ones."""
    own = {
        row.decision: Words(row.subject, row.body, is_own=True)
        for row in DecisionText.objects.filter(call=call)
    }
    return {decision: own.get(decision) or ready_made(decision) for decision in TOLD}


def ready_made(decision: str) -> Words:
    subject, body = {}, {}
    for language in page_languages():
        with translation.override(language):
            subject[language], body[language] = _ready_made(decision)
    return Words(subject, body)


def unknown_in(text: str, decision: str) -> list[str]:
    """What stands in braces and means nothing in this kind of mail."""
    return sorted({name for name in _BRACES.findall(text) if name not in ALLOWED[decision]})


def has_stray_brace(text: str) -> bool:
    return any(brace in _BRACES.sub("", text) for brace in "{}")


def missing_in(text: str, decision: str) -> list[str]:
    named = set(_BRACES.findall(text))
    return sorted(NEEDED.get(decision, frozenset()) - named)


def language_for(asked: str) -> str:
    return asked if asked in page_languages() else DEFAULT_LANGUAGE


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def _ready_made(decision: str) -> tuple[str, str]:
    if decision == Decision.SELECTED:
        return (
            _("A place for you in {edition}"),
            _(
                "Dear {name},\n\nthank you for your application. We are glad to offer you a place in "
                "{edition}.\n\nPlease take it or decline it until {respond_by}, on your own page:\n\n{link}"
                "\n\nAfter that the place goes to the next on the reserve list. The page also tells what "
                "happens next."
            ),
        )
    if decision == Decision.RESERVE:
        return (
            _("You are on the reserve list of {edition}"),
            _(
                "Dear {name},\n\nthank you for your application. More good people applied than there are "
                "places, and the group has to be balanced by country, field and experience. You are number "
                "{rank} on the reserve list of {edition}.\n\nWhen a place becomes free that fits the "
                "balance, we write to you at once. You need not do anything now."
            ),
        )
    return (
        _("Your application to {edition}"),
        _(
            "Dear {name},\n\nthank you for your application and for the challenge you brought. More good "
            "people applied to {edition} than there are places, and the group has to be balanced by country, "
            "field and experience. This time we cannot offer you a place.\n\nThat is no judgement of your "
            "work. We would be glad to read from you again at the next edition."
        ),
    )
