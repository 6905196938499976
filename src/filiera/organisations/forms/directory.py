"""The filter bar of the directory."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from filiera.organisations.models import OrganisationKind
from filiera.organisations.queries import DirectoryFilter, FilterChoices
from filiera.texts.forms import LineField
from filiera.texts.languages import translated

from .fields import by_name, by_strategy


class DirectoryForm(forms.Form):
    """What is asked of the directory; a value that does not exist asks for nothing."""

    q = LineField(label=_("Search"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    ecosystem = forms.ChoiceField(label=_("Industrial ecosystem"), required=False)
    s3_priority = forms.ChoiceField(label=_("S3 priority"), required=False)

    def __init__(self, asked: DirectoryFilter, choices: FilterChoices, **kwargs: Any) -> None:
        super().__init__(
            data={
                "q": asked.text,
                "kind": asked.kind,
                "country": asked.country,
                "region": asked.region,
                "ecosystem": asked.ecosystem,
                "s3_priority": asked.s3_priority,
            },
            auto_id="filter-%s",
            **kwargs,
        )
        every = [("", _("All"))]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [*every, *OrganisationKind.choices]
        cast(forms.ChoiceField, self.fields["country"]).choices = [
            *every,
            *by_name({country.code: country.names for country in choices.countries}),
        ]
        cast(forms.ChoiceField, self.fields["region"]).choices = [
            *every,
            *((region.code, region.name_latin) for region in choices.regions),
        ]
        cast(forms.ChoiceField, self.fields["ecosystem"]).choices = [
            *every,
            *((ecosystem.code, translated(ecosystem.names)) for ecosystem in choices.ecosystems),
        ]
        cast(forms.ChoiceField, self.fields["s3_priority"]).choices = [
            *every,
            *by_strategy(choices.s3_priorities),
        ]
        if not choices.regions:
            del self.fields["region"]
        if not choices.s3_priorities:
            del self.fields["s3_priority"]


def asked_in(query: QueryDict) -> DirectoryFilter:
    """The filter that an address names; text with characters that no name has finds nothing by itself."""
    return DirectoryFilter(
        text=" ".join(query.get("q", "").replace("\x00", "").split())[:200],
        kind=query.get("kind", "") if query.get("kind") in OrganisationKind.values else "",
        country=_code(query.get("country", ""), 2),
        region=_code(query.get("region", ""), 5) if query.get("country") else "",
        ecosystem=_code(query.get("ecosystem", ""), 4),
        s3_priority=_code(query.get("s3_priority", ""), 40, also="-"),
        cluster=query.get("cluster", "").replace("\x00", "")[:80],
    )


def _code(text: str, longest: int, also: str = "") -> str:
    plain = text.translate({ord(sign): None for sign in also})
    return text if plain.isascii() and plain.isalnum() and len(text) <= longest else ""
