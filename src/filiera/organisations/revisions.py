"""An edit in words: field by field what stood there before and what stands there since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.organisations.models import OrganisationKind, OrganisationRevision, SizeClass
from filiera.texts.languages import translated

FIELD_NAMES: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "legal_name": gettext_lazy("Legal name"),
    "names": gettext_lazy("Name in other languages"),
    "description": gettext_lazy("Description"),
    "kind": gettext_lazy("Kind"),
    "size_class": gettext_lazy("Size class"),
    "country": gettext_lazy("Country"),
    "region": gettext_lazy("Region"),
    "city": gettext_lazy("City"),
    "website": gettext_lazy("Website"),
    "vat_number": gettext_lazy("VAT number"),
    "registration_number": gettext_lazy("Registration number"),
    "founded": gettext_lazy("Founded"),
    "closed_on": pgettext_lazy("end of an organisation", "Closed"),
    "activity": gettext_lazy("Main activity"),
    "ecosystems": gettext_lazy("Industrial ecosystems"),
    "s3_priorities": gettext_lazy("S3 priorities"),
    "lists_members": gettext_lazy("Show our members to everybody"),
}
LONGEST_SHOWN = 160


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    field: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RevisionInWords:
    """One edit; the first one says how the organisation came into the directory."""

    revision: OrganisationRevision
    is_first: bool
    changes: list[ChangeInWords]


def in_words(revisions: Sequence[OrganisationRevision], names: Mapping[str, str]) -> list[RevisionInWords]:
    """Edits as a page tells them; `names` gives the names of what edits speak of by code."""
    return [
        RevisionInWords(revision, _is_first(revision), changes_in_words(revision, names))
        for revision in revisions
    ]


def _is_first(revision: OrganisationRevision) -> bool:
    return "name" in revision.changed and all(before is None for before, _after in revision.changed.values())


def changes_in_words(revision: OrganisationRevision, names: Mapping[str, str]) -> list[ChangeInWords]:
    """The changes of an edit in the order of the form; unknown fields keep their own name."""
    order = list(FIELD_NAMES)
    changed: Mapping[str, Sequence[object]] = revision.changed
    fields = sorted(changed, key=lambda field: order.index(field) if field in order else len(order))
    return [
        ChangeInWords(
            FIELD_NAMES.get(field, field),
            _in_words(field, changed[field][0], names),
            _in_words(field, changed[field][1], names),
        )
        for field in fields
    ]


def _in_words(field: str, value: object, names: Mapping[str, str]) -> str:
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if not value:
        return ""
    if isinstance(value, dict):
        text = translated({str(code): str(words) for code, words in value.items()})
        others = len(value) - 1
        return _short(text) + (f" (+{others})" if others else "")
    if isinstance(value, list):
        return ", ".join(names.get(str(entry), str(entry)) for entry in value)
    if field in ("country", "region"):
        return names.get(str(value), str(value))
    labels: dict[str, dict[str, str | Promise]] = {
        "kind": dict(OrganisationKind.choices),
        "size_class": dict(SizeClass.choices),
    }
    return _short(str(labels.get(field, {}).get(str(value), value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN].rstrip()}…"
