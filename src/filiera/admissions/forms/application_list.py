"""The filter bar above the applications."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.admissions.models import ApplicationState, Maturity
from filiera.admissions.queries.applications import ListChoices, ListFilter
from filiera.texts.forms import LineField
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


class ApplicationListForm(forms.Form):
    """What is asked of the list; a value that does not occur asks for nothing."""

    q = LineField(label=gettext_lazy("Search"), required=False, max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    ecosystem = forms.ChoiceField(label=gettext_lazy("Industrial ecosystem"), required=False)
    maturity = forms.ChoiceField(label=gettext_lazy("Maturity"), required=False)
    newcomer = forms.ChoiceField(label=gettext_lazy("Earlier editions"), required=False)

    def __init__(self, asked: ListFilter, choices: ListChoices, **kwargs: Any) -> None:
        data = {
            "q": asked.text,
            "state": asked.state,
            "country": asked.country,
            "ecosystem": asked.ecosystem,
            "maturity": asked.maturity,
            "newcomer": asked.newcomer,
        }
        super().__init__(data, auto_id="filter-%s", **kwargs)
        every = [("", _("All"))]
        offered: dict[str, list[tuple[str, Any]]] = {
            "state": [
                (ApplicationState.SUBMITTED, ApplicationState.SUBMITTED.label),
                (ApplicationState.WITHDRAWN, ApplicationState.WITHDRAWN.label),
            ],
            "country": sorted(
                ((country.code, translated(country.names)) for country in choices.countries),
                key=lambda choice: sort_key(choice[1]),
            ),
            "ecosystem": [(row.code, translated(row.names)) for row in choices.ecosystems],
            "maturity": list(Maturity.choices),
            "newcomer": [("yes", _("New to the academy")), ("no", _("Has taken part before"))],
        }
        for name, rows in offered.items():
            field: Any = self.fields[name]
            field.choices = [*every, *rows]


def asked_in(query: QueryDict) -> ListFilter:
    """The filter that an address names; without one, what is submitted."""
    state = query.get("state", ApplicationState.SUBMITTED if "state" not in query else "")
    return ListFilter(
        text=" ".join(query.get("q", "").replace("\x00", "").split())[:200],
        state=state if state in (ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN) else "",
        country=_code(query.get("country", ""), 2),
        ecosystem=_code(query.get("ecosystem", ""), 4),
        maturity=query.get("maturity", "") if query.get("maturity") in Maturity.values else "",
        newcomer=query.get("newcomer", "") if query.get("newcomer") in ("yes", "no") else "",
    )


def as_query(asked: ListFilter) -> dict[str, str]:
    """The same filter for an address."""
    told = {
        "q": asked.text,
        "country": asked.country,
        "ecosystem": asked.ecosystem,
        "maturity": asked.maturity,
        "newcomer": asked.newcomer,
    }
    # The state is always named, because without one the list shows what is submitted.
    return {"state": asked.state, **{key: value for key, value in told.items() if value}}


def _code(text: str, longest: int) -> str:
    return text if text.isascii() and text.isalnum() and len(text) <= longest else ""
