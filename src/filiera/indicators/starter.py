"""The starter set: eight indicators that most clusters have in a spreadsheet already."""

from collections.abc import Iterable, Mapping

from filiera.indicators.definition import Definition

STARTER_CODES = (
    "members_total",
    "members_sme",
    "members_research",
    "members_joined",
    "meetings_held",
    "firms_served",
    "projects_proposed",
    "management_staff",
)
# How tables call them, beside the names of the definitions; the more particular first.
_USUAL = {
    "members_sme": ("smes", "sme", "pmi", "small and medium"),
    "members_research": ("research", "universit", "ricerca"),
    "members_joined": ("new members", "joined", "nuovi soci", "nuovi aderenti", "nuovi membri"),
    "members_total": ("members", "soci", "aderenti", "associati", "membri"),
    "meetings_held": ("meetings", "incontri", "riunioni"),
    "firms_served": ("served", "servite", "supported", "supportate"),
    "projects_proposed": ("projects", "progetti", "proposals", "proposte"),
    "management_staff": ("staff", "team", "fte", "personale", "addetti"),
}


def guessed_series(names: Iterable[str], definitions: Mapping[str, Definition]) -> dict[str, str]:
    """For each of the eight the series that seems to tell it, none twice."""
    free = list(names)
    found: dict[str, str] = {}
    for code in (*_USUAL,):
        own = (
            {code, *(name.lower() for name in definitions[code].names.values())}
            if code in definitions
            else set()
        )
        chosen = next((name for name in free if name.lower() in own), None) or next(
            (name for word in _USUAL[code] for name in free if word in name.lower()), None
        )
        if chosen is not None:
            found[code] = chosen
            free.remove(chosen)
    return found
